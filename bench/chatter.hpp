#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// The load generator's side of the wire: blocking HTTP for signing up, then non-blocking WebSockets on one epoll.
namespace soyuz::bench {

struct Target {
    std::string host = "127.0.0.1";
    std::uint16_t port = 5000;
    std::string path = "/ws";  ///< of the WebSocket
};

/// One HTTP/1.1 exchange on a connection of its own. Returns status and body; throws std::runtime_error.
struct Answer {
    int status = 0;
    std::string body;
};
Answer exchange(Target const& target, std::string const& method, std::string const& path, std::string const& token,
                std::string const& json);

/// The access token of an account, which is made where it doesn't exist. Throws std::runtime_error.
std::string sign_up(Target const& target, std::string const& name);

/// A WebSocket connection, signed in where there is a token.
class Chatter {
public:
    /// Connects and shakes hands, blocking; `source` is the loopback address to come from ("" for any).
    Chatter(Target const& target, std::string const& token, std::string const& source);
    ~Chatter();
    Chatter(Chatter&& other) noexcept;
    Chatter& operator=(Chatter&&) = delete;

    int descriptor() const { return descriptor_; }
    void send_text(std::string_view text);
    /// Sent with the next `flush`.
    void queue_text(std::string_view text);
    /// Reads what has come and calls `each` for every text message. False once the server has closed.
    bool read(std::function<void(std::string_view)> const& each);
    /// Writes what a full socket left behind.
    void flush();
    bool has_unsent() const { return !unsent_.empty(); }

private:
    int descriptor_ = -1;
    std::string received_;
    std::string unsent_;
};

/// CPU seconds that a process has used, user and system.
double cpu_seconds(int process);
/// Resident bytes of a process.
std::uint64_t resident_bytes(int process);

}  // namespace soyuz::bench
