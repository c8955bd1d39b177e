#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/documents.hpp"
#include "store/message_files.hpp"
#include "store/state.hpp"
#include "store/store.hpp"

namespace soyuz::store {

/// Something in a folder that is not as a clean stop leaves it.
struct Finding {
    enum class Kind {
        torn,    ///< left by a crash; a start cuts it or does it again, nothing acknowledged is lost
        damage,  ///< bytes are not what was written, or are missing
        note,    ///< known and settled: the place of something that was set aside earlier
    } kind;
    std::string file;  ///< relative to the data folder
    std::uint64_t byte = 0;
    std::string what;
    std::string bytes;  ///< the damaged ones, to be kept in quarantine
};

struct Recovered {
    State state;
    CheckpointMark mark;
    std::uint64_t next = 1;  ///< number of the next journal record
    bool is_new = false;     ///< there was no store in the folder
    std::vector<Finding> findings;
    std::optional<OpenFailure> failure;

    /// End of the intact records of the newest segment, where something torn follows.
    struct Tail {
        Path path;
        std::uint64_t end;
    };
    std::optional<Tail> torn_tail;
};

/// Reads documents and marks, replays the journal. Changes nothing.
Recovered recover(Files& files, Path const& data, MessageFiles const& messages);

/// Makes a folder fit for writing after `recover`: what is missing is made, what is torn cut, and what is damaged set
/// aside. 0 or a negated errno.
int settle(Files& files, Path const& data, Recovered const& recovered, Quarantine& quarantine);

/// Calls `each` for every line of a file, with its place and whether a line break ends it. 0 or a negated errno.
int each_line(Files& files, Path const& path,
              std::function<bool(std::uint64_t at, std::string_view line, bool is_ended)> const& each);

/// One line for people: "journal/17.jsonl, byte 4711: a damaged record".
std::string describe(Finding const& finding);

/// Names of the collections that have a file in `data`, in either generation. 0 or a negated errno.
int list_collections(Files& files, Path const& data, std::vector<std::string>& collections);

}  // namespace soyuz::store
