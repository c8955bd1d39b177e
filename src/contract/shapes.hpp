#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "chat/message.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/user.hpp"

namespace soyuz::chat {
class Accounts;
}

/// The JSON shapes of the contract, the same for every transport.
namespace soyuz::contract {

/// Where an uploaded file is served; accounts and messages know its bare name.
std::string upload_url(std::string_view file);
/// Null where the user has no picture.
nlohmann::json avatar_url(chat::User const& user);

/// `{id, username, display_name, avatar_url, role, online, created_at}`
nlohmann::json user_json(chat::User const& user, bool online);

/// `{id, name, title, topic, kind, member_count, last_seq, unread, can_manage, settings}` as `reader` sees it.
nlohmann::json room_json(chat::Rooms const& rooms, chat::Accounts const& accounts, chat::Room const& room,
                         chat::User const& reader);

/// Which members of a message are written: answers name all of them, live events leave out those that are empty or
/// the default (mentions, reactions, attachments, a null avatar_url, a display_name that is the username, a verdict of
/// plain `allow`).
enum class MessageMembers { all, needed };

/// Appends a message as JSON text, written directly: this runs once for every message and dialect.
void append_message_json(std::string& out, chat::Message const& message, chat::Accounts const& accounts,
                         MessageMembers members = MessageMembers::all);
nlohmann::json message_json(chat::Message const& message, chat::Accounts const& accounts);

/// `{action, severity, score, reasons, case_id, matches}`; without the last two where there are none.
nlohmann::json verdict_json(judge::Verdict const& verdict);

/// `{error, message, …}` with fields, until and reason where the error has them.
nlohmann::json error_json(base::Error const& error);

}  // namespace soyuz::contract
