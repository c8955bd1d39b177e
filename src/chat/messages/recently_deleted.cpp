#include "chat/messages/recently_deleted.hpp"

#include <algorithm>
#include <utility>

namespace soyuz::chat {

namespace {
constexpr std::size_t max_deleted = 10'000;
}

void RecentlyDeleted::keep(Message before, base::UserId const& who) {
    std::lock_guard const lock{mutex_};
    drop_old();
    if (deleted_.size() >= max_deleted) deleted_.pop_front();
    deleted_.push_back({std::move(before), who, clock_.moment() + undo_time});
}

std::optional<Message> RecentlyDeleted::take(base::MessageId const& id, base::UserId const& who) {
    std::lock_guard const lock{mutex_};
    drop_old();
    auto const found = std::find_if(deleted_.begin(), deleted_.end(),
                                    [&](auto const& each) { return each.message.id == id && each.who == who; });
    if (found == deleted_.end()) return std::nullopt;
    auto message = std::move(found->message);
    deleted_.erase(found);
    return message;
}

void RecentlyDeleted::drop(base::MessageId const& id) {
    std::lock_guard const lock{mutex_};
    std::erase_if(deleted_, [&](auto const& each) { return each.message.id == id; });
}

void RecentlyDeleted::drop_old() {
    auto const now = clock_.moment();
    while (!deleted_.empty() && deleted_.front().until < now) deleted_.pop_front();
}

}  // namespace soyuz::chat
