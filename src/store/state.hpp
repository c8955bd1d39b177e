#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/changes.hpp"

/// What the store holds in memory.
namespace soyuz::store {

/// Shared, so that a checkpoint can keep what it writes while changes go on.
using Text = std::shared_ptr<std::string const>;

struct Collection {
    std::map<std::string, Text> documents;
    std::uint64_t changed = 0;   ///< record that last changed it
    std::uint64_t written = 0;   ///< record that its file stands at
    std::uint64_t previous = 0;  ///< record that its previous generation stands at
    bool has_file = false;       ///< is there an intact newest file?
};

struct PlacedText {
    Seq seq;
    Text body;
};

struct Room {
    Seq last = 0;                      ///< newest message
    Seq flushed = 0;                   ///< newest message in the files
    std::uint64_t newest_bytes = 0;    ///< length of the segment that holds `flushed`
    bool files_are_forgotten = false;  ///< the files hold a life that EraseMessages ended
    std::uint64_t life = 0;            ///< another one after every EraseMessages
    std::deque<PlacedText> recent;     ///< ascending; all after `flushed`, and some before
    std::map<Seq, Text> replaced;      ///< up to `flushed`, not in the files yet
    std::set<Seq> damaged;             ///< first places of segments to be rewritten without damaged lines
};

struct Log {
    std::uint64_t flushed_bytes = 0;
    std::vector<Text> pending;
};

/// Not thread-safe.
class State {
public:
    /// Applies record `number`. `seqs` are the places of its AppendMessages, in order.
    void apply(std::uint64_t number, Batch&& batch, std::vector<Seq> const& seqs);
    void apply_to_documents(std::uint64_t number, Change&& change);
    void apply_to_messages(Change&& change, Seq seq);
    void apply_to_log(AppendLog&& append);

    /// Forgets messages that are in the files: the newest `per_room` stay, and at most `max_bytes` over all rooms.
    void trim_recent(std::size_t per_room, std::size_t max_bytes);

    std::map<std::string, Collection> collections;
    std::unordered_map<std::string, Room> rooms;
    std::map<std::string, Log> logs;
    std::uint64_t lives = 0;

private:
    void forget(Room& room);
};

/// The state, and the lock that guards it: the committer changes it, checkpoints tell it what is in the files.
struct SharedState {
    mutable std::shared_mutex mutex;
    State state;

    Seq last_seq(std::string const& room) const;  ///< takes the lock
};

/// Where `seq` stands, or would stand, in what has a `seq` and ascends.
auto place_of(auto& placed, Seq seq) {
    return std::lower_bound(placed.begin(), placed.end(), seq,
                            [](auto const& one, Seq wanted) { return one.seq < wanted; });
}

}  // namespace soyuz::store
