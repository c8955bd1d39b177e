#include "web/files/upload_quota.hpp"

#include <algorithm>

namespace soyuz::web {

namespace {
constexpr std::chrono::hours day{24};
constexpr std::size_t most_people = 50'000;
}  // namespace

std::optional<std::chrono::milliseconds> UploadQuota::take(base::UserId const& user, std::uint64_t bytes) {
    auto const now = clock_.moment();
    std::lock_guard const lock{mutex_};
    forget_old(now);
    auto [found, is_new] = days_.try_emplace(user, Day{now, 0});
    auto& today = found->second;
    if (now - today.begun >= day) today = {now, 0};
    if (bytes > bytes_a_day_ - std::min(bytes_a_day_, today.bytes))
        return std::chrono::ceil<std::chrono::milliseconds>(today.begun + day - now);
    today.bytes += bytes;
    return std::nullopt;
}

void UploadQuota::give_back(base::UserId const& user, std::uint64_t bytes) {
    std::lock_guard const lock{mutex_};
    auto const found = days_.find(user);
    if (found != days_.end()) found->second.bytes -= std::min(found->second.bytes, bytes);
}

void UploadQuota::recall(base::UserId const& user, std::uint64_t bytes, std::chrono::milliseconds ago) {
    if (ago >= day) return;
    auto const now = clock_.moment();
    std::lock_guard const lock{mutex_};
    forget_old(now);
    auto& that_day = days_.try_emplace(user, Day{now, 0}).first->second;
    that_day.begun = std::min(that_day.begun, now - std::max(ago, std::chrono::milliseconds{0}));
    that_day.bytes += bytes;
}

void UploadQuota::forget_old(base::Moment now) {
    if (days_.size() < most_people) return;
    std::erase_if(days_, [&](auto const& each) { return now - each.second.begun >= day; });
}

}  // namespace soyuz::web
