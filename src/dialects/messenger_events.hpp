#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "chat/message.hpp"
#include "chat/screening.hpp"
#include "chat/user.hpp"

/// What clients of the messenger hear: each function gives the text of one frame.
namespace soyuz::dialects::messenger_events {

/// `mark`: what chat::Screening says of the message.
using Mark = chat::Screening::Bullying;

std::string receive_message(chat::Message const& message, std::string_view receiver, Mark const& mark);
/// `is_delivered`: the receiver has a connection; else it waits for them in history.
std::string message_sent(chat::Message const& message, bool is_delivered, Mark const& mark);
std::string user_typing(std::string_view sender, bool on);
std::string messages_marked_read(std::size_t count);
/// The bare name is the event's argument.
std::string user_joined(std::string_view username);
std::string user_left(std::string_view username);
std::string online_users(std::vector<std::string> const& usernames);

}  // namespace soyuz::dialects::messenger_events
