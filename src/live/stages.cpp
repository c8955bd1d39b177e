#include "live/stages.hpp"

#include <array>
#include <mutex>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "live/pulse/pulses.hpp"
#include "live/recording/recorder.hpp"
#include "live/stage_records.hpp"
#include "store/store.hpp"

namespace soyuz::live {

namespace {

constexpr char collection[] = "live";
constexpr std::uint32_t random_gifts = 1000, random_amounts = 5;

std::uint32_t random_up_to(std::uint32_t most) {
    std::array<unsigned char, 4> bytes{};
    base::random_bytes(bytes.data(), bytes.size());
    std::uint32_t value = 0;
    for (auto const each : bytes) value = value << 8U | each;
    return 1 + value % most;
}

}  // namespace

Stages::Stages(store::Store& store, base::Clock const& clock, Audience& audience, Pulses& pulses, Recorder* recorder,
               Options options)
    : store_(store),
      clock_(clock),
      audience_(audience),
      pulses_(pulses),
      recorder_(recorder),
      options_(options),
      gifts_(store, clock, audience, options.has_limits),
      gifts_at_(clock.moment()) {
    store_.each_document(collection, [&](std::string const& id, nlohmann::json const& value) {
        base::RoomId const room{id};
        stages_.emplace(room, make(room, parse_stage(value)));
    });
}

Stages::~Stages() = default;

StagePtr Stages::make(base::RoomId const& room, StageState const& stored) {
    return std::make_shared<Stage>(room, stored, options_.stage, clock_, audience_, recorder_);
}

StagePtr Stages::of(chat::Room const& room) {
    if (auto found = find(room.id)) return found;
    std::unique_lock const lock{mutex_};
    auto& stage = stages_[room.id];
    if (!stage) stage = make(room.id, {});
    return stage;
}

StagePtr Stages::find(base::RoomId const& room) const {
    std::shared_lock const lock{mutex_};
    auto const found = stages_.find(room);
    return found == stages_.end() ? nullptr : found->second;
}

std::vector<StagePtr> Stages::all() const {
    std::vector<StagePtr> found;
    std::shared_lock const lock{mutex_};
    for (auto const& [room, stage] : stages_) found.push_back(stage);
    return found;
}

base::Result<Gift> Stages::give(chat::Room const& room, base::UserId const& from, std::string from_name,
                                std::uint32_t id, std::uint32_t amount) {
    auto gift = gifts_.give(room.id, from, std::move(from_name), id, amount);
    if (!gift) return gift;
    of(room)->count_gift(amount);
    pulses_.gift_given(*gift);
    return gift;
}

void Stages::reset(chat::Room const& room) {
    gifts_.reset(room.id);
    pulses_.clear(room.id);
    of(room)->reset_counts();
}

void Stages::forget(base::RoomId const& room) {
    StagePtr stage;
    {
        std::unique_lock const lock{mutex_};
        auto const found = stages_.find(room);
        if (found == stages_.end()) return;
        stage = std::move(found->second);
        stages_.erase(found);
    }
    // Nothing live is no fault here.
    (void)stage->end("removed");
    gifts_.reset(room);
    if (recorder_ != nullptr) recorder_->forget(room);
    store_.commit({store::Erase{collection, room.value}}, [](auto const& done) {
        if (!done) base::log::warn("the plan of a removed live room stays on disk", {{"reason", done.error().message}});
    });
}

void Stages::tick() {
    for (auto const& stage : all()) {
        stage->tick();
        if (stage->take_dirty()) keep(*stage);
    }
    give_at_random();
}

void Stages::keep(Stage& stage) {
    auto const state = stage.state();
    store_.commit({store::Put{collection, state.room.value, stage_document(state)}}, [](auto const& done) {
        if (!done) base::log::warn("the state of a live room is not saved", {{"reason", done.error().message}});
    });
}

void Stages::give_at_random() {
    auto const now = clock_.moment();
    if (options_.gift_interval.count() == 0 || now - gifts_at_ < options_.gift_interval) return;
    gifts_at_ = now;
    for (auto const& stage : all()) {
        auto const state = stage->state();
        if (!state.plan.random_gifts || state.viewers == 0) continue;
        auto const amount = random_up_to(random_amounts);
        auto const given = gifts_.give(state.room, {}, std::string{Gifts::bot}, random_up_to(random_gifts), amount);
        if (!given) continue;
        stage->count_gift(amount);
        pulses_.gift_given(*given);
    }
}

Stages::Figures Stages::figures() const {
    Figures figures;
    for (auto const& stage : all()) {
        auto const state = stage->state();
        figures.on_air += state.phase == Phase::live ? 1 : 0;
        figures.viewers += state.viewers;
        figures.hearts += state.hearts;
    }
    figures.gifts = gifts_.total();
    return figures;
}

}  // namespace soyuz::live
