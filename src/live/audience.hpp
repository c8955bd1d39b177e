#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "live/fragment.hpp"

namespace soyuz::live {

struct StageState;
struct Gift;

/// Hears of everything that viewers should get. Calls come in the order of what happened on a stage, from any thread,
/// while the stage is locked: they hand on and return, and call nothing of `live`.
class Audience {
public:
    virtual ~Audience() = default;
    virtual void fragment(base::RoomId const& room, Layer layer, Fragment const& fragment) = 0;
    virtual void stage_changed(StageState const& state) = 0;
    /// `count` since the last call.
    virtual void hearts(base::RoomId const& room, std::uint64_t count, std::uint64_t total) = 0;
    virtual void gift(Gift const& gift) = 0;
    /// The publisher with this ticket is not one any more.
    virtual void dismissed(base::RoomId const& room, std::uint64_t ticket, std::string_view why) = 0;
};

}  // namespace soyuz::live
