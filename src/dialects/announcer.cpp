#include "dialects/announcer.hpp"

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "dialects/channels_events.hpp"
#include "dialects/messenger_events.hpp"
#include "dialects/monitor/monitor_events.hpp"
#include "dialects/monitor/monitor_shapes.hpp"
#include "dialects/room_events.hpp"
#include "dialects/topics.hpp"
#include "realtime/room_news.hpp"

namespace soyuz::dialects {

using net::Importance;
using realtime::Dialect;

Announcer::Announcer(realtime::Hub& hub, realtime::RoomNews& news, net::Loop& loop, chat::Accounts const& accounts,
                     chat::Rooms const& rooms, chat::Screening const& screening, base::Clock const& clock)
    : hub_(hub),
      events_(hub, clock),
      accounts_(accounts),
      rooms_(rooms),
      clock_(clock),
      screening_(screening),
      presence_(hub, events_, loop, accounts, rooms) {
    news.on_typing = [this](chat::Room const& room, std::string const& username, bool on) {
        typing(room, username, on);
    };
}

void Announcer::to_channels(chat::Room const& room, auto const& tell) {
    if (events_.is_heard(room.id, Dialect::channels)) tell(room.name, Dialect::channels);
    if (events_.is_heard(room.id, Dialect::channels_by_id)) tell(room.id.value, Dialect::channels_by_id);
}

void Announcer::message_posted(chat::Room const& room, chat::MessagePtr const& message) {
    auto const seq = message->id.seq;
    if (events_.is_heard(room.id, Dialect::room))
        events_.publish(room.id, room_events::message(*message), seq, Dialect::room);
    to_channels(room, [&](std::string const& channel_id, Dialect dialect) {
        events_.publish(room.id, channels_events::message_received(*message, channel_id), seq, dialect);
    });
    if (room.kind == chat::Room::Kind::direct) direct_message_posted(room, *message);
}

void Announcer::direct_message_posted(chat::Room const& room, chat::Message const& message) {
    auto const everybody = topics::everybody();
    bool const has_messengers = events_.is_heard(everybody, Dialect::messenger);
    bool const has_channels = events_.is_heard(everybody, Dialect::channels);
    bool has_monitors = false;
    for (auto const dialect : monitor::message_dialects)
        has_monitors = has_monitors || events_.is_heard(everybody, dialect);
    if (!has_messengers && !has_channels && !has_monitors) return;
    auto const members = rooms_.members(room);
    chat::UserPtr receiver;
    for (auto const& member : members)
        if (member != message.sender->id) receiver = accounts_.find(member);
    if (!receiver) return;
    auto const to_account = [&](base::UserId const& user, Dialect dialect, auto const& text) {
        auto const topic = topics::of_account(user);
        if (events_.is_heard(topic, dialect)) events_.publish_to_topic(topic, text(), dialect);
    };
    if (has_messengers)
        to_account(receiver->id, Dialect::messenger, [&] {
            return messenger_events::receive_message(message, receiver->username, screening_.bullying(message.verdict));
        });
    for (auto const dialect : monitor::message_dialects) {
        if (!has_monitors) break;
        for (auto const& member : members)
            to_account(member, dialect, [&] {
                return monitor::in_name_space(
                    monitor::events::any("message", monitor::message_json(message, *receiver, false)),
                    monitor::name_space_of(dialect));
            });
    }
    if (!has_channels) return;
    for (auto const& member : members)
        to_account(member, Dialect::channels,
                   [&] { return channels_events::receive_direct_message(message, *receiver); });
}

void Announcer::message_edited(chat::Room const& room, chat::MessagePtr const& message) {
    to_channels(room, [&](std::string const& channel_id, Dialect dialect) {
        events_.publish(room.id, channels_events::message_edited(*message, channel_id), 0, dialect);
    });
}

void Announcer::message_deleted(chat::Room const& room, chat::MessagePtr const& message) {
    to_channels(room, [&](std::string const& channel_id, Dialect dialect) {
        events_.publish(room.id, channels_events::message_deleted(*message, channel_id), 0, dialect);
    });
}

void Announcer::moderation_alert(chat::Room const& room, chat::User const& author, std::string const& text,
                                 judge::Verdict const& verdict, chat::MessagePtr const& message) {
    if (!events_.is_heard(topics::moderators(), Dialect::channels)) return;
    events_.publish_to_topic(
        topics::moderators(),
        channels_events::moderation_alert(room, author, text, verdict, message.get(), clock_.now()), Dialect::channels);
    hub_.flush();
}

void Announcer::notice(chat::Room const* room, std::string_view text, std::string_view) {
    // What concerns everybody, each connection hears from the hub's side.
    if (room == nullptr || !events_.is_heard(room->id, Dialect::room)) return;
    events_.publish(room->id, room_events::notice(text, clock_.now()), 0, Dialect::room);
    hub_.flush();
}

void Announcer::typing(chat::Room const& room, std::string const& username, bool on) {
    to_channels(room, [&](std::string const& channel_id, Dialect dialect) {
        events_.publish_news(room.id, channels_events::user_typing(username, channel_id, on), dialect);
    });
    if (events_.is_heard(room.id, Dialect::room))
        events_.publish_news(room.id, room_events::typing(username, on), Dialect::room);
    if (room.kind != chat::Room::Kind::direct) return;
    auto const sender = accounts_.find_by_name(username);
    if (!sender) return;
    for (auto const& member : rooms_.members(room))
        if (member != sender->id) publish_typing(hub_, events_, *sender, member, on);
}

}  // namespace soyuz::dialects
