#include "chat/room.hpp"

#include <array>

namespace soyuz::chat {

std::string_view name(Room::Kind kind) {
    static constexpr std::array<std::string_view, 3> names{"public", "private", "direct"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace soyuz::chat
