#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/changes.hpp"

/// What the store holds in memory. No locks here: LocalStore guards a State.
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
    std::set<Seq> damaged;             ///< first places of segments to be written anew without damaged lines
};

struct Log {
    std::uint64_t flushed_bytes = 0;
    std::vector<Text> pending;
};

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

}  // namespace soyuz::store
