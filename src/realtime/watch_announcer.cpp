#include "realtime/watch_announcer.hpp"

#include <memory>
#include <utility>

#include "contract/watch_shapes.hpp"
#include "net/websocket.hpp"
#include "watch/watch.hpp"

namespace soyuz::realtime {

namespace events = contract::events;

void WatchAnnouncer::tell(std::string const& text, std::set<base::UserId> agents, bool tells_staff) {
    auto const frame = net::encode_text(text);
    auto const to = std::make_shared<std::set<base::UserId> const>(std::move(agents));
    hub_.everywhere([frame, to, tells_staff](HubShard& shard) {
        shard.each([&](Connection& connection) {
            if (connection.dialect != Dialect::native) return;
            bool const is_staff = tells_staff && connection.user->role >= chat::Role::moderator;
            if (is_staff || to->contains(connection.user->id)) connection.send(frame);
        });
    });
}

void WatchAnnouncer::stream_changed(watch::Stream const& stream, watch::StreamAction action) {
    tell(events::stream(stream, action, watch_, accounts_, rooms_), watch_.assignments.agents_of(stream.id), true);
}

void WatchAnnouncer::notified(watch::Notification const& notification) {
    auto to = notification.to;
    if (!notification.stream.empty()) to.merge(watch_.assignments.agents_of(notification.stream));
    tell(events::notification(notification, accounts_), std::move(to), notification.is_for_staff);
}

void WatchAnnouncer::notification_changed(watch::Notification const& notification, watch::NotificationChange change,
                                          base::UserId const& by) {
    auto const text = events::notification_update(notification, change);
    if (!by.empty()) return tell(text, {by}, false);
    auto to = notification.to;
    if (!notification.stream.empty()) to.merge(watch_.assignments.agents_of(notification.stream));
    tell(text, std::move(to), notification.is_for_staff);
}

}  // namespace soyuz::realtime
