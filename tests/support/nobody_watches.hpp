#pragma once

#include "live/audience.hpp"

namespace soyuz::tests {

/// An audience that looks away.
class NobodyWatches final : public live::Audience {
public:
    void fragment(base::RoomId const&, live::Layer, live::Fragment const&) override {}
    void stage_changed(live::StageState const&) override {}
    void hearts(base::RoomId const&, std::uint64_t, std::uint64_t) override {}
    void gift(live::Gift const&) override {}
    void dismissed(base::RoomId const&, std::uint64_t, std::string_view) override {}
};

}  // namespace soyuz::tests
