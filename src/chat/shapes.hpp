#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "chat/message.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/user.hpp"

/// The JSON shapes of the contract, the same on every way out.
namespace soyuz::chat {

class Accounts;

/// `{id, username, display_name, avatar_url, role, online, created_at}`
nlohmann::json user_json(User const& user, bool online);

/// `{id, name, title, topic, kind, member_count, last_seq, unread, can_manage, settings}` as `reader` sees it.
nlohmann::json room_json(Rooms const& rooms, Accounts const& accounts, Room const& room, User const& reader);

/// Appends a message as JSON text, written directly: this runs once for every message and dialect.
void append_message_json(std::string& out, Message const& message, Accounts const& accounts);
nlohmann::json message_json(Message const& message, Accounts const& accounts);

/// `{action, severity, score, reasons, case_id}`; without the last where there is no case.
nlohmann::json verdict_json(judge::Verdict const& verdict);

/// `{error, message, …}` with fields, until and reason where the error has them.
nlohmann::json error_json(base::Error const& error);

}  // namespace soyuz::chat
