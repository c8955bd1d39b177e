#include "dialects/monitor/monitor_announcer.hpp"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/json_members.hpp"
#include "chat/accounts/accounts.hpp"
#include "dialects/monitor/monitor_shapes.hpp"
#include "dialects/topics.hpp"
#include "watch/watch.hpp"

namespace soyuz::dialects::monitor {

void MonitorAnnouncer::tell(std::span<Dialect const> dialects, std::string const& text,
                            std::set<base::UserId> const& accounts, bool tells_staff) {
    for (auto const dialect : dialects) {
        auto const told = in_name_space(text, name_space_of(dialect));
        auto const to = [&](base::RoomId const& topic) {
            if (events_.is_heard(topic, dialect)) events_.publish_to_topic(topic, told, dialect);
        };
        if (tells_staff) to(topics::moderators());
        for (auto const& each : accounts) {
            auto const user = accounts_.find(each);
            // Staff who are named, too, hear it once.
            bool const has_heard = tells_staff && user && user->role >= chat::Role::moderator;
            if (user && !has_heard) to(topics::of_account(each));
        }
    }
    hub_.flush();
}

std::set<base::UserId> MonitorAnnouncer::agents_of(watch::Notification const& notification) const {
    auto to = notification.to;
    if (!notification.stream.empty()) to.merge(watch_.assignments.agents_of(notification.stream));
    return to;
}

void MonitorAnnouncer::stream_changed(watch::Stream const& stream, watch::StreamAction action) {
    auto const agents = watch_.assignments.agents_of(stream.id);
    if (action == watch::StreamAction::status_update)
        tell(notification_dialects, events::stream_status(stream), agents, true);
    tell(notification_dialects, events::stream_update(stream, action), agents, true);
}

void MonitorAnnouncer::notified(watch::Notification const& notification) {
    tell(notification_dialects, events::any("notification", notification_json(notification, {}, watch_, accounts_)),
         agents_of(notification), notification.is_for_staff);
}

void MonitorAnnouncer::notification_changed(watch::Notification const& notification, watch::NotificationChange change,
                                            base::UserId const& by) {
    auto const text = events::notification_update(notification.id, change);
    if (!by.empty()) return tell(notification_dialects, text, {by}, false);
    tell(notification_dialects, text, agents_of(notification), notification.is_for_staff);
}

void MonitorAnnouncer::forward(std::string const& event, nlohmann::json const& data, std::string const& name_space) {
    auto const dialect = name_space == notifications_name_space ? Dialect::monitor_notifications
                         : name_space == messages_name_space    ? Dialect::monitor_messages
                                                                : Dialect::monitor;
    base::Members const fields{data};
    std::set<base::UserId> to;
    bool const is_message = event == "message";
    for (auto const* field : {"receiver_id", "agent_id", "assigned_agent", "receiver_username"}) {
        auto const named = fields.text(field);
        auto user = named.empty() ? nullptr : accounts_.find(base::UserId{named});
        if (!user && !named.empty()) user = accounts_.find_by_name(named);
        bool const may_hear = user && (is_message || user->role >= chat::Role::agent);
        if (may_hear) to.insert(user->id);
    }
    if (!is_message) {
        auto stream = fields.text("stream_id");
        if (stream.empty()) stream = fields.text("id");
        if (auto const found = watch_.streams.find_by_url(fields.text("room_url"))) stream = found->id;
        to.merge(watch_.assignments.agents_of(stream.empty() ? "none" : stream));
    }
    std::array const dialects{dialect};
    tell(dialects, events::any(event, data), to, !is_message);
}

}  // namespace soyuz::dialects::monitor
