#include "moderation/cases/statistics.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>

#include <nlohmann/json.hpp>

#include "base/json_members.hpp"
#include "base/log.hpp"
#include "moderation/cases/case_record.hpp"

namespace soyuz::moderation {

namespace {

using Json = nlohmann::json;

constexpr char collection[] = "moderation_figures";
constexpr std::size_t slots = static_cast<std::size_t>(Statistics::most_hours) + 1;

std::int64_t hour_of(base::Timestamp at) {
    return std::chrono::floor<std::chrono::hours>(at.time_since_epoch()).count();
}

base::Timestamp start_of(std::int64_t hour) { return base::Timestamp{std::chrono::hours{hour}}; }

}  // namespace

struct Statistics::Implementation {
    /// Only the committer's thread changes a slot once the server runs.
    struct Slot {
        std::atomic<std::int64_t> hour{-1};
        std::atomic<std::uint64_t> allowed{0};
        std::atomic<bool> is_changed{false};
    };
    Slot& slot_of(std::int64_t hour) { return hours[static_cast<std::size_t>(hour) % slots]; }

    explicit Implementation(store::Store& where) : store(where) {}

    store::Store& store;
    std::array<Slot, slots> hours;
    mutable std::mutex mutex;  ///< guards the events
    std::deque<Event> events;
};

Statistics::Statistics(store::Store& store, base::Clock const& clock)
    : implementation_(std::make_unique<Implementation>(store)) {
    auto& own = *implementation_;
    auto const oldest = hour_of(clock.now()) - most_hours;
    store::Batch gone;
    store.each_document(collection, [&](std::string const& id, Json const& value) {
        auto const at = base::parse_rfc3339(id);
        auto const allowed = value.find("allowed");
        if (!at || hour_of(*at) < oldest || allowed == value.end() || !allowed->is_number_unsigned())
            return gone.push_back(store::Erase{collection, id});
        auto& slot = own.slot_of(hour_of(*at));
        slot.hour = hour_of(*at);
        slot.allowed = allowed->get<std::uint64_t>();
    });
    if (!gone.empty()) store.commit(std::move(gone), [](auto const&) {});
    for (auto const& line : store.log_tail("moderation_log", most_events)) {
        auto const json = Json::parse(line, nullptr, false);
        if (!json.is_object()) continue;
        base::Members const fields{json};
        auto const at = fields.time("at");
        auto verdict = parse_verdict(json);
        if (at && verdict.action != judge::Action::allow)
            own.events.push_back(
                {*at, verdict.action, std::move(verdict.reasons), fields.text("room"), fields.text("username")});
    }
}
Statistics::~Statistics() = default;

void Statistics::count_allowed(base::Timestamp now) noexcept {
    auto const hour = hour_of(now);
    auto& slot = implementation_->slot_of(hour);
    if (slot.hour.load(std::memory_order_relaxed) != hour) {
        slot.allowed.store(0, std::memory_order_relaxed);
        slot.hour.store(hour, std::memory_order_relaxed);
    }
    slot.allowed.store(slot.allowed.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (!slot.is_changed.load(std::memory_order_relaxed)) slot.is_changed.store(true, std::memory_order_relaxed);
}

void Statistics::note(Event event) {
    auto& own = *implementation_;
    std::lock_guard const lock{own.mutex};
    own.events.push_back(std::move(event));
    if (own.events.size() > most_events) own.events.pop_front();
}

std::vector<Statistics::Event> Statistics::events(base::Timestamp since) const {
    auto const& own = *implementation_;
    std::vector<Event> found;
    std::lock_guard const lock{own.mutex};
    for (auto const& event : own.events)
        if (event.at >= since) found.push_back(event);
    return found;
}

std::uint64_t Statistics::allowed(base::Timestamp at) const {
    auto const& slot = implementation_->slot_of(hour_of(at));
    return slot.hour.load(std::memory_order_relaxed) == hour_of(at) ? slot.allowed.load(std::memory_order_relaxed) : 0;
}

void Statistics::flush() {
    auto& own = *implementation_;
    store::Batch batch;
    for (auto& slot : own.hours) {
        if (!slot.is_changed.exchange(false)) continue;
        Json const json{{"allowed", slot.allowed.load()}};
        batch.push_back(store::Put{collection, base::to_rfc3339(start_of(slot.hour.load())), json.dump()});
    }
    if (batch.empty()) return;
    own.store.commit(std::move(batch), [](base::Result<store::Committed> const& result) {
        if (!result) base::log::warn("counts of allowed texts not written");
    });
}

}  // namespace soyuz::moderation
