#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "chat/message.hpp"
#include "chat/room.hpp"
#include "chat/user.hpp"
#include "judge/judge.hpp"

/// What clients of channels hear: each function gives the text of one frame. `channel_id` is the channel's name or its
/// id, as the receiver named it.
namespace soyuz::dialects::channels_events {

std::string message_received(chat::Message const& message, std::string_view channel_id);
std::string message_edited(chat::Message const& message, std::string_view channel_id);
std::string message_deleted(chat::Message const& message, std::string_view channel_id);
std::string receive_direct_message(chat::Message const& message, chat::User const& receiver);
std::string user_typing(std::string_view username, std::string_view channel_id, bool on);
/// In a direct conversation.
std::string user_typing_dm(chat::User const& sender, bool on);
enum class Step { join, leave };
std::string status(chat::User const& user, std::string_view channel_id, Step step);
std::string user_status(std::string_view username, bool online);
std::string heartbeat_ack(base::Timestamp now);
/// `message` is null where the text was blocked: the case stands for it.
std::string moderation_alert(chat::Room const& room, chat::User const& author, std::string_view text,
                             judge::Verdict const& verdict, chat::Message const* message, base::Timestamp now);

}  // namespace soyuz::dialects::channels_events
