#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace soyuz::live {

enum class Phase {
    waiting,      ///< nobody has been live yet, or somebody will be again
    live,         ///< a publisher is connected
    interrupted,  ///< the publisher is gone, and has some seconds to come back
    ended,
};

std::string_view name(Phase phase);
std::optional<Phase> parse_phase(std::string_view text);

/// What the host settles beforehand.
struct StagePlan {
    std::optional<base::Timestamp> starts_at;
    std::chrono::seconds delay{0};  ///< between what the camera sees and what viewers see
    bool records = false;
    bool random_gifts = false;
    bool operator==(StagePlan const&) const = default;
};

/// How a live room stands.
struct StageState {
    base::RoomId room;
    Phase phase = Phase::waiting;
    StagePlan plan;
    base::UserId host;  ///< of the present or last broadcast
    std::optional<base::Timestamp> started_at, ended_at;
    std::string ended_why;  ///< "host", "moderator", "lost", "cut"; "" while it goes on
    bool is_blanked = false;
    bool is_muted = false;
    bool is_recording = false;
    std::string recording_fault;  ///< why a recording ended early
    std::size_t viewers = 0;      ///< people, not sockets
    std::size_t most_viewers = 0;
    std::uint64_t hearts = 0;
    std::uint64_t gifts = 0;
    bool has_picture = false;
    bool has_sound = false;
    bool has_low_layer = false;
};

}  // namespace soyuz::live
