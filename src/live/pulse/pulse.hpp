#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "judge/judge.hpp"

namespace soyuz::live {

/// A message or a gift of a live room as it passed, for those who moderate it.
struct PulseEntry {
    std::uint64_t number = 0;  ///< counts up in its room
    base::Timestamp at{};
    std::string user;                   ///< user name
    std::string text;                   ///< the beginning of a message
    std::optional<base::MessageId> id;  ///< none where it was blocked, and for a gift
    judge::Action action = judge::Action::allow;
    double score = 0;
    std::vector<std::string> reasons;
    std::uint32_t gift = 0, amount = 0;  ///< of a gift; an amount of 0: it is a message

    bool is_gift() const { return amount > 0; }
    bool is_blocked() const { return action == judge::Action::block; }
    bool is_toxic(double threshold) const { return !is_gift() && (is_blocked() || score >= threshold); }
};

/// What happened in one minute.
struct PulseMinute {
    base::Timestamp at{};
    std::uint32_t messages = 0;  ///< sent, those that were blocked too
    std::uint32_t toxic = 0, blocked = 0;
    std::uint32_t gifts = 0;  ///< amounts
    std::size_t viewers = 0;  ///< the most
};

/// The last minutes of one live room. Not thread-safe.
class Pulse {
public:
    static constexpr std::size_t most_entries = 150;
    static constexpr std::size_t most_minutes = 120;
    static constexpr std::size_t most_text = 600;  ///< bytes of each text

    void add(PulseEntry entry, double threshold);
    /// So many watch now.
    void sample(base::Timestamp now, std::size_t viewers);
    /// The text of a message is gone.
    void forget_text(base::MessageId const& id);
    void clear();

    std::deque<PulseEntry> const& entries() const { return entries_; }
    std::deque<PulseMinute> const& minutes() const { return minutes_; }
    std::map<std::string, std::uint64_t> const& categories() const { return categories_; }
    std::size_t viewers() const { return viewers_; }
    std::uint64_t newest() const { return newest_; }
    base::Timestamp changed_at() const { return changed_at_; }

private:
    PulseMinute& minute_of(base::Timestamp at);

    std::deque<PulseEntry> entries_;
    std::deque<PulseMinute> minutes_;
    std::map<std::string, std::uint64_t> categories_;
    std::size_t viewers_ = 0;
    std::uint64_t newest_ = 0;
    base::Timestamp changed_at_{};
};

}  // namespace soyuz::live
