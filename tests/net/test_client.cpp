#include "net/test_client.hpp"

#include <array>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace soyuz::net::test {

Client::Client(std::uint16_t port, int receive_buffer_bytes) {
    open(receive_buffer_bytes);
    connect(port);
}

void Client::open(int receive_buffer_bytes) {
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer_bytes > 0) {
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    }
    timeval const limit{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    int const on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool Client::connect(std::uint16_t port, std::uint32_t last) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(0x7F000000U + last);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        ::close(descriptor_);
        descriptor_ = -1;
    }
    return is_connected();
}

Client::~Client() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool Client::send(std::string_view bytes) {
    while (!bytes.empty()) {
        auto const count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void Client::shut_down_sending() { ::shutdown(descriptor_, SHUT_WR); }

bool Client::fill() {
    std::array<char, 65536> buffer;
    auto const count = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (count <= 0) return false;
    received_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
}

std::string Client::receive(std::size_t count) {
    while (received_.size() < count && fill()) {
    }
    auto const result = received_.substr(0, count);
    received_.erase(0, count);
    return result;
}

std::string Client::receive_until(std::string_view end) {
    for (;;) {
        if (auto const found = received_.find(end); found != std::string::npos) return receive(found + end.size());
        if (!fill()) return std::exchange(received_, {});
    }
}

std::optional<std::string> Client::receive_all() {
    for (;;) {
        std::array<char, 65536> buffer;
        auto const count = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
        if (count < 0) return std::nullopt;
        if (count == 0) return std::exchange(received_, {});
        received_.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

Client::Response Client::response() {
    Response result;
    result.head = receive_until("\r\n\r\n");
    if (result.head.size() < 12) return result;
    result.status = std::stoi(result.head.substr(9, 3));
    auto const length = result.head.find("Content-Length: ");
    if (length != std::string::npos) result.body = receive(std::stoul(result.head.substr(length + 16)));
    return result;
}

std::string masked_frame(int opcode, std::string_view payload, bool final, std::uint32_t mask) {
    std::string frame;
    frame.push_back(static_cast<char>((final ? 0x80 : 0) | opcode));
    auto const size = payload.size();
    if (size < 126) {
        frame.push_back(static_cast<char>(0x80U | size));
    } else if (size <= 0xFFFF) {
        frame.push_back(static_cast<char>(0x80 | 126));
        for (int shift = 8; shift >= 0; shift -= 8) frame.push_back(static_cast<char>(size >> shift & 0xFFU));
    } else {
        frame.push_back(static_cast<char>(0x80 | 127));
        for (int shift = 56; shift >= 0; shift -= 8) frame.push_back(static_cast<char>(size >> shift & 0xFFU));
    }
    std::array<std::uint8_t, 4> bytes;
    for (std::size_t index = 0; index < 4; ++index) bytes[index] = static_cast<std::uint8_t>(mask >> (24 - 8 * index));
    for (auto const byte : bytes) frame.push_back(static_cast<char>(byte));
    for (std::size_t index = 0; index < size; ++index) {
        frame.push_back(static_cast<char>(static_cast<std::uint8_t>(payload[index]) ^ bytes[index % 4]));
    }
    return frame;
}

std::string Client::upgrade(std::string_view path, std::string_view headers) {
    send("GET " + std::string(path) +
         " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
         std::string(headers) + "\r\n");
    return receive_until("\r\n\r\n");
}

bool Client::send_frame(int opcode, std::string_view payload, bool final) {
    return send(masked_frame(opcode, payload, final));
}

std::uint16_t Client::Frame::close_code() const {
    if (opcode != 8 || payload.size() < 2) return 0;
    return static_cast<std::uint16_t>(static_cast<std::uint8_t>(payload[0]) << 8U |
                                      static_cast<std::uint8_t>(payload[1]));
}

Client::Frame Client::frame() {
    auto const head = receive(2);
    if (head.size() < 2) return {};
    std::uint64_t size = static_cast<std::uint8_t>(head[1]);
    if (size >= 126) {
        auto const extended = receive(size == 126 ? 2 : 8);
        size = 0;
        for (char const byte : extended) size = size << 8U | static_cast<std::uint8_t>(byte);
    }
    auto payload = receive(size);
    if (payload.size() < size) return {};
    return {head[0] & 0x0F, (head[0] & 0x40) != 0, std::move(payload)};
}

Client::Frame Client::message() {
    for (;;) {
        auto next = frame();
        if (next.opcode != 9 && next.opcode != 10) return next;
    }
}

bool wait_until(std::function<bool()> const& condition) {
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
        ::poll(nullptr, 0, 1);
    }
    return true;
}

}  // namespace soyuz::net::test
