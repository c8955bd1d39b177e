#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "app/chat_services.hpp"
#include "app/config.hpp"
#include "app/metrics.hpp"
#include "app/socketio_paths.hpp"
#include "app/storage_figures.hpp"
#include "dialects/stream/stream_gateway.hpp"
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
    Endpoints(Config const& config, ChatServices& services, PublicAddress& public_address);

    /// Listens. Throws Failure with the exit code that fits.
    void start();
    /// Accepts no more, closes sockets with 1001 and lets requests under way finish.
    void drain();

    std::uint16_t port() const { return listener_.port(); }
    web::Site& site() { return site_; }
    /// "" once there is an owner.
    std::string setup_token() const { return site_.setup_token(); }
    /// Addresses that other devices of this machine's networks reach it at, the likeliest first.
    std::vector<std::string> network_urls() const;
    std::string scheme() const { return config_.tls_certificate.empty() ? "http://" : "https://"; }
    bool listens_on_all() const { return config_.host == "0.0.0.0" || config_.host == "::"; }

private:
    std::map<std::string, web::SocketPath> sockets();
    std::variant<net::HttpResponse, net::WebSocketAccept> open_stage(web::Handshake const& handshake);
    net::Limits limits();
    net::Handlers handlers();
    web::OutwardHooks outward_hooks();
    web::SiteHooks site_hooks();
    web::Reach reach() const;
    /// Listens on this machine's addresses in local networks too. Thread-safe.
    base::Result<void> open_network();

    Config const& config_;
    ChatServices& services_;
    PublicAddress& public_address_;
    mutable std::mutex opening_;
    std::set<std::string> opened_;  ///< addresses of local networks
    realtime::NativeGateway gateway_;
    dialects::stream::StreamGateway stream_;
    SocketioPaths socketio_;
    web::Site site_;
    net::Listener listener_;
    LoopWatch loop_watch_;
    StorageFigures storage_figures_;
};

}  // namespace soyuz::app
