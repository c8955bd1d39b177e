#include "moderation/conduct/spam_window.hpp"

#include <algorithm>

#include <sodium.h>

#include "base/address_key.hpp"
#include "base/random.hpp"

namespace soyuz::moderation {

namespace {

using base::Moment;
using std::chrono::ceil;
using std::chrono::milliseconds;

}  // namespace

std::optional<SpamRules> SpamRules::of_preset(std::string_view name) {
    SpamRules rules;
    rules.preset = name;
    if (name == "default") return rules;
    if (name == "relaxed") {
        rules.limit = 15;
        rules.repeat_weight = 1;
        return rules;
    }
    if (name == "strict") {
        rules.limit = 3;
        rules.span = std::chrono::seconds{5};
        rules.min_gap = std::chrono::seconds{2};
        rules.repeat_weight = 1;
        rules.bans = {std::chrono::minutes{20}};
        return rules;
    }
    return std::nullopt;
}

SpamWindow::SpamWindow(base::Clock const& clock, std::size_t max_tracked)
    : clock_(clock), max_tracked_(max_tracked), users_(max_tracked), addresses_(max_tracked) {
    static_assert(sizeof hash_key_ == crypto_shorthash_KEYBYTES);
    base::random_bytes(hash_key_.data(), hash_key_.size());
}

std::uint64_t SpamWindow::hash(std::string_view text) const {
    if (text.empty()) return 0;
    std::uint64_t value = 0;
    crypto_shorthash(reinterpret_cast<unsigned char*>(&value), reinterpret_cast<unsigned char const*>(text.data()),
                     text.size(), hash_key_.data());
    return value == 0 ? 1 : value;
}

std::optional<milliseconds> SpamWindow::count_address(SpamRules const& rules, std::string_view address, Moment now) {
    if (address.empty() || rules.address_limit == 0) return std::nullopt;
    return addresses_.with(base::address_key(address), now, rules.span, [&](AddressTrack& track) {
        auto& attempts = track.attempts;
        while (!attempts.empty() && attempts.front() <= now - rules.span) attempts.pop_front();
        std::optional<milliseconds> wait;
        if (attempts.size() >= rules.address_limit)
            wait = ceil<milliseconds>(attempts[attempts.size() - rules.address_limit] + rules.span - now);
        attempts.push_back(now);
        while (attempts.size() > rules.address_limit) attempts.pop_front();
        track.forgotten_at = now + rules.span;
        return wait;
    });
}

SpamWindow::Attempt SpamWindow::count_user(SpamRules const& rules, std::string const& user, std::uint64_t text,
                                           Moment now) {
    return users_.with(user, now, rules.span, [&](UserTrack& track) {
        auto& attempts = track.attempts;
        while (!attempts.empty() && attempts.front().at <= now - rules.span) attempts.pop_front();

        Entry entry{now, text, 1};
        unsigned counted = 0;
        for (auto const& earlier : attempts) {
            counted += earlier.weight;
            if (text != 0 && earlier.text == text) entry.weight = std::max(1U, rules.repeat_weight);
        }
        Attempt attempt;
        attempt.counted = counted + entry.weight;
        if (attempt.counted > rules.limit) {
            attempt.outcome = Attempt::Outcome::flood;
            attempt.retry_after = ceil<milliseconds>(rules.span);
        } else if (track.admitted && now - *track.admitted < rules.min_gap) {
            attempt.outcome = Attempt::Outcome::too_soon;
            attempt.retry_after = ceil<milliseconds>(*track.admitted + rules.min_gap - now);
        } else {
            track.admitted = now;
        }
        attempts.push_back(entry);
        // Each weighs at least one, so more than `limit` of them can't change any answer.
        while (attempts.size() > std::max(1U, rules.limit)) attempts.pop_front();
        track.forgotten_at = now + std::max(rules.span, rules.min_gap);
        return attempt;
    });
}

SpamWindow::Attempt SpamWindow::admit(SpamRules const& rules, base::UserId const& user, std::string_view address,
                                      std::string_view text) {
    auto const now = clock_.moment();
    auto const address_wait = count_address(rules, address, now);
    auto attempt = count_user(rules, user.value, hash(text), now);
    if (address_wait && attempt.outcome == Attempt::Outcome::admitted) {
        attempt.outcome = Attempt::Outcome::address_flood;
        attempt.retry_after = *address_wait;
    }
    return attempt;
}

std::chrono::seconds SpamWindow::next_ban(SpamRules const& rules, base::UserId const& user) {
    auto const now = clock_.now();
    std::lock_guard const lock{bans_mutex_};
    if (bans_.size() >= max_tracked_) {
        std::erase_if(bans_, [&](auto const& entry) { return entry.second.back() <= now - rules.memory; });
        if (bans_.size() >= max_tracked_) bans_.erase(bans_.begin());
    }
    auto& earlier = bans_[user];
    std::erase_if(earlier, [&](auto when) { return when <= now - rules.memory; });
    auto const length =
        rules.bans.empty() ? std::chrono::seconds{60} : rules.bans[std::min(earlier.size(), rules.bans.size() - 1)];
    earlier.push_back(now);
    while (earlier.size() > std::max<std::size_t>(1, rules.bans.size())) earlier.pop_front();
    return length;
}

void SpamWindow::remember_ban(base::UserId const& user, base::Timestamp when) {
    std::lock_guard const lock{bans_mutex_};
    if (bans_.size() >= max_tracked_ && !bans_.contains(user)) return;
    auto& earlier = bans_[user];
    earlier.insert(std::upper_bound(earlier.begin(), earlier.end(), when), when);
    while (earlier.size() > 16) earlier.pop_front();
}

void SpamWindow::forget(base::UserId const& user) {
    users_.erase(user.value);
    std::lock_guard const lock{bans_mutex_};
    bans_.erase(user);
}

}  // namespace soyuz::moderation
