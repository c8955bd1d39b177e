#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "app/tunnel.hpp"
#include "base/result.hpp"

namespace soyuz::app {

/// The address under which the world reaches this server, where it is shared through a tunnel.
///
/// Thread-safe. The thread that shares must live until `close`: the tunnel ends with it.
class PublicAddress {
public:
    /// Shares `port`; the address is said and shown on the console once it is known. Anew where the tunnel has ended.
    /// Errors: conflict, where cloudflared can't be started.
    base::Result<void> share(std::uint16_t port);
    void close();

    /// "" while there is none.
    std::string url() const;

private:
    void set_url(std::string url);

    mutable std::mutex mutex_;  ///< guards the address
    std::string url_;
    std::mutex sharing_;  ///< guards the tunnel, and is never taken by its thread
    std::unique_ptr<Tunnel> tunnel_;
    std::atomic<bool> ended_{false};
    bool closed_ = false;
};

}  // namespace soyuz::app
