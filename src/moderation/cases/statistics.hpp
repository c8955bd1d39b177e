#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "judge/judge.hpp"
#include "store/store.hpp"

namespace soyuz::moderation {

/// Verdicts over time: the newest lines of moderation_log, and how many texts were allowed in each hour (the collection
/// `moderation_figures`, written now and then). Thread-safe; memory is bounded.
class Statistics {
public:
    static constexpr std::size_t most_events = 20'000;  ///< some 200 bytes each
    static constexpr std::int64_t most_hours = std::int64_t{31} * 24;

    Statistics(store::Store& store, base::Clock const& clock);

    /// One more text was allowed. For the committer's thread alone: one addition.
    void count_allowed(base::Timestamp now) noexcept;
    struct Event {
        base::Timestamp at{};
        judge::Action action = judge::Action::allow;
        std::vector<std::string> reasons;
        std::string room;  ///< its name; "" where there is none
        std::string user;  ///< name
    };
    void note(Event event);

    /// Oldest first, since `since`.
    std::vector<Event> events(base::Timestamp since) const;
    /// Allowed texts of the hour that `at` is in.
    std::uint64_t allowed(base::Timestamp at) const;
    /// Writes the hours that have changed; called every minute by a worker, and at stop.
    void flush();

private:
    /// Only the committer's thread changes a slot once the server runs.
    struct Slot {
        std::atomic<std::int64_t> hour{-1};
        std::atomic<std::uint64_t> allowed{0};
        std::atomic<bool> is_changed{false};
    };
    Slot& slot_of(std::int64_t hour) { return hours_[static_cast<std::size_t>(hour) % hours_.size()]; }
    Slot const& slot_of(std::int64_t hour) const { return hours_[static_cast<std::size_t>(hour) % hours_.size()]; }

    store::Store& store_;
    std::array<Slot, static_cast<std::size_t>(most_hours) + 1> hours_;
    mutable std::mutex mutex_;  ///< guards the events
    std::deque<Event> events_;
};

}  // namespace soyuz::moderation
