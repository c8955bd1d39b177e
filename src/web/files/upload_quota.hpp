#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace soyuz::web {

/// How many bytes each person uploads within a day, which begins with the first. What was uploaded before a start is
/// recalled from the messages that hold it. Thread-safe; memory is bounded.
class UploadQuota {
public:
    UploadQuota(base::Clock const& clock, std::uint64_t bytes_a_day) : clock_(clock), bytes_a_day_(bytes_a_day) {}

    /// Counts `bytes`; or, where they would be too many, says how long to wait and counts nothing.
    std::optional<std::chrono::milliseconds> take(base::UserId const& user, std::uint64_t bytes);
    /// The upload came to nothing.
    void give_back(base::UserId const& user, std::uint64_t bytes);

    /// Counts `bytes` that were uploaded before the server started, so long ago; those of a day ago count no more.
    void recall(base::UserId const& user, std::uint64_t bytes, std::chrono::milliseconds ago);

private:
    struct Day {
        base::Moment begun{};
        std::uint64_t bytes = 0;
    };
    void forget_old(base::Moment now);

    base::Clock const& clock_;
    std::uint64_t const bytes_a_day_;
    std::mutex mutex_;
    std::unordered_map<base::UserId, Day> days_;
};

}  // namespace soyuz::web
