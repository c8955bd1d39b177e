#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "chat/user.hpp"
#include "dialects/recent_events.hpp"
#include "net/loop.hpp"
#include "realtime/hub.hpp"
#include "realtime/online_users.hpp"

namespace soyuz::chat {
class Accounts;
class Rooms;
}  // namespace soyuz::chat

namespace soyuz::dialects {

class Session;

/// Tells the dialects who came and went: `user_joined`, `user_left` and `online_users` to messengers, `user_status` to
/// channels, `online_users` to the room. Changes are gathered for a moment and left out for who is behind. Thread-safe.
class Presence {
public:
    /// The timer runs on `loop`. All are kept.
    Presence(realtime::Hub& hub, RecentEvents& events, net::Loop& loop, chat::Accounts const& accounts,
             chat::Rooms const& rooms);

private:
    struct Changes {
        std::vector<std::string> came, went;
    };

    void schedule();
    void tell();
    Changes take_changes();
    void tell_monitors(std::vector<std::string> const& names, bool online);
    void tell_everybody(realtime::Dialect dialect, std::string const& text);

    realtime::Hub& hub_;
    RecentEvents& events_;
    net::Loop& loop_;
    chat::Accounts const& accounts_;
    chat::Rooms const& rooms_;
};

/// Names of those who are connected, at most 1,000, ascending.
std::vector<std::string> online_names(realtime::OnlineUsers const& online, chat::Accounts const& accounts);

/// A notice to the clients of the one room: the session's user did `what`.
void tell_room_of(Session& session, std::string_view what);
/// That the session's user writes to `other`, also before the two have a room.
void tell_of_typing(Session& session, chat::User const& other, bool on);
/// The same, to the connections of `receiver` in the dialects.
void publish_typing(realtime::Hub const& hub, RecentEvents& events, chat::User const& sender,
                    base::UserId const& receiver, bool on);

}  // namespace soyuz::dialects
