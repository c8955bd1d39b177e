#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "chat/message.hpp"
#include "search/document.hpp"
#include "search/query.hpp"

/// Messages as they lie on disk (docs/files.md names the fields).
namespace soyuz::chat {

class Accounts;

/// Appends the body that the store keeps, written directly: this runs once for every message.
void append_body(std::string& out, Message const& message);

/// A message from its body; none where it isn't one. Fields that can't be read are left out.
std::optional<Message> parse_body(std::string_view body, base::MessageId id, Accounts const& accounts);

/// What a body is found by.
std::optional<search::Document> parse_document(std::string_view body);

/// What a message has beside its text, of search::Has.
std::uint8_t has_of(Message const& message);

/// The author, client_id and time of a body, found without parsing the rest.
struct BodyHead {
    std::string_view sender, client_id;
    std::optional<base::Timestamp> sent_at;
};
BodyHead head_of(std::string_view body);

}  // namespace soyuz::chat
