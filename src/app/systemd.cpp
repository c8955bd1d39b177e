#include "app/systemd.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace soyuz::app {

void tell_service_manager(std::string_view state) {
    char const* const given = std::getenv("NOTIFY_SOCKET");
    if (given == nullptr) return;
    std::string_view const path = given;
    sockaddr_un address{};
    if (path.size() < 2 || path.size() >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    // A name that begins with @ is an abstract address, not a file (unix(7)).
    if (path[0] == '@') address.sun_path[0] = '\0';
    int const socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return;
    auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr const*>(&address), size);
    ::close(socket);
}

}  // namespace soyuz::app
