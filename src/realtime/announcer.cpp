#include "realtime/announcer.hpp"

#include <memory>
#include <unordered_set>
#include <utility>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "contract/events.hpp"
#include "contract/shapes.hpp"
#include "net/loop.hpp"

namespace soyuz::realtime {

namespace events = contract::events;

namespace {

// Close codes of our own (RFC 6455, 7.4.2) tell a page what to show; `banned` and `kicked` go before them.
constexpr std::uint16_t close_session_ended = 4001;
constexpr std::uint16_t close_sanctioned = 4003;
constexpr std::uint16_t close_kicked = 4004;

std::string_view reason_of(chat::SessionEnd why) {
    switch (why) {
        case chat::SessionEnd::signed_out: return "signed_out";
        case chat::SessionEnd::password_changed: return "password_changed";
        case chat::SessionEnd::role_changed: return "role_changed";
        case chat::SessionEnd::banned: return "banned";
        case chat::SessionEnd::kicked: return "kicked";
        case chat::SessionEnd::account_deleted: return "account_deleted";
        case chat::SessionEnd::expired: return "expired";
    }
    return "ended";
}

/// `native` may be empty.
void tell(Connection& connection, net::SharedFrame const& native, AccountNews const& news) {
    if (connection.dialect != Dialect::native) return connection.hear(news);
    if (native) connection.send(native);
}

void each_socket_of(HubShard& shard, base::UserId const& user, std::function<void(Connection&)> const& visit) {
    shard.each([&](Connection& connection) {
        if (connection.user->id == user) visit(connection);
    });
}

}  // namespace

Announcer::Announcer(std::vector<net::Loop*> loops, chat::Accounts const& accounts, chat::Rooms& rooms,
                     base::Clock const& clock)
    : accounts_(accounts),
      rooms_(rooms),
      clock_(clock),
      hub_(loops, clock),
      news_(hub_, *loops.front(), accounts, rooms, clock) {}

void Announcer::group_committed() {
    hub_.flush();
    hub_.wait_for_loops(std::chrono::seconds{1});
}

void Announcer::sessions_ended(std::vector<chat::Session> const& sessions, chat::SessionEnd why) {
    if (sessions.empty()) return;
    auto ids = std::make_shared<std::unordered_set<chat::SessionId>>();
    for (auto const& session : sessions) ids->insert(session.id);
    hub_.refuse_sessions(*ids);
    hub_.everywhere([ids, why](HubShard& shard) {
        shard.each([&](Connection& connection) {
            if (!ids->contains(connection.session)) return;
            bool const sanctioned = why == chat::SessionEnd::banned;
            connection.socket->close(sanctioned ? close_sanctioned : close_session_ended, reason_of(why));
        });
    });
}

std::size_t Announcer::kicked(chat::Kick const& kick) {
    auto const count = hub_.online().sockets_of(kick.user);
    AccountNews const news{AccountNews::Kind::kicked, kick.until,
                           kick.reason.empty() ? "A moderator has put you out for a while." : kick.reason};
    auto const frame = net::encode_text(events::kicked("", news.text, news.until));
    hub_.everywhere([user = kick.user, frame, news](HubShard& shard) {
        each_socket_of(shard, user, [&](Connection& connection) {
            tell(connection, frame, news);
            connection.socket->close(close_kicked, "kicked");
        });
    });
    return count;
}

void Announcer::sanction_imposed(moderation::Sanction const& sanction) {
    bool const is_ban = sanction.kind == moderation::Sanction::Kind::ban;
    bool const is_automatic = is_ban ? sanction.is_automatic_ban() : sanction.by.empty();
    bool const shuts_out = is_ban && !is_automatic;
    auto const frame = net::encode_text(is_ban ? events::banned(sanction.until, sanction.reason, is_automatic)
                                               : events::muted(sanction.until, sanction.reason, is_automatic));
    AccountNews const news{is_ban ? AccountNews::Kind::banned : AccountNews::Kind::muted, sanction.until,
                           sanction.reason, is_automatic};
    hub_.everywhere([user = sanction.user, frame, news, shuts_out](HubShard& shard) {
        each_socket_of(shard, user, [&](Connection& connection) {
            tell(connection, frame, news);
            if (shuts_out) connection.socket->close(close_sanctioned, "banned");
        });
    });
}

void Announcer::sanction_lifted(base::UserId const& user, moderation::Sanction::Kind kind) {
    bool const is_ban = kind == moderation::Sanction::Kind::ban;
    tell_user(user, is_ban ? events::unbanned() : events::unmuted(),
              {is_ban ? AccountNews::Kind::unbanned : AccountNews::Kind::unmuted, {}, "You may write again."});
}

void Announcer::profile_changed(chat::UserPtr const& user) {
    // A new account is a change too, but nobody shows it yet: sign-ups of a whole school needn't be told to all.
    if (clock_.now() - user->created_at < std::chrono::seconds{2}) return;
    auto const frame = net::encode_text(events::user_changed(*user, is_online(user->id)));
    hub_.everywhere([user, frame](HubShard& shard) {
        shard.each([&](Connection& connection) {
            if (connection.user->id == user->id) connection.user = user;
            if (connection.dialect == Dialect::native) connection.send(frame, net::Importance::droppable);
        });
    });
}

void Announcer::writable_changed(bool writable) {
    notice(nullptr, writable ? "Messages can be saved again." : "Messages cannot be saved now.",
           writable ? "info" : "error");
}

void Announcer::message_posted(chat::Room const& room, chat::MessagePtr const& message) {
    if (on_posted && room.kind == chat::Room::Kind::live) on_posted(room, message);
    if (!hub_.is_followed(room.id)) return;
    hub_.publish(room.id, events::message(*message, accounts_), message->id.seq);
}

void Announcer::message_edited(chat::Room const& room, chat::MessagePtr const& message) {
    if (!hub_.is_followed(room.id)) return;
    hub_.publish(room.id, events::message_edited(*message, accounts_));
}

void Announcer::message_deleted(chat::Room const& room, chat::MessagePtr const& message) {
    if (!hub_.is_followed(room.id)) return;
    hub_.publish(room.id, events::message_deleted(room, *message));
}

void Announcer::reaction_changed(chat::Room const& room, chat::MessagePtr const& message, std::string const& emoji,
                                 chat::User const& user, bool on) {
    if (!hub_.is_followed(room.id)) return;
    hub_.publish(room.id, events::reaction(room, *message, emoji, user.username, on));
}

void Announcer::read_moved(chat::Room const& room, chat::User const& user, base::Seq seq) {
    news_.read_moved(room, user.username, seq);
}

void Announcer::delivered_moved(chat::Room const& room, chat::User const& user, base::Seq seq) {
    if (!hub_.is_followed(room.id)) return;
    hub_.publish(room.id, events::delivered(room.name, user.username, seq));
    hub_.flush();
}

void Announcer::moderation_alert(chat::Room const& room, chat::User const& author, std::string const& text,
                                 judge::Verdict const& verdict, chat::MessagePtr const& message) {
    tell_moderators(events::moderation_alert(room, author, text, verdict, message ? message.get() : nullptr));
}

void Announcer::case_changed(moderation::Case const& the_case, std::optional<moderation::CaseClaim> const& claim,
                             std::size_t open) {
    tell_moderators(events::moderation_case(the_case, claim, open, accounts_, rooms_));
}

void Announcer::case_decided(moderation::Case const& the_case, std::string_view action, std::string_view note,
                             chat::MessagePtr const& message) {
    tell_user(the_case.author, events::moderation_decision(the_case, action, note, message.get(), accounts_));
}

void Announcer::report_decided(moderation::Case const& the_case, moderation::CaseReport const& report, bool upheld) {
    tell_user(report.by, events::report_decided(the_case, report, upheld));
}

void Announcer::help_offered(base::UserId const& user, chat::Room const* room) {
    tell_user(user, events::help(room != nullptr ? room->name : ""),
              {AccountNews::Kind::help, {}, std::string{events::help_text()}});
}

void Announcer::tell_moderators(std::string const& event) {
    hub_.everywhere([frame = net::encode_text(event)](HubShard& shard) {
        shard.each([&](Connection& connection) {
            if (connection.dialect == Dialect::native && connection.user->role >= chat::Role::moderator)
                connection.send(frame);
        });
    });
}

void Announcer::tell_user(base::UserId const& user, std::string const& event) {
    if (!is_online(user)) return;
    hub_.everywhere([user, frame = net::encode_text(event)](HubShard& shard) {
        each_socket_of(shard, user, [&](Connection& connection) {
            if (connection.dialect == Dialect::native) connection.send(frame);
        });
    });
}

void Announcer::tell_user(base::UserId const& user, std::string const& event, AccountNews news) {
    if (!is_online(user)) return;
    hub_.everywhere([user, frame = net::encode_text(event), news = std::move(news)](HubShard& shard) {
        each_socket_of(shard, user, [&](Connection& connection) { tell(connection, frame, news); });
    });
}

void Announcer::room_changed(chat::Room const& room) {
    if (room.kind == chat::Room::Kind::private_ || room.kind == chat::Room::Kind::direct) {
        // It may have been public: those who only read along no longer may.
        hub_.everywhere([this, copy = room](HubShard& shard) {
            for (auto* const connection : shard.followers(copy.id))
                if (!rooms_.may_read(*connection->user, copy)) hub_.unfollow(*connection, copy.id);
        });
    }
    if (!hub_.is_followed(room.id)) return;
    hub_.publish(room.id, events::room_changed(room));
    hub_.flush();
}

void Announcer::room_removed(chat::Room const& room) {
    auto const frame = net::encode_text(events::room_removed(room.name));
    hub_.everywhere([this, id = room.id, frame](HubShard& shard) {
        for (auto* const connection : shard.followers(id)) {
            if (connection->dialect == Dialect::native) connection->send(frame);
            hub_.unfollow(*connection, id);
        }
    });
}

void Announcer::member_joined(chat::Room const& room, chat::User const& user) {
    news_.member_changed(room.id, user.username, true);
    if (room.kind != chat::Room::Kind::direct) return;
    // Somebody else opened the conversation: the other side hears of it without asking.
    hub_.everywhere([this, id = room.id, user = user.id](HubShard& shard) {
        auto const added = rooms_.find(id);
        if (!added) return;
        each_socket_of(shard, user, [&](Connection& connection) {
            if (connection.dialect != Dialect::native) return;
            auto const json = contract::room_json(rooms_, accounts_, *added, *connection.user);
            connection.send(net::encode_text(events::room_added(json)));
        });
    });
}

void Announcer::member_left(chat::Room const& room, base::UserId const& user, bool expelled) {
    if (auto const account = accounts_.find(user)) news_.member_changed(room.id, account->username, false);
    if (expelled && on_expelled) on_expelled(room.id, user);
    AccountNews news{AccountNews::Kind::put_out, {}, "A moderator put you out of this room."};
    if (expelled && end_of_expulsion) news.until = end_of_expulsion(room.id, user);
    auto const frame =
        expelled ? net::encode_text(events::kicked(room.name, news.text, news.until)) : net::SharedFrame{};
    hub_.everywhere([this, id = room.id, user, frame, news](HubShard& shard) {
        for (auto* const connection : shard.followers(id)) {
            if (connection->user->id != user) continue;
            if (frame) tell(*connection, frame, news);
            hub_.unfollow(*connection, id);
        }
    });
}

void Announcer::notice(chat::Room const* room, std::string_view text, std::string_view level) {
    if (room != nullptr) {
        if (!hub_.is_followed(room->id)) return;
        hub_.publish(room->id, events::system(room->name, text, level));
        return hub_.flush();
    }
    auto const frame = net::encode_text(events::system("", text, level));
    AccountNews const news{AccountNews::Kind::notice, {}, std::string{text}};
    hub_.everywhere(
        [frame, news](HubShard& shard) { shard.each([&](Connection& connection) { tell(connection, frame, news); }); });
}

bool Announcer::is_online(base::UserId const& user) const { return hub_.online().is_online(user); }
std::size_t Announcer::online_count() const { return hub_.online().count(); }
std::vector<base::UserId> Announcer::online() const { return hub_.online().all(); }

}  // namespace soyuz::realtime
