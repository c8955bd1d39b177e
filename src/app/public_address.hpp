#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "app/tunnel.hpp"

namespace soyuz::app {

/// The address under which the world reaches this server, where it is shared through a tunnel. `url` is thread-safe;
/// all else belongs to one thread.
class PublicAddress {
public:
    /// Shares `port`; the address is said and shown on the console once it is known. Without cloudflared it is said
    /// that there is none.
    void share(std::uint16_t port);
    void close() { tunnel_.reset(); }

    /// "" while there is none.
    std::string url() const;

private:
    void set_url(std::string url);

    mutable std::mutex mutex_;
    std::string url_;
    std::unique_ptr<Tunnel> tunnel_;
};

}  // namespace soyuz::app
