#pragma once

#include <set>
#include <string>

#include "base/ids.hpp"
#include "realtime/hub.hpp"
#include "watch/audience.hpp"

namespace soyuz::chat {
class Accounts;
class Rooms;
}  // namespace soyuz::chat
namespace soyuz::watch {
class Watch;
}

namespace soyuz::realtime {

/// Tells native connections of staff and agents what happens with watched streams. Thread-safe.
class WatchAnnouncer final : public watch::Audience {
public:
    /// All are kept.
    WatchAnnouncer(Hub& hub, watch::Watch const& watch, chat::Accounts const& accounts, chat::Rooms const& rooms)
        : hub_(hub), watch_(watch), accounts_(accounts), rooms_(rooms) {}

    void stream_changed(watch::Stream const& stream, watch::StreamAction action) override;
    void notified(watch::Notification const& notification) override;
    void notification_changed(watch::Notification const& notification, watch::NotificationChange change,
                              base::UserId const& by) override;

private:
    void tell(std::string const& text, std::set<base::UserId> agents, bool tells_staff);

    Hub& hub_;
    watch::Watch const& watch_;
    chat::Accounts const& accounts_;
    chat::Rooms const& rooms_;
};

}  // namespace soyuz::realtime
