#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace soyuz::chat {

/// When each member last wrote in rooms that ask for a pause between messages. Thread-safe; remembers nobody for
/// longer than their pause lasts.
class SlowMode {
public:
    explicit SlowMode(base::Clock const& clock);

    /// Takes the member's turn and gives zero, or the time until it comes.
    std::chrono::milliseconds take(base::RoomId const& room, base::UserId const& user, std::chrono::seconds pause);
    /// The message wasn't posted after all.
    void give_back(base::RoomId const& room, base::UserId const& user);
    std::size_t waiting() const;

private:
    struct Turn {
        base::Moment taken;
        base::Moment over;  ///< by the pause that was asked for then
    };

    base::Clock const& clock_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Turn> turns_;
    base::Moment next_sweep_{};
};

}  // namespace soyuz::chat
