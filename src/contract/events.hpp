#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/message.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/user.hpp"
#include "judge/judge.hpp"
#include "moderation/cases/case.hpp"
#include "moderation/cases/cases.hpp"

namespace soyuz::chat {
class Accounts;
}

/// What the server says in the native dialect (docs/websocket.md): each function gives the JSON text of one frame.
/// `room` in an event is the room's name, which is its address and never changes. Messages are written without members
/// that are empty or the default.
namespace soyuz::contract::events {

/// The first event of a connection: who it belongs to, and the rooms that they are in.
std::string hello(chat::User const& user, std::string_view version, base::Timestamp now,
                  std::vector<chat::RoomPtr> const& member_of, chat::Rooms const& rooms,
                  chat::Accounts const& accounts);

/// `ref` is what the client wrote, "" where it gave none.
std::string ack(std::string_view ref);
/// Of a message that was posted or changed.
std::string ack(std::string_view ref, base::MessageId const& id);
/// Of `join`; `room` is a room_json.
std::string ack_joined(std::string_view ref, nlohmann::json const& room, std::size_t online);
/// Of `ping`.
std::string ack_ping(std::string_view ref, base::Timestamp now);
/// `retry_after` is in seconds.
std::string error(std::string_view ref, base::Error const& error, judge::Verdict const* verdict = nullptr);

std::string message(chat::Message const& message, chat::Accounts const& accounts);
std::string message_edited(chat::Message const& message, chat::Accounts const& accounts);
std::string message_deleted(chat::Room const& room, chat::Message const& message);
std::string reaction(chat::Room const& room, chat::Message const& message, std::string_view emoji,
                     std::string_view username, bool on);
std::string typing(std::string_view room, std::string_view username, bool on);
/// Without `joined` and `left` where nobody came or went.
std::string presence(std::string_view room, std::size_t online, std::vector<std::string> const& joined,
                     std::vector<std::string> const& left);
std::string read(std::string_view room, std::string_view username, base::Seq seq);
/// In a direct room: all up to `seq` has reached them.
std::string delivered(std::string_view room, std::string_view username, base::Seq seq);
/// To everybody where `room` is "".
std::string system(std::string_view room, std::string_view text, std::string_view level);
/// What `help` says.
std::string_view help_text();
/// Where to find help, for an author who may be in danger; outside of rooms where `room` is "".
std::string help(std::string_view room);

std::string message_blocked(std::string_view room, judge::Verdict const& verdict, std::string_view client_id);
std::string moderation_warning(std::string_view room, chat::Message const& message, judge::Verdict const& verdict);
std::string moderation_alert(chat::Room const& room, chat::User const& author, std::string_view text,
                             judge::Verdict const& verdict, chat::Message const* message);
std::string moderation_case(moderation::Case const& the_case, std::optional<moderation::CaseClaim> const& claim,
                            std::size_t open, chat::Accounts const& accounts, chat::Rooms const& rooms);
/// To the author of the case; with `message` where their message stands again.
std::string moderation_decision(moderation::Case const& the_case, std::string_view action, std::string_view note,
                                chat::Message const* message, chat::Accounts const& accounts);
std::string report_decided(moderation::Case const& the_case, moderation::CaseReport const& report, bool upheld);

/// `automatic`: imposed by a rule, not by a moderator. Such a ban ends writing alone.
std::string banned(std::optional<base::Timestamp> until, std::string_view reason, bool automatic);
std::string unbanned();
std::string muted(std::optional<base::Timestamp> until, std::string_view reason, bool automatic);
std::string unmuted();
/// Out of a room, or out of all connections where `room` is ""; until then, where there is an end.
std::string kicked(std::string_view room, std::string_view reason, std::optional<base::Timestamp> until);
std::string resync(std::string_view room);

/// `room` is a room_json.
std::string room_added(nlohmann::json const& room);
std::string room_changed(chat::Room const& room);
std::string room_removed(std::string_view room);
std::string user_changed(chat::User const& user, bool online);

}  // namespace soyuz::contract::events
