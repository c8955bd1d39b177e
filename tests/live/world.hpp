#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <catch2/catch.hpp>

#include "base/ids.hpp"
#include "base/manual_clock.hpp"
#include "live/audience.hpp"
#include "live/gifts/gift.hpp"
#include "live/stage_state.hpp"
#include "store/store.hpp"

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

/// A folder that goes with the test.
struct Folder {
    Folder() : path(std::filesystem::temp_directory_path() / ("soyuz-live-" + base::random_id())) {
        std::filesystem::create_directories(path);
    }
    ~Folder() {
        std::error_code fault;
        std::filesystem::remove_all(path, fault);
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    std::filesystem::path path;
};

inline std::unique_ptr<store::Store> open_store(std::filesystem::path const& folder, base::Clock const& clock) {
    store::Options options;
    options.folder = folder;
    auto opened = store::Store::open(options, clock);
    REQUIRE(std::holds_alternative<std::unique_ptr<store::Store>>(opened));
    return std::move(std::get<0>(opened));
}

}  // namespace soyuz::live::testing
