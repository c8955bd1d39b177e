#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Small grammars of HTTP (RFC 9110, RFC 9112).
namespace soyuz::net {

/// 1*tchar (RFC 9110, 5.6.2).
bool is_token(std::string_view text);
/// Visible characters, space, tab and bytes from 0x80: what a field value may hold (RFC 9110, 5.5).
bool is_field_value(std::string_view text);
bool equal_ignoring_case(std::string_view left, std::string_view right);
/// Without spaces and tabs at either end.
std::string_view trim_blanks(std::string_view text);
/// Does the comma-separated `list` hold `token`, whatever its case?
bool list_has(std::string_view list, std::string_view token);
/// uri-host [":" port], not empty (RFC 9110, 7.2); rough on the inside of the host.
bool is_authority(std::string_view text);
/// 1*DIGIT. None for anything else; what is too large for 64 bits is the largest number.
std::optional<std::uint64_t> parse_decimal(std::string_view text);
/// 1*HEXDIG, at most 16 of them.
std::optional<std::uint64_t> parse_hexadecimal(std::string_view text);

/// A request-target (RFC 9112, 3.2) brought into origin form.
struct Target {
    std::string path;       ///< with the query; "*" for the asterisk form
    std::string authority;  ///< of the absolute form, else ""
};
/// None where the target is none of origin, absolute and (for OPTIONS) asterisk form.
std::optional<Target> parse_target(std::string_view method, std::string_view target);
/// The authority without the default port of its scheme, for comparing.
std::string_view without_default_port(std::string_view authority, std::string_view scheme);

}  // namespace soyuz::net
