#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.hpp"
#include "chat/messages/messages.hpp"

namespace soyuz::chat {
class Accounts;
}

namespace soyuz::web {

/// Up to two letters for one without a picture: of the first and the last word of the name.
std::string initials(std::string_view display_name);
/// One of twelve colours, the same for a user name everywhere (FNV-1a over its lower-case bytes).
unsigned hue(std::string_view username);

/// A user as pages show them: user_json with initials and hue.
nlohmann::json person_view(chat::User const& user, bool online);

/// As in "2026-11-21", in UTC for those without scripts; the page's script rewrites it in the reader's own zone.
std::string day_of(base::Timestamp time);

/// A message as the template `message` shows it; `previous` is the one above it, null at the top. `replied` is what
/// it answers, null where that is gone. `is_direct`: of a conversation of two, where what was flagged is veiled.
nlohmann::json message_view(chat::Message const& message, chat::Message const* previous, chat::Message const* replied,
                            chat::User const& reader, chat::Accounts const& accounts, bool is_direct = false);

/// Does the day begin with this message? And does it stand under the head of the one above it?
bool begins_day(chat::Message const& message, chat::Message const* previous);
bool is_grouped(chat::Message const& message, chat::Message const* previous);

/// Everything that the row of a message shows, as a key: different rows have different keys.
std::string row_key(std::string_view language, chat::Message const& message, chat::Message const* previous,
                    chat::Message const* replied, chat::User const& reader, chat::Accounts const& accounts,
                    bool is_direct = false);

}  // namespace soyuz::web
