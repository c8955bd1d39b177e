#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "app/chat_services.hpp"
#include "app/config.hpp"
#include "app/metrics.hpp"
#include "app/socketio_paths.hpp"
#include "app/storage_figures.hpp"
#include "net/listener.hpp"
#include "realtime/native_gateway.hpp"
#include "web/site.hpp"

namespace soyuz::app {

class PublicAddress;

/// Where clients arrive: the listener, and behind it the site and the gateway of sockets.
///
/// Made, started and stopped by one thread.
class Endpoints {
public:
    /// All three are kept.
    Endpoints(Config const& config, ChatServices& services, PublicAddress const& public_address);

    /// Listens. Throws Failure with the exit code that fits.
    void start();
    /// Accepts no more, closes sockets with 1001 and lets requests under way finish.
    void drain();

    std::uint16_t port() const { return listener_.port(); }
    web::Site& site() { return site_; }
    /// "" once there is an owner.
    std::string setup_token() const { return site_.setup_token(); }

private:
    std::map<std::string, web::SocketPath> sockets();
    net::Limits limits();
    net::Handlers handlers();
    web::SiteHooks site_hooks(PublicAddress const& public_address);

    Config const& config_;
    ChatServices& services_;
    realtime::NativeGateway gateway_;
    std::optional<SocketioPaths> socketio_;  ///< with --test-endpoints
    web::Site site_;
    net::Listener listener_;
    LoopWatch loop_watch_;
    StorageFigures storage_figures_;
};

}  // namespace soyuz::app
