#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/token_bucket.hpp"
#include "live/gifts/gift.hpp"

namespace soyuz::store {
class Store;
}

namespace soyuz::live {

class Audience;

/// Counts gifts, bounds how fast they come, and keeps them in the log "gifts". Thread-safe; never blocks.
class Gifts {
public:
    static constexpr std::uint32_t most_at_once = 100;
    static constexpr std::string_view bot = "bot";

    Gifts(store::Store& store, base::Clock const& clock, Audience& audience, bool has_limits)
        : store_(store), clock_(clock), audience_(audience), has_limits_(has_limits) {}

    /// From somebody, or from the server itself where `from` is empty. Errors: invalid_value; rate_limited.
    base::Result<Gift> give(base::RoomId const& room, base::UserId const& from, std::string from_name, std::uint32_t id,
                            std::uint32_t amount);

    struct Giver {
        base::UserId user;
        std::string name;
        std::uint64_t amount = 0;
    };
    /// Who gave most since the last reset.
    std::vector<Giver> top(base::RoomId const& room, std::size_t limit) const;
    std::uint64_t total() const;
    void reset(base::RoomId const& room);
    /// Begins to count anew everywhere.
    void reset_total();
    void forget(base::UserId const& user);

private:
    struct Combo {
        std::uint32_t id = 0, count = 0;
        base::Moment last{};
    };
    struct Sender {
        base::TokenBucket budget;
        Combo combo = {};
    };
    void drop_idle(base::Moment now);

    store::Store& store_;
    base::Clock const& clock_;
    Audience& audience_;
    bool const has_limits_;
    mutable std::mutex mutex_;                         ///< guards what follows
    std::unordered_map<std::string, Sender> senders_;  ///< by room and person
    std::unordered_map<base::RoomId, std::unordered_map<std::string, Giver>> givers_;
    std::uint64_t total_ = 0;
};

}  // namespace soyuz::live
