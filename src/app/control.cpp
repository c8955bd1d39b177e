#include "app/control.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.hpp"

namespace soyuz::app {

namespace {

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

struct Address {
    sockaddr_un socket{};
    socklen_t size = 0;
};

/// The folder's device and inode name it whatever path leads there. None when there is no folder.
std::optional<Address> address_of(std::filesystem::path const& data) {
    struct stat info {};
    if (stat(data.c_str(), &info) != 0) return std::nullopt;
    auto const name = "soyuz-" + std::to_string(info.st_dev) + "-" + std::to_string(info.st_ino);
    Address address;
    address.socket.sun_family = AF_UNIX;
    std::memcpy(address.socket.sun_path + 1, name.data(), name.size());
    address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    return address;
}

bool is_same_user(int peer) {
    ucred who{};
    socklen_t size = sizeof who;
    return getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 && (who.uid == geteuid() || who.uid == 0);
}

void set_timeout(int socket, int seconds) {
    timeval const time{seconds, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

/// Up to the end of the line or of the stream.
std::string read_line(int socket) {
    std::string line;
    std::array<char, 4096> piece{};
    while (line.find('\n') == std::string::npos && line.size() < 16'384) {
        auto const count = recv(socket, piece.data(), piece.size(), 0);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        line.append(piece.data(), static_cast<std::size_t>(count));
    }
    return line.substr(0, line.find('\n'));
}

void send_line(int socket, std::string line) {
    line += '\n';
    std::size_t sent = 0;
    while (sent < line.size()) {
        auto const count = send(socket, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) return;
        sent += static_cast<std::size_t>(count);
    }
}

constexpr std::string_view backup_command = "backup ";

}  // namespace

Control::Control(std::filesystem::path const& data,
                 std::function<base::Result<void>(std::filesystem::path const&)> backup)
    : backup_(std::move(backup)) {
    auto const address = address_of(data);
    listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!address || listener_ < 0 ||
        bind(listener_, reinterpret_cast<sockaddr const*>(&address->socket), address->size) != 0 ||
        listen(listener_, 4) != 0) {
        // Only backups beside the running server need it.
        base::log::warn("no control socket: `soyuz backup` has to wait until the server stops");
        return;
    }
    stop_ = eventfd(0, EFD_CLOEXEC);
    thread_ = std::thread([this] { serve(); });
}

Control::~Control() {
    if (thread_.joinable()) {
        eventfd_write(stop_, 1);
        thread_.join();
        close(stop_);
    }
    if (listener_ >= 0) close(listener_);
}

void Control::serve() {
    while (true) {
        std::array<pollfd, 2> waits{pollfd{listener_, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
        if (poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
        if (waits[1].revents != 0) return;
        if (waits[0].revents == 0) continue;
        Descriptor const peer(accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
        if (peer.number() >= 0 && is_same_user(peer.number())) answer(peer.number());
    }
}

void Control::answer(int peer) const {
    set_timeout(peer, 5);
    auto const line = read_line(peer);
    if (!line.starts_with(backup_command)) return send_line(peer, "error There is no such command.");
    auto const result = backup_(line.substr(backup_command.size()));
    send_line(peer, result ? "ok" : "error " + result.error().message);
}

std::optional<base::Result<void>> ask_for_backup(std::filesystem::path const& data, std::filesystem::path const& tar) {
    auto const address = address_of(data);
    Descriptor const server(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!address || server.number() < 0 ||
        connect(server.number(), reinterpret_cast<sockaddr const*>(&address->socket), address->size) != 0 ||
        !is_same_user(server.number())) {
        return std::nullopt;
    }
    set_timeout(server.number(), 600);
    send_line(server.number(), std::string{backup_command} + std::filesystem::absolute(tar).string());
    auto const answer = read_line(server.number());
    if (answer == "ok") return base::Result<void>{};
    constexpr std::string_view error = "error ";
    return base::Result<void>{base::Error{
        base::Code::internal, answer.starts_with(error) ? answer.substr(error.size()) : "The server did not answer."}};
}

}  // namespace soyuz::app
