#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include <sys/types.h>

namespace soyuz::app {

/// The address that a line of cloudflared's output announces; "" when it holds none.
std::string tunnel_address_in(std::string_view line);

/// Is there a cloudflared to share with?
bool has_cloudflared();

/// A `cloudflared` child that shares our port, stopped with this object. Belongs to the thread that made it, which
/// must live as long (the child is told to end when that thread does).
class Tunnel {
public:
    /// Starts the child. `announced` runs on a thread of the tunnel's once the public address is known, `ended` when
    /// the child ends by itself. Throws Failure (69) when it isn't installed or can't be started.
    Tunnel(std::uint16_t port, std::function<void(std::string const& url)> announced, std::function<void()> ended);
    ~Tunnel();
    Tunnel(Tunnel const&) = delete;
    Tunnel& operator=(Tunnel const&) = delete;

private:
    void read_output();

    std::function<void(std::string const&)> announced_;
    std::function<void()> ended_;
    pid_t child_ = -1;
    int output_ = -1;
    int stop_ = -1;  ///< readable once the reader is to end
    std::atomic<bool> stopping_ = false;
    std::thread reader_;
};

}  // namespace soyuz::app
