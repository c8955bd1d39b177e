#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "chat/observer.hpp"
#include "chat/sessions/session_observer.hpp"
#include "chat/sessions/sessions.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "realtime/hub.hpp"
#include "realtime/room_news.hpp"

namespace soyuz::chat {
class Accounts;
class Rooms;
}  // namespace soyuz::chat

namespace soyuz::realtime {

/// Turns what happens into events, encoded once, and hands them to the hub for those who follow. Thread-safe.
class Announcer final : public chat::Observer, public chat::SessionObserver, public chat::Presence {
public:
    Announcer(std::vector<net::Loop*> loops, chat::Accounts const& accounts, chat::Rooms& rooms,
              base::Clock const& clock);

    /// Sends what has gathered since the last call; the store calls it at the end of each group commit.
    void group_committed();

    /// Closes the sockets of sessions that ended, with a word on why.
    void sessions_ended(std::vector<chat::Session> const& sessions, chat::SessionEnd why) override;
    /// All that somebody has open, those of other gateways counted too.
    std::size_t kicked(chat::Kick const& kick) override;
    void sanction_imposed(moderation::Sanction const& sanction);
    void sanction_lifted(base::UserId const& user, moderation::Sanction::Kind kind);
    void profile_changed(chat::UserPtr const& user);
    void writable_changed(bool writable);

    void message_posted(chat::Room const& room, chat::MessagePtr const& message) override;
    void message_edited(chat::Room const& room, chat::MessagePtr const& message) override;
    void message_deleted(chat::Room const& room, chat::MessagePtr const& message) override;
    void reaction_changed(chat::Room const& room, chat::MessagePtr const& message, std::string const& emoji,
                          chat::User const& user, bool on) override;
    void read_moved(chat::Room const& room, chat::User const& user, base::Seq seq) override;
    void delivered_moved(chat::Room const& room, chat::User const& user, base::Seq seq) override;
    void moderation_alert(chat::Room const& room, chat::User const& author, std::string const& text,
                          judge::Verdict const& verdict, chat::MessagePtr const& message) override;
    void case_changed(moderation::Case const& the_case, std::optional<moderation::CaseClaim> const& claim,
                      std::size_t open) override;
    void case_decided(moderation::Case const& the_case, std::string_view action, std::string_view note,
                      chat::MessagePtr const& message) override;
    void report_decided(moderation::Case const& the_case, moderation::CaseReport const& report, bool upheld) override;
    void help_offered(base::UserId const& user, chat::Room const* room) override;
    void room_changed(chat::Room const& room) override;
    void room_removed(chat::Room const& room) override;
    void member_joined(chat::Room const& room, chat::User const& user) override;
    void member_left(chat::Room const& room, base::UserId const& user, bool expelled) override;
    void notice(chat::Room const* room, std::string_view text, std::string_view level) override;

    bool is_online(base::UserId const& user) const override;
    std::size_t online_count() const override;
    std::vector<base::UserId> online() const override;

    /// Runs for each message that was posted, beside the event. Set before the server starts.
    std::function<void(chat::Room const&, chat::MessagePtr const&)> on_posted;
    /// Runs when somebody was put out of a room, beside the event. Set before the server starts.
    std::function<void(base::RoomId const&, base::UserId const&)> on_expelled;
    /// When somebody who was put out of a room is let in again. Set before the server starts.
    std::function<std::optional<base::Timestamp>(base::RoomId const&, base::UserId const&)> end_of_expulsion;

    Hub::Figures figures() const { return hub_.figures(); }

    /// What gateways add their connections to.
    Hub& hub() { return hub_; }
    RoomNews& news() { return news_; }

private:
    void tell_moderators(std::string const& event);
    void tell_user(base::UserId const& user, std::string const& event);
    /// In the form of each connection.
    void tell_user(base::UserId const& user, std::string const& event, AccountNews news);

    chat::Accounts const& accounts_;
    chat::Rooms& rooms_;
    base::Clock const& clock_;
    Hub hub_;
    RoomNews news_;
};

}  // namespace soyuz::realtime
