#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What people may call themselves and their rooms, and which passwords are too easy. Each check gives the reason
/// against, as a clause that follows the field's name, or nothing.
namespace soyuz::chat {

/// 3 to `most` of ASCII letters, digits and `_ . -`.
std::optional<std::string> fault_of_username(std::string_view name, std::size_t most);
/// Expects what `base::tidy_line` made: not empty, something to see, at most `most` characters, none of them hidden.
std::optional<std::string> fault_of_display_name(std::string_view name, std::size_t most);
/// Something that can receive mail: one @, a domain with a dot or "localhost", no spaces, at most 254 bytes.
std::optional<std::string> fault_of_email(std::string_view address);
/// Expects a prepared password: at least 8 characters and at most 256 bytes, neither common nor the name.
std::optional<std::string> fault_of_password(std::string_view password, std::string_view username);
/// 2 to 50 of a–z, 0–9 and dashes, with no dash at either end.
std::optional<std::string> fault_of_room_name(std::string_view name);
/// A line that people read, of what `base::tidy_line` made: empty, or something to see; at most `most` characters, none
/// of them hidden.
std::optional<std::string> fault_of_line(std::string_view text, std::size_t most);

/// Is it among the passwords that are tried first? Regardless of case.
bool is_common_password(std::string_view password);

/// A room's address from its title: what is left of it in lower-case ASCII; "" where too little is.
std::string room_name_from(std::string_view title);

}  // namespace soyuz::chat
