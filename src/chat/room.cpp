#include "chat/room.hpp"

#include <algorithm>
#include <array>

namespace soyuz::chat {

bool Room::has_expelled(base::UserId const& user) const {
    return std::find(expelled.begin(), expelled.end(), user) != expelled.end();
}

std::string_view name(Room::Kind kind) {
    static constexpr std::array<std::string_view, 5> names{"public", "private", "direct", "live", "board"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace soyuz::chat
