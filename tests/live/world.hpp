#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/manual_clock.hpp"
#include "live/audience.hpp"
#include "live/gifts/gift.hpp"
#include "live/stage_state.hpp"
#include "support/folder.hpp"

namespace soyuz::live::testing {

class Listener final : public Audience {
public:
    void fragment(base::RoomId const&, Layer layer, Fragment const& fragment) override {
        fragments.emplace_back(layer, fragment);
    }
    void stage_changed(StageState const& state) override { states.push_back(state); }
    void hearts(base::RoomId const&, std::uint64_t count, std::uint64_t) override { heart_counts.push_back(count); }
    void gift(Gift const& gift) override { gifts.push_back(gift); }
    void dismissed(base::RoomId const&, std::uint64_t ticket, std::string_view why) override {
        dismissals.emplace_back(ticket, why);
    }

    std::vector<std::pair<Layer, Fragment>> fragments;
    std::vector<StageState> states;
    std::vector<std::uint64_t> heart_counts;
    std::vector<Gift> gifts;
    std::vector<std::pair<std::uint64_t, std::string>> dismissals;
};

using tests::Folder;
using tests::open_store;

}  // namespace soyuz::live::testing
