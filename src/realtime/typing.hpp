#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace soyuz::realtime {

/// Who is writing in which room. Changes are gathered and taken now and then; a typist who isn't heard of again stops
/// by himself. At most `per_room` are named in a room: more tell nobody anything. Thread-safe.
class Typing {
public:
    static constexpr std::size_t per_room = 10;
    static constexpr std::chrono::seconds lasts{6};

    explicit Typing(base::Clock const& clock) : clock_(clock) {}

    /// True when somebody will have to hear of it.
    bool set(base::RoomId const& room, std::string const& username, bool on);

    struct Change {
        base::RoomId room;
        std::string username;
        bool on = false;
    };
    /// What changed since the last call, each typist of a room once at most.
    std::vector<Change> take_changes();

private:
    struct Typist {
        std::string username;
        base::Moment until{};
        bool on = true;
        bool announced = false;  ///< what others were told last
    };
    base::Clock const& clock_;
    std::mutex mutex_;
    std::unordered_map<base::RoomId, std::vector<Typist>> rooms_;
};

}  // namespace soyuz::realtime
