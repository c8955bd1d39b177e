#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/message.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/user.hpp"
#include "judge/judge.hpp"

namespace soyuz::chat {
class Accounts;
}

/// What the server says in the native dialect: each function gives the JSON text of one frame. `room` in an event is
/// the room's name, which is its address and never changes.
namespace soyuz::realtime::events {

/// `ref` as the client wrote it, "" where it gave none; `members` is more JSON, each member led by a comma.
std::string ack(std::string_view ref, std::string_view members = {});
/// Of a message that was posted or changed.
std::string ack(std::string_view ref, base::MessageId const& id);
/// `retry_after` goes out in seconds.
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
/// To everybody where `room` is "".
std::string system(std::string_view room, std::string_view text, std::string_view level);

std::string message_blocked(std::string_view room, judge::Verdict const& verdict, std::string_view client_id);
std::string moderation_warning(std::string_view room, chat::Message const& message, judge::Verdict const& verdict);
std::string moderation_alert(chat::Room const& room, chat::User const& author, std::string_view text,
                             judge::Verdict const& verdict, chat::Message const* message);

std::string banned(std::optional<base::Timestamp> until, std::string_view reason);
/// `automatic`: no moderator did it.
std::string muted(std::optional<base::Timestamp> until, std::string_view reason, bool automatic);
std::string unmuted();
std::string kicked(std::string_view room, std::string_view reason);
std::string resync(std::string_view room);

std::string room_changed(chat::Room const& room);
std::string room_removed(std::string_view room);
std::string user_changed(chat::User const& user, bool online);

}  // namespace soyuz::realtime::events
