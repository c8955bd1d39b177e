#pragma once

#include <deque>
#include <mutex>
#include <optional>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "chat/message.hpp"

namespace soyuz::chat {

/// Deletions can be undone for so long; files of deleted messages stay on the disk until then.
inline constexpr std::chrono::seconds undo_time{10};

/// Messages as they were before somebody deleted them, for as long as that can be undone. Thread-safe; in memory only.
class RecentlyDeleted {
public:
    explicit RecentlyDeleted(base::Clock const& clock) : clock_(clock) {}

    /// `who` deleted the message that was `before`.
    void keep(Message before, base::UserId const& who);
    /// The message, where `who` deleted it not long ago; it is taken out.
    std::optional<Message> take(base::MessageId const& id, base::UserId const& who);
    /// Others decide about it now.
    void drop(base::MessageId const& id);

private:
    struct Deleted {
        Message message;
        base::UserId who;
        base::Moment until;
    };
    /// The caller holds `mutex_`.
    void drop_old();

    base::Clock const& clock_;
    std::mutex mutex_;
    std::deque<Deleted> deleted_;  ///< oldest first
};

}  // namespace soyuz::chat
