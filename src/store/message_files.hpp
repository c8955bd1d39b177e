#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "store/files.hpp"
#include "store/quarantine.hpp"
#include "store/state.hpp"

namespace soyuz::store {

/// The files messages/<room>/<first-seq>.jsonl: 4,096 places each, a sealed line a message, ascending.
///
/// Reading is thread-safe, also while one thread writes.
class MessageFiles {
public:
    static constexpr Seq segment_places = 4'096;
    static constexpr Seq segment_of(Seq seq) { return (seq - 1) / segment_places * segment_places + 1; }

    MessageFiles(Files& files, Path const& data, Quarantine& quarantine);

    struct Found {
        std::vector<StoredMessage> messages;
        std::set<Seq> damaged;  ///< first places of segments in which a damaged line was met
        int error = 0;          ///< a negated errno where the disk failed
    };

    /// Intact messages with first <= seq <= last, ascending.
    Found read(std::string const& room, Seq first, Seq last) const;

    /// What a checkpoint writes of one room.
    struct Changes {
        Seq flushed = 0;
        std::uint64_t newest_bytes = 0;
        bool erase_first = false;
        std::vector<PlacedText> fresh;  ///< after `flushed`, ascending
        std::map<Seq, Text> replaced;   ///< up to `flushed`
        std::set<Seq> damaged;
    };

    /// Makes changes durable; `changes.flushed` and `newest_bytes` are what stands in the files then, also when it
    /// stopped half way. 0 or a negated errno.
    int write(std::string const& room, Changes& changes);

    struct Place {
        std::uint64_t bytes = 0;  ///< of the newest segment up to the line of the last message
        bool longer = false;      ///< lines follow that an unfinished checkpoint wrote
        bool missing = false;     ///< messages up to the last one are not there
        int error = 0;            ///< a negated errno where the disk failed
    };

    /// Finds where the newest segment stands after a crash: it should end with `last` at `bytes`.
    Place locate(std::string const& room, Seq last, std::uint64_t bytes) const;

private:
    Path segment_path(std::string const& room, Seq first) const;
    Path room_folder(std::string const& room) const { return folder_ / room; }
    int read_segment(std::string const& room, Seq segment, Seq first, Seq last, Found& found) const;
    int append(std::string const& room, Changes& changes, std::size_t& done, Seq segment);
    int rewrite(std::string const& room, Changes& changes, std::size_t& done, Seq segment);
    int erase(std::string const& room);

    Files& files_;
    Path folder_;
    Quarantine& quarantine_;

    mutable std::shared_mutex files_mutex_;  ///< held exclusively while a segment changes its shape
};

/// Calls `line` with the places in `text`, `good` with each intact message, `bad` with each stretch that is none.
void each_message_line(std::string_view text,
                       std::function<void(std::size_t at, Seq seq, std::string body)> const& good,
                       std::function<void(std::size_t at, std::string_view line)> const& bad);

}  // namespace soyuz::store
