#include "live/gifts/gifts.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "live/audience.hpp"
#include "store/store.hpp"

namespace soyuz::live {

using base::Code;
using base::Error;
using namespace std::chrono_literals;

namespace {

constexpr float gifts_per_second = 1, gift_burst = 5;
constexpr auto combo_span = 5s;
constexpr std::uint32_t largest_id = 1'000'000;
constexpr std::size_t most_senders = 10'000;

}  // namespace

base::Result<Gift> Gifts::give(base::RoomId const& room, base::UserId const& from, std::string from_name,
                               std::uint32_t id, std::uint32_t amount) {
    if (id > largest_id) return base::invalid_field("gift_id", "must be a number from 0 to 1000000");
    if (amount < 1 || amount > most_at_once)
        return base::invalid_field("amount", "must be a number from 1 to " + std::to_string(most_at_once));
    auto const now = clock_.moment();
    Gift gift{room, from, std::move(from_name), id, amount, 1, clock_.now()};
    {
        std::lock_guard const lock{mutex_};
        drop_idle(now);
        auto const key = room.value + '/' + (from.empty() ? std::string{bot} : from.value);
        auto& sender = senders_.try_emplace(key, Sender{{gifts_per_second, gift_burst, now}}).first->second;
        if (has_limits_ && !from.empty() && !sender.budget.take(now))
            return Error{Code::rate_limited, "Gifts come too fast. Wait a moment.", sender.budget.wait()};
        auto& combo = sender.combo;
        combo.count = combo.id == id && now - combo.last < combo_span ? combo.count + 1 : 1;
        combo.id = id;
        combo.last = now;
        gift.combo = combo.count;
        auto& giver = givers_[room][from.empty() ? std::string{bot} : from.value];
        giver.user = from;
        giver.name = gift.from_name;
        giver.amount += amount;
        total_ += amount;
    }
    auto const line = base::to_text({{"room", room.value},
                                     {"from", gift.from_name},
                                     {"user", from.value},
                                     {"gift_id", id},
                                     {"amount", amount},
                                     {"at", base::to_rfc3339(gift.at)}});
    store_.commit({store::AppendLog{"gifts", line}}, [](auto const& done) {
        if (!done) base::log::warn("a gift is not in the log", {{"reason", done.error().message}});
    });
    audience_.gift(gift);
    return gift;
}

void Gifts::drop_idle(base::Moment now) {
    if (senders_.size() < most_senders) return;
    std::erase_if(senders_, [&](auto const& each) {
        return each.second.budget.is_full(now) && now - each.second.combo.last > combo_span;
    });
}

std::vector<Gifts::Giver> Gifts::top(base::RoomId const& room, std::size_t limit) const {
    std::vector<Giver> all;
    {
        std::lock_guard const lock{mutex_};
        auto const found = givers_.find(room);
        if (found == givers_.end()) return all;
        for (auto const& [key, giver] : found->second) all.push_back(giver);
    }
    std::sort(all.begin(), all.end(), [](Giver const& one, Giver const& other) {
        return one.amount != other.amount ? one.amount > other.amount : one.name < other.name;
    });
    if (all.size() > limit) all.resize(limit);
    return all;
}

std::uint64_t Gifts::total() const {
    std::lock_guard const lock{mutex_};
    return total_;
}

void Gifts::reset(base::RoomId const& room) {
    std::lock_guard const lock{mutex_};
    givers_.erase(room);
}

void Gifts::reset_total() {
    std::lock_guard const lock{mutex_};
    givers_.clear();
    total_ = 0;
}

void Gifts::forget(base::UserId const& user) {
    std::lock_guard const lock{mutex_};
    for (auto& [room, givers] : givers_) givers.erase(user.value);
}

}  // namespace soyuz::live
