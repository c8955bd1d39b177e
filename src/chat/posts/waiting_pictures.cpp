#include "chat/posts/waiting_pictures.hpp"

#include <algorithm>
#include <utility>

namespace soyuz::chat {

namespace {

constexpr std::size_t most_of_one = 10;
/// The sweep of uploads takes what is older and in no post.
constexpr std::chrono::minutes memory{45};

}  // namespace

std::string WaitingPictures::add(base::UserId const& sender, Attachment picture) {
    std::lock_guard const lock{mutex_};
    auto const now = clock_.moment();
    std::erase_if(waiting_, [&](auto const& entry) { return now - entry.second.since > memory; });
    std::string dropped;
    std::size_t own = 0;
    auto oldest = waiting_.end();
    for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
        if (at->second.sender != sender) continue;
        ++own;
        if (oldest == waiting_.end() || at->second.since < oldest->second.since) oldest = at;
    }
    if (own >= most_of_one) {
        dropped = oldest->first;
        waiting_.erase(oldest);
    }
    auto file = picture.file;
    waiting_.insert_or_assign(std::move(file), Waiting{sender, std::move(picture), now});
    return dropped;
}

std::optional<Attachment> WaitingPictures::take(base::UserId const& sender, std::string const& file) {
    std::lock_guard const lock{mutex_};
    auto const found = waiting_.find(file);
    if (found == waiting_.end() || found->second.sender != sender) return std::nullopt;
    auto picture = std::move(found->second.picture);
    waiting_.erase(found);
    return picture;
}

bool WaitingPictures::is_of(base::UserId const& user, std::string const& file) const {
    std::lock_guard const lock{mutex_};
    auto const found = waiting_.find(file);
    return found != waiting_.end() && found->second.sender == user;
}

}  // namespace soyuz::chat
