#include "watch/audience.hpp"

#include <array>

namespace soyuz::watch {

std::string_view name(StreamAction action) {
    static constexpr std::array<std::string_view, 4> names{"created", "updated", "deleted", "status_update"};
    return names[static_cast<std::size_t>(action)];
}

std::string_view name(NotificationChange change) {
    static constexpr std::array<std::string_view, 4> names{"read", "updated", "deleted", "forwarded"};
    return names[static_cast<std::size_t>(change)];
}

}  // namespace soyuz::watch
