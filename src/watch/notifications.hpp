#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "chat/user.hpp"
#include "watch/notification.hpp"
#include "watch/records.hpp"

namespace soyuz::watch {

class Assignments;

/// What those who watch are told, and their marks on it: the collection `notifications`. Staff see all of it, agents
/// what they were told, what was forwarded to them and what their streams bring. Thread-safe.
class Notifications {
public:
    static constexpr std::chrono::seconds same_within{300};
    static constexpr std::size_t most = 20'000;  ///< the oldest go

    Notifications(store::Store& store, Assignments const& assignments, base::Clock const& clock)
        : assignments_(assignments), clock_(clock), records_(store, "notifications") {}

    struct Added {
        NotificationPtr notification;
        bool is_new = false;  ///< else an equal one is there, not older than five minutes
    };
    /// Gives it an id and a time. Doesn't wait; `written` says when it is durable.
    Added add(Notification made, Records<Notification>::Written* written = nullptr);
    /// The one about a detection happened again: unread from now on. Doesn't wait. Null where there is none.
    NotificationPtr happened_again(std::string_view detection, unsigned count);

    struct Query {
        std::optional<bool> is_read = {};
        std::string event_type = {}, stream = {};
        bool unacknowledged = false;
        std::size_t page = 1, per_page = 50;
    };
    struct Page {
        std::vector<NotificationPtr> items;  ///< newest first
        std::size_t total = 0;
    };
    Page list(chat::User const& user, Query const& query) const;
    std::size_t unread(chat::User const& user) const;
    bool is_for(Notification const& notification, chat::User const& user) const;
    static bool is_read(Notification const& notification, base::UserId const& user) {
        return notification.read_by.contains(user);
    }
    /// Null where there is none, or none for them.
    NotificationPtr find(chat::User const& user, std::string_view id) const;
    NotificationPtr of_detection(std::string_view detection) const;

    // These wait for the disk. Errors: not_found.
    base::Result<NotificationPtr> mark(chat::User const& user, std::string_view id, bool read);
    base::Result<std::size_t> mark_all_read(chat::User const& user);
    /// For oneself alone.
    base::Result<NotificationPtr> remove(chat::User const& user, std::string_view id);
    base::Result<std::size_t> remove_all(chat::User const& user);
    base::Result<NotificationPtr> forward(chat::User const& user, std::string_view id, base::UserId const& agent);
    /// The first to acknowledge it stands there.
    base::Result<NotificationPtr> acknowledge(chat::User const& user, std::string_view id);
    base::Result<NotificationPtr> change_details(chat::User const& user, std::string_view id, nlohmann::json details);

    /// Removes what is older than `kept`, what nobody sees any more, and the oldest of too many.
    void sweep(std::chrono::hours kept);
    void remove_of(std::string_view stream);

private:
    std::vector<NotificationPtr> of(chat::User const& user) const;  ///< newest first
    base::Result<NotificationPtr> change(chat::User const& user, std::string_view id,
                                         std::function<base::Result<void>(Notification&)> const& edit);
    base::Result<std::size_t> change_all(chat::User const& user, std::function<bool(Notification&)> const& edit);

    Assignments const& assignments_;
    base::Clock const& clock_;
    std::mutex adding_;  ///< held while it is looked for an equal one
    Records<Notification> records_;
};

}  // namespace soyuz::watch
