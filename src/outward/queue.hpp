#pragma once

#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "outward/letter.hpp"

namespace soyuz::store {
class Store;
}

namespace soyuz::outward {

class People;

/// Letters that wait to be sent, each in the collection `outward_queue` until it is sent or given up: what was added is
/// sent after a restart, too. A letter is tried three times. Of one kind somebody gets the next one on a channel only
/// after the cool-down of its urgency; until then others of the kind are left out. Thread-safe.
class Queue {
public:
    static constexpr unsigned most_tries = 3;
    static constexpr std::chrono::seconds between_tries{2};
    static constexpr std::size_t most = 10'000;
    /// By urgency: low, normal, high, urgent.
    static std::chrono::seconds cool_down(Urgency urgency);

    /// `channels` and `people` outlive it.
    Queue(store::Store& store, People const& people, base::Clock const& clock, std::vector<Channel*> channels);
    ~Queue();

    /// False where it is left out: another of its kind was sent a moment ago, or too many wait. Doesn't wait.
    bool add(Letter letter);
    std::size_t waiting() const;

    /// Sends what is due, on the caller's thread; how many were sent. For tests, and for `start`'s thread.
    std::size_t send_due();
    /// Has a thread send what is due.
    void start();
    void stop();

private:
    void run();
    std::vector<Letter> due(base::Timestamp now) const;
    void settle(Letter letter, base::Result<void> const& outcome);
    void drop(std::string const& id);  ///< the caller holds `mutex_`

    store::Store& store_;
    People const& people_;
    base::Clock const& clock_;
    std::vector<Channel*> const channels_;
    mutable std::mutex mutex_;  ///< guards what follows
    std::condition_variable changed_;
    std::map<std::string, Letter> letters_;
    std::map<std::pair<std::string, std::string>, base::Timestamp> added_;  ///< by user, channel and kind
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace soyuz::outward
