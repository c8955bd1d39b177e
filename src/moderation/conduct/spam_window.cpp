#include "moderation/conduct/spam_window.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <mutex>
#include <unordered_map>

#include <arpa/inet.h>
#include <sodium.h>

#include "base/random.hpp"

namespace soyuz::moderation {

namespace {

using base::Moment;
using std::chrono::ceil;
using std::chrono::milliseconds;

constexpr std::size_t shard_count = 16;

struct Entry {
    Moment at;
    std::uint64_t text = 0;  ///< keyed hash; 0 where there was no text
    unsigned weight = 1;
};

struct Track {
    std::deque<Entry> attempts;
    std::optional<Moment> admitted;  ///< the newest one that was let through
    Moment forgotten_at{};           ///< from here on nothing in it counts
};

struct AddressTrack {
    std::deque<Moment> attempts;
    Moment forgotten_at{};
};

/// Part of the tracks under a lock of its own, so that threads rarely meet.
template <class Value>
struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, Value> tracks;
    Moment next_sweep{};

    void sweep(Moment now) {
        std::erase_if(tracks, [&](auto const& track) { return track.second.forgotten_at <= now; });
    }

    Value& track(std::string const& key, Moment now, std::chrono::milliseconds span, std::size_t bound) {
        if (now >= next_sweep) {
            sweep(now);
            next_sweep = now + std::max<milliseconds>(span, std::chrono::seconds{1});
        }
        if (auto const found = tracks.find(key); found != tracks.end()) return found->second;
        // An eighth goes at once, so that a crowd of strangers doesn't pay for a search each.
        if (tracks.size() >= bound) {
            sweep(now);
            for (std::size_t excess = bound / 8 + 1; excess > 0 && tracks.size() >= bound; --excess)
                tracks.erase(tracks.begin());
        }
        return tracks[key];
    }
};

/// Providers hand out IPv6 networks of 64 bits: each counts as one address.
std::string network_of(std::string_view address) {
    in6_addr parsed{};
    std::string const text{address};
    if (text.find(':') == std::string::npos || inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return text;
    if (IN6_IS_ADDR_V4MAPPED(&parsed)) return text.substr(text.rfind(':') + 1);
    return {reinterpret_cast<char const*>(&parsed), 8};
}

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

struct SpamWindow::Implementation {
    Implementation(base::Clock const& time, std::size_t max)
        : clock(time), bound(std::max<std::size_t>(1, max / shard_count)) {
        base::random_bytes(hash_key.data(), hash_key.size());
    }

    std::uint64_t hash(std::string_view text) const {
        if (text.empty()) return 0;
        std::uint64_t value = 0;
        crypto_shorthash(reinterpret_cast<unsigned char*>(&value), reinterpret_cast<unsigned char const*>(text.data()),
                         text.size(), hash_key.data());
        return value == 0 ? 1 : value;
    }

    static std::size_t shard_of(std::string const& key) { return std::hash<std::string>{}(key) % shard_count; }

    /// When the address has used up what it has, the time until it may try again.
    std::optional<milliseconds> count_address(SpamRules const& rules, std::string_view address, Moment now) {
        if (address.empty() || rules.address_limit == 0) return std::nullopt;
        auto const network = network_of(address);
        auto& shard = addresses[shard_of(network)];
        std::lock_guard const lock{shard.mutex};
        auto& track = shard.track(network, now, rules.span, bound);
        auto& attempts = track.attempts;
        while (!attempts.empty() && attempts.front() <= now - rules.span) attempts.pop_front();
        std::optional<milliseconds> wait;
        if (attempts.size() >= rules.address_limit)
            wait = ceil<milliseconds>(attempts[attempts.size() - rules.address_limit] + rules.span - now);
        attempts.push_back(now);
        while (attempts.size() > rules.address_limit) attempts.pop_front();
        track.forgotten_at = now + rules.span;
        return wait;
    }

    Attempt count_user(SpamRules const& rules, std::string const& user, std::uint64_t text, Moment now) {
        auto& shard = users[shard_of(user)];
        std::lock_guard const lock{shard.mutex};
        auto& track = shard.track(user, now, rules.span, bound);
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
    }

    base::Clock const& clock;
    std::size_t const bound;
    std::array<unsigned char, crypto_shorthash_KEYBYTES> hash_key{};
    std::array<Shard<Track>, shard_count> users;
    std::array<Shard<AddressTrack>, shard_count> addresses;

    std::mutex bans_mutex;
    std::unordered_map<base::UserId, std::deque<base::Timestamp>> bans;
};

SpamWindow::SpamWindow(base::Clock const& clock, std::size_t max_tracked)
    : implementation_(std::make_unique<Implementation>(clock, max_tracked)) {}
SpamWindow::~SpamWindow() = default;

SpamWindow::Attempt SpamWindow::admit(SpamRules const& rules, base::UserId const& user, std::string_view address,
                                      std::string_view text) {
    auto& own = *implementation_;
    auto const now = own.clock.moment();
    auto const address_wait = own.count_address(rules, address, now);
    auto attempt = own.count_user(rules, user.value, own.hash(text), now);
    if (address_wait && attempt.outcome == Attempt::Outcome::admitted) {
        attempt.outcome = Attempt::Outcome::address_flood;
        attempt.retry_after = *address_wait;
    }
    return attempt;
}

std::chrono::seconds SpamWindow::next_ban(SpamRules const& rules, base::UserId const& user) {
    auto& own = *implementation_;
    auto const now = own.clock.now();
    std::lock_guard const lock{own.bans_mutex};
    if (own.bans.size() >= own.bound * shard_count) {
        std::erase_if(own.bans, [&](auto const& entry) { return entry.second.back() <= now - rules.memory; });
        if (own.bans.size() >= own.bound * shard_count) own.bans.erase(own.bans.begin());
    }
    auto& earlier = own.bans[user];
    std::erase_if(earlier, [&](auto when) { return when <= now - rules.memory; });
    auto const length =
        rules.bans.empty() ? std::chrono::seconds{60} : rules.bans[std::min(earlier.size(), rules.bans.size() - 1)];
    earlier.push_back(now);
    while (earlier.size() > std::max<std::size_t>(1, rules.bans.size())) earlier.pop_front();
    return length;
}

void SpamWindow::remember_ban(base::UserId const& user, base::Timestamp when) {
    auto& own = *implementation_;
    std::lock_guard const lock{own.bans_mutex};
    if (own.bans.size() >= own.bound * shard_count && !own.bans.contains(user)) return;
    auto& earlier = own.bans[user];
    earlier.insert(std::upper_bound(earlier.begin(), earlier.end(), when), when);
    while (earlier.size() > 16) earlier.pop_front();
}

void SpamWindow::forget(base::UserId const& user) {
    auto& own = *implementation_;
    {
        auto& shard = own.users[Implementation::shard_of(user.value)];
        std::lock_guard const lock{shard.mutex};
        shard.tracks.erase(user.value);
    }
    std::lock_guard const lock{own.bans_mutex};
    own.bans.erase(user);
}

std::size_t SpamWindow::tracked() const {
    auto& own = *implementation_;
    auto const now = own.clock.moment();
    std::size_t count = 0;
    for (auto& shard : own.users) {
        std::lock_guard const lock{shard.mutex};
        shard.sweep(now);
        count += shard.tracks.size();
    }
    return count;
}

}  // namespace soyuz::moderation
