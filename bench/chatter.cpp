#include "chatter.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace soyuz::bench {

namespace {

int connect_to(Target const& target, std::string const& source) {
    int const descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) throw std::runtime_error(std::string("socket: ") + std::strerror(errno));
    if (!source.empty()) {
        int const on = 1;
        setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        sockaddr_in from{};
        from.sin_family = AF_INET;
        inet_pton(AF_INET, source.c_str(), &from.sin_addr);
        if (::bind(descriptor, reinterpret_cast<sockaddr*>(&from), sizeof from) != 0)
            throw std::runtime_error(std::string("bind: ") + std::strerror(errno));
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(target.port);
    inet_pton(AF_INET, target.host.c_str(), &to.sin_addr);
    if (::connect(descriptor, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
        throw std::runtime_error(std::string("connect: ") + std::strerror(errno));
    int const on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return descriptor;
}

void send_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) throw std::runtime_error(std::string("send: ") + std::strerror(errno));
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string receive_until(int descriptor, std::string_view end) {
    std::string text;
    std::array<char, 16384> piece{};
    while (text.find(end) == std::string::npos) {
        auto const count = ::recv(descriptor, piece.data(), piece.size(), 0);
        if (count <= 0) throw std::runtime_error("the server closed: " + text);
        text.append(piece.data(), static_cast<std::size_t>(count));
    }
    return text;
}

}  // namespace

Answer exchange(Target const& target, std::string const& method, std::string const& path, std::string const& token,
                std::string const& json) {
    int const descriptor = connect_to(target, "");
    std::string request = method + " " + path + " HTTP/1.1\r\nHost: " + target.host + ":" +
                          std::to_string(target.port) + "\r\nConnection: close\r\n";
    if (!token.empty()) request += "Authorization: Bearer " + token + "\r\n";
    if (!json.empty())
        request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(json.size()) + "\r\n";
    send_all(descriptor, request + "\r\n" + json);
    std::string text;
    std::array<char, 16384> piece{};
    for (ssize_t count = 0; (count = ::recv(descriptor, piece.data(), piece.size(), 0)) > 0;)
        text.append(piece.data(), static_cast<std::size_t>(count));
    ::close(descriptor);
    auto const body = text.find("\r\n\r\n");
    if (text.size() < 12 || body == std::string::npos) throw std::runtime_error("no answer to " + method + " " + path);
    return {std::stoi(text.substr(9, 3)), text.substr(body + 4)};
}

std::string sign_up(Target const& target, std::string const& name) {
    auto const body = R"({"username":")" + name + R"(","password":"a long enough password"})";
    auto answer = exchange(target, "POST", "/api/v1/register", "", body);
    if (answer.status == 409) answer = exchange(target, "POST", "/api/v1/login", "", body);
    constexpr std::string_view key = "\"access_token\":\"";
    auto const at = answer.body.find(key);
    if (answer.status / 100 != 2 || at == std::string::npos) throw std::runtime_error("sign-up: " + answer.body);
    auto const from = at + key.size();
    return answer.body.substr(from, answer.body.find('"', from) - from);
}

Chatter::Chatter(Target const& target, std::string const& token, std::string const& source)
    : descriptor_(connect_to(target, source)) {
    send_all(descriptor_, "GET " + target.path + " HTTP/1.1\r\nHost: " + target.host + ":" +
                              std::to_string(target.port) +
                              "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer " +
                              token + "\r\n\r\n");
    auto const answer = receive_until(descriptor_, "\r\n\r\n");
    if (answer.compare(0, 12, "HTTP/1.1 101") != 0) throw std::runtime_error("handshake refused: " + answer);
    received_ = answer.substr(answer.find("\r\n\r\n") + 4);
    fcntl(descriptor_, F_SETFL, fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
}

Chatter::~Chatter() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Chatter::Chatter(Chatter&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      received_(std::move(other.received_)),
      unsent_(std::move(other.unsent_)) {}

void Chatter::send_text(std::string_view text) {
    queue_text(text);
    flush();
}

void Chatter::queue_text(std::string_view text) {
    // A mask of zero leaves the text as it is: RFC 6455 asks clients for a mask, not for a good one.
    unsent_ += '\x81';
    if (text.size() < 126) {
        unsent_ += static_cast<char>(0x80 | text.size());
    } else {
        unsent_ += static_cast<char>(0x80 | 126);
        unsent_ += static_cast<char>(text.size() >> 8);
        unsent_ += static_cast<char>(text.size());
    }
    unsent_.append(4, '\0');
    unsent_ += text;
}

void Chatter::flush() {
    while (!unsent_.empty()) {
        auto const sent = ::send(descriptor_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        unsent_.erase(0, static_cast<std::size_t>(sent));
    }
}

bool Chatter::read(std::function<void(std::string_view)> const& each) {
    static std::array<char, 1U << 18U> piece;
    bool open = true;
    while (true) {
        auto const count = ::recv(descriptor_, piece.data(), piece.size(), 0);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) open = false;
        if (count <= 0) break;
        received_.append(piece.data(), static_cast<std::size_t>(count));
        if (static_cast<std::size_t>(count) < piece.size()) break;
    }
    std::size_t at = 0;
    auto const byte = [&](std::size_t index) { return static_cast<unsigned char>(received_[index]); };
    while (received_.size() - at >= 2) {
        std::size_t length = byte(at + 1) & 0x7FU;
        std::size_t head = 2;
        if (length == 126) {
            if (received_.size() - at < 4) break;
            length = (std::size_t{byte(at + 2)} << 8U) | byte(at + 3);
            head = 4;
        } else if (length == 127) {
            if (received_.size() - at < 10) break;
            length = 0;
            for (std::size_t i = 2; i < 10; ++i) length = (length << 8U) | byte(at + i);
            head = 10;
        }
        if (received_.size() - at < head + length) break;
        auto const kind = byte(at) & 0x0FU;
        if (kind == 1) each(std::string_view(received_).substr(at + head, length));
        if (kind == 8) open = false;
        at += head + length;
    }
    received_.erase(0, at);
    return open;
}

double cpu_seconds(int process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    // The second field holds the command's name, which may contain spaces: count from behind it.
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::uint64_t resident_bytes(int process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace soyuz::bench
