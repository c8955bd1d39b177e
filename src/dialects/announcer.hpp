#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "chat/observer.hpp"
#include "dialects/presence.hpp"
#include "dialects/recent_events.hpp"
#include "net/loop.hpp"
#include "realtime/hub.hpp"

namespace soyuz::chat {
class Screening;
}
namespace soyuz::realtime {
class RoomNews;
}

namespace soyuz::dialects {

/// From a native happening to the events of each dialect that has followers there: encoded once for each, handed to the
/// hub with the native ones. Costs nothing while nobody speaks a dialect. Thread-safe.
class Announcer final : public chat::Observer {
public:
    /// All are kept. `news` tells of typing. `screening` says which direct messages are marked. Timers run
    /// on `loop`.
    Announcer(realtime::Hub& hub, realtime::RoomNews& news, net::Loop& loop, chat::Accounts const& accounts,
              chat::Rooms const& rooms, chat::Screening const& screening, base::Clock const& clock);

    void message_posted(chat::Room const& room, chat::MessagePtr const& message) override;
    void message_edited(chat::Room const& room, chat::MessagePtr const& message) override;
    void message_deleted(chat::Room const& room, chat::MessagePtr const& message) override;
    void reaction_changed(chat::Room const&, chat::MessagePtr const&, std::string const&, chat::User const&,
                          bool) override {}
    void read_moved(chat::Room const&, chat::User const&, base::Seq) override {}
    void moderation_alert(chat::Room const& room, chat::User const& author, std::string const& text,
                          judge::Verdict const& verdict, chat::MessagePtr const& message) override;
    void room_changed(chat::Room const&) override {}
    void room_removed(chat::Room const&) override {}
    void member_joined(chat::Room const&, chat::User const&) override {}
    void member_left(chat::Room const&, base::UserId const&, bool) override {}
    void notice(chat::Room const* room, std::string_view text, std::string_view level) override;

    /// What clients that come back are shown again.
    RecentEvents& events() { return events_; }

private:
    /// Calls `tell(channel_id, dialect)` for each way in which followers of the room call it.
    void to_channels(chat::Room const& room, auto const& tell);
    void direct_message_posted(chat::Room const& room, chat::Message const& message);
    void typing(chat::Room const& room, std::string const& username, bool on);

    realtime::Hub& hub_;
    RecentEvents events_;
    chat::Accounts const& accounts_;
    chat::Rooms const& rooms_;
    base::Clock const& clock_;
    chat::Screening const& screening_;
    Presence const presence_;
};

}  // namespace soyuz::dialects
