#include "realtime/live/pulse_news.hpp"

#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>

#include "chat/rooms/rooms.hpp"
#include "contract/pulse_shapes.hpp"
#include "live/stages.hpp"
#include "net/loop.hpp"
#include "realtime/hub.hpp"

namespace soyuz::realtime {

namespace {

constexpr std::chrono::seconds interval{1};
constexpr std::size_t most_givers = 10;
constexpr std::size_t told_minutes = 2;  // the present one, and the end of the one before

}  // namespace

void PulseNews::tick_later() {
    loop_.after(interval, [this, is_over = is_over_] {
        if (*is_over) return;
        tick();
        tick_later();
    });
}

void PulseNews::tick() {
    auto const& [hub, stages, pulses, accounts, rooms] = services_;
    std::unordered_map<base::RoomId, std::uint64_t> told;
    for (auto const& stage : stages.all()) {
        auto const state = stage->state();
        bool const is_on = state.phase == live::Phase::live || state.phase == live::Phase::interrupted;
        if (is_on || state.viewers > 0) pulses.sample(state.room, state.viewers);
        auto const topic = topic_of(state.room);
        if (!hub.is_followed(topic)) continue;
        auto const room = rooms.find(state.room);
        if (!room) continue;
        auto const before = told_.find(state.room);
        auto view = pulses.view(state.room, before == told_.end() ? 0 : before->second);
        told[state.room] = view.newest;
        if (view.minutes.size() > told_minutes)
            view.minutes.erase(view.minutes.begin(), view.minutes.end() - told_minutes);
        hub.publish(topic,
                    contract::events::pulse(contract::pulse_json(
                        view, room->name, pulses.threshold(), stages.gifts().top(state.room, most_givers), accounts)),
                    0, net::Importance::droppable);
    }
    if (!told.empty()) hub.flush();
    told_ = std::move(told);
}

}  // namespace soyuz::realtime
