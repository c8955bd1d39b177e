#include "chat/user.hpp"

#include <array>

namespace soyuz::chat {

namespace {

constexpr std::array<std::string_view, 6> role_names{"guest", "member", "agent", "moderator", "admin", "owner"};

}  // namespace

std::string_view name(Role role) { return role_names[static_cast<std::size_t>(role)]; }

std::optional<Role> parse_role(std::string_view text) {
    for (std::size_t at = 0; at < role_names.size(); ++at) {
        if (role_names[at] == text) return static_cast<Role>(at);
    }
    return std::nullopt;
}

}  // namespace soyuz::chat
