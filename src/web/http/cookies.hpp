#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace soyuz::web {

inline constexpr std::string_view session_cookie = "soyuz_session";
inline constexpr std::string_view device_cookie = "soyuz_device";
inline constexpr std::string_view visitor_cookie = "soyuz_visitor";
inline constexpr std::string_view language_cookie = "soyuz_lang";
inline constexpr std::string_view theme_cookie = "soyuz_theme";
inline constexpr std::string_view text_size_cookie = "soyuz_text";
inline constexpr std::string_view density_cookie = "soyuz_density";
inline constexpr std::string_view style_cookie = "soyuz_style";
inline constexpr std::string_view room_order_cookie = "soyuz_rooms";

/// The session's cookie under a name of its own for the port in `host` (a Host header): browsers keep the cookies of
/// all ports of a host together, and two servers on one machine must not sign each other out. "" for the usual ports.
std::string session_cookie_of_port(std::string_view host);

/// Value of a cookie in a Cookie header (RFC 6265, 4.2); the first where it stands twice, "" where it does not.
std::string_view cookie_value(std::string_view header, std::string_view name);

/// A Set-Cookie value: Path=/, SameSite=Lax, Secure over https. Without `age` it ends with the browser; zero removes
/// it.
std::string set_cookie(std::string_view name, std::string_view value, bool https,
                       std::optional<std::chrono::seconds> age, bool http_only = true);

}  // namespace soyuz::web
