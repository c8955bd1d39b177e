#include "moderation/cases/statistics.hpp"

#include <nlohmann/json.hpp>

#include "base/json_members.hpp"
#include "base/log.hpp"
#include "moderation/cases/case_record.hpp"

namespace soyuz::moderation {

namespace {

using Json = nlohmann::json;

constexpr char collection[] = "moderation_figures";

std::int64_t hour_of(base::Timestamp at) {
    return std::chrono::floor<std::chrono::hours>(at.time_since_epoch()).count();
}

}  // namespace

Statistics::Statistics(store::Store& store, base::Clock const& clock) : store_(store) {
    auto const oldest = hour_of(clock.now()) - most_hours;
    store::Batch gone;
    store.each_document(collection, [&](std::string const& id, Json const& value) {
        auto const at = base::parse_rfc3339(id);
        if (!at || hour_of(*at) < oldest) return gone.push_back(store::Erase{collection, id});
        auto& slot = slot_of(hour_of(*at));
        slot.hour = hour_of(*at);
        slot.allowed = base::Members{value}.number("allowed");
    });
    if (!gone.empty()) store.commit(std::move(gone), [](auto const&) {});
    for (auto const& line : store.log_tail("moderation_log", most_events)) {
        auto const json = Json::parse(line, nullptr, false);
        if (!json.is_object()) continue;
        base::Members const fields{json};
        auto const at = fields.time("at");
        auto verdict = parse_verdict(json);
        if (at && verdict.action != judge::Action::allow)
            events_.push_back(
                {*at, verdict.action, std::move(verdict.reasons), fields.text("room"), fields.text("username")});
    }
}

void Statistics::count_allowed(base::Timestamp now) noexcept {
    auto const hour = hour_of(now);
    auto& slot = slot_of(hour);
    if (slot.hour.load(std::memory_order_relaxed) != hour) {
        slot.allowed.store(0, std::memory_order_relaxed);
        slot.hour.store(hour, std::memory_order_relaxed);
    }
    slot.allowed.store(slot.allowed.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (!slot.is_changed.load(std::memory_order_relaxed)) slot.is_changed.store(true, std::memory_order_relaxed);
}

void Statistics::note(Event event) {
    std::lock_guard const lock{mutex_};
    events_.push_back(std::move(event));
    if (events_.size() > most_events) events_.pop_front();
}

std::vector<Statistics::Event> Statistics::events(base::Timestamp since) const {
    std::vector<Event> found;
    std::lock_guard const lock{mutex_};
    for (auto const& event : events_)
        if (event.at >= since) found.push_back(event);
    return found;
}

std::uint64_t Statistics::allowed(base::Timestamp at) const {
    auto const& slot = slot_of(hour_of(at));
    return slot.hour.load(std::memory_order_relaxed) == hour_of(at) ? slot.allowed.load(std::memory_order_relaxed) : 0;
}

void Statistics::flush() {
    store::Batch batch;
    for (auto& slot : hours_) {
        if (!slot.is_changed.exchange(false)) continue;
        auto const start = base::Timestamp{std::chrono::hours{slot.hour.load()}};
        batch.push_back(store::Put{collection, base::to_rfc3339(start),
                                   "{\"allowed\":" + std::to_string(slot.allowed.load()) + '}'});
    }
    if (batch.empty()) return;
    store_.commit(std::move(batch), [](base::Result<store::Committed> const& result) {
        if (!result) base::log::warn("counts of allowed texts not written");
    });
}

}  // namespace soyuz::moderation
