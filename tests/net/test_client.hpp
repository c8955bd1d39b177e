#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace soyuz::net::test {

/// A raw client on the loopback. Calls block, for at most ten seconds; then they fail like a lost connection.
class Client {
public:
    explicit Client(std::uint16_t port, int receive_buffer_bytes = 0);
    /// Has its descriptor, but is not connected yet.
    Client() { open(0); }
    ~Client();
    Client(Client&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), received_(std::move(other.received_)) {}
    Client& operator=(Client&&) = delete;

    /// `last`: of the address 127.0.0.N.
    bool connect(std::uint16_t port, std::uint32_t last = 1);
    bool is_connected() const { return descriptor_ >= 0; }
    int descriptor() const { return descriptor_; }
    bool send(std::string_view bytes);
    void shut_down_sending();
    /// Exactly `count` bytes, or fewer where the connection ended.
    std::string receive(std::size_t count);
    /// Up to and with `end`, or what came until the connection ended.
    std::string receive_until(std::string_view end);
    /// All until the peer closes; none where it did not within the time.
    std::optional<std::string> receive_all();

    struct Response {
        int status = 0;
        std::string head, body;
    };
    /// One response with a Content-Length (or without a body).
    Response response();

    // WebSocket:
    /// Sends the handshake and returns the response's head.
    /// `headers`: more lines, each with its end.
    std::string upgrade(std::string_view path = "/ws", std::string_view headers = {});
    bool send_frame(int opcode, std::string_view payload, bool final = true);
    struct Frame {
        int opcode = -1;  ///< -1: the connection ended
        bool compressed = false;
        std::string payload;
        std::uint16_t close_code() const;
    };
    Frame frame();
    /// The next frame that is neither ping nor pong.
    Frame message();

private:
    void open(int receive_buffer_bytes);
    bool fill();

    int descriptor_ = -1;
    std::string received_;
};

/// A frame as a client sends it.
std::string masked_frame(int opcode, std::string_view payload, bool final = true, std::uint32_t mask = 0x12345678);

/// Waits until `condition` holds, at most ten seconds.
bool wait_until(std::function<bool()> const& condition);

}  // namespace soyuz::net::test
