#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <vector>

#include "search/block_terms.hpp"
#include "search/document.hpp"
#include "search/index_state.hpp"
#include "store/store.hpp"

namespace soyuz::search {

/// Takes what the store says has changed, and brings it into the index in memory: at once, by whoever searches next.
/// Thread-safe.
class Intake {
public:
    Intake(store::Store const& store, ReadDocument read, IndexState& state)
        : store_(store), read_(std::move(read)), state_(state) {}

    /// On the committer's thread: keeps only the places.
    void note(std::vector<store::MessageChange> const& changes);
    /// Reads what was noted so far.
    void drain();
    /// Has more been noted than is kept? Then everything is to be looked through again.
    bool take_overflow() { return has_overflowed_.exchange(false); }
    void clear();

    /// Messages first to last as the index sees them, without those that can't be read.
    std::vector<Placed> read(base::RoomId const& room, base::Seq first, base::Seq last) const;
    /// Brings in messages of a room that stand in no block, or changed in one.
    void take(base::RoomId const& room, std::vector<Placed> messages);

private:
    void take_changed(base::RoomId const& room, std::vector<base::Seq> seqs);
    void forget(base::RoomId const& room);

    store::Store const& store_;
    ReadDocument const read_;
    IndexState& state_;
    std::mutex queue_mutex_;  ///< guards `queue_`
    std::vector<store::MessageChange> queue_;
    std::atomic<bool> has_overflowed_{false};
    std::mutex draining_;  ///< one at a time, so that changes come in in their order
};

}  // namespace soyuz::search
