#pragma once

#include <set>
#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/ids.hpp"
#include "dialects/monitor/monitor_events.hpp"
#include "dialects/recent_events.hpp"
#include "watch/audience.hpp"

namespace soyuz::chat {
class Accounts;
}
namespace soyuz::watch {
class Watch;
}

namespace soyuz::dialects::monitor {

/// Tells clients of watched streams what happens: staff of everything, agents of what is theirs. Costs nothing while
/// there are none. Thread-safe.
class MonitorAnnouncer final : public watch::Audience {
public:
    /// All are kept.
    MonitorAnnouncer(realtime::Hub& hub, RecentEvents& events, watch::Watch const& watch,
                     chat::Accounts const& accounts)
        : hub_(hub), events_(events), watch_(watch), accounts_(accounts) {}

    void stream_changed(watch::Stream const& stream, watch::StreamAction action) override;
    void notified(watch::Notification const& notification) override;
    void notification_changed(watch::Notification const& notification, watch::NotificationChange change,
                              base::UserId const& by) override;

    /// An event that a program pushes, to those who may see what it names: the agents of its stream, whom it is for,
    /// and staff; a `message` to its receiver alone.
    void forward(std::string const& event, nlohmann::json const& data, std::string const& name_space);

private:
    void tell(std::span<Dialect const> dialects, std::string const& text, std::set<base::UserId> const& accounts,
              bool tells_staff);
    std::set<base::UserId> agents_of(watch::Notification const& notification) const;

    realtime::Hub& hub_;
    RecentEvents& events_;
    watch::Watch const& watch_;
    chat::Accounts const& accounts_;
};

}  // namespace soyuz::dialects::monitor
