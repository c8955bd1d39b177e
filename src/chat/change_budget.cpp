#include "chat/change_budget.hpp"

#include <algorithm>

namespace soyuz::chat {

namespace {
constexpr std::size_t most_windows = 50'000;
}

ChangeBudget::ChangeBudget(base::Clock const& clock) : clock_(clock), lasting_(clock, lasting_span, most_windows) {}

std::optional<base::Error> ChangeBudget::take(base::UserId const& user) {
    auto const now = clock_.moment();
    std::lock_guard const lock(mutex_);
    if (people_.size() >= forget_at_) {
        std::erase_if(people_, [&](auto& person) { return person.second.is_full(now); });
        forget_at_ = std::max<std::size_t>(1000, 2 * people_.size());
    }
    auto& bucket = people_.try_emplace(user, per_second, burst, now).first->second;
    if (bucket.take(now)) return std::nullopt;
    return base::Error{base::Code::rate_limited, "Too many changes. Wait a moment.", bucket.wait()};
}

std::optional<base::Error> ChangeBudget::take_lasting(User const& user, Lasting kind) {
    auto const limit = user.role >= Role::moderator ? lasting_changes_of_staff : lasting_changes;
    auto const wait = lasting_.take((kind == Lasting::profile ? "profile " : "rooms ") + user.id.value, limit);
    if (!wait) return std::nullopt;
    return base::Error{base::Code::rate_limited, "You have changed a lot in a short time. Wait a few minutes.", *wait};
}

std::size_t ChangeBudget::size() const {
    std::lock_guard const lock(mutex_);
    return people_.size();
}

}  // namespace soyuz::chat
