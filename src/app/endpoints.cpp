#include "app/endpoints.hpp"

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "app/console.hpp"
#include "app/failure.hpp"
#include "app/public_address.hpp"
#include "app/server_options.hpp"
#include "realtime/echo.hpp"

namespace soyuz::app {

namespace {

using namespace std::chrono_literals;

constexpr auto drain_grace = 2500ms;  // of the five seconds that stopping may take
constexpr std::size_t no_limit = 1'000'000;

}  // namespace

Endpoints::Endpoints(Config const& config, ChatServices& services, PublicAddress const& public_address)
    : config_(config),
      services_(services),
      gateway_({services.announcer.hub(), services.announcer.news(), services.accounts, services.rooms,
                services.messages, services.changes, services.workers, services.clock},
               gateway_options(config)),
      site_({*services.store, services.accounts, services.sessions, services.devices, services.rooms, services.messages,
             services.changes, services.settings, services.screening, services.desk, services.cases, services.standing,
             services.rule_book, services.statistics, services.sanctions, services.announcer, services.workers,
             services.expensive, services.clock},
            site_options(config), sockets(), site_hooks(public_address)),
      listener_(services.loops, limits(), handlers()),
      loop_watch_(services.loops, listener_),
      storage_figures_(*services.store, services.clock, config.data, config.uploads) {}

void Endpoints::start() {
    net::Tls const tls{config_.tls_certificate, config_.tls_key};
    try {
        listener_.start(config_.host, config_.port, config_.tls_certificate.empty() ? nullptr : &tls);
    } catch (std::system_error const& error) {
        auto const where = console::url_host(config_.host) + ":" + std::to_string(config_.port);
        auto const taken = error.code() == std::errc::address_in_use;
        throw Failure(Exit::unavailable,
                      taken ? "port in use: " + where : "can't listen on " + where + ": " + error.code().message());
    } catch (std::runtime_error const& error) {
        throw Failure(Exit::bad_setting, error.what());
    }
}

void Endpoints::drain() {
    site_.begin_draining();
    listener_.stop_accepting();
    if (socketio_) socketio_->end_all();
    listener_.drain(drain_grace);
}

std::map<std::string, web::SocketPath> Endpoints::sockets() {
    std::map<std::string, web::SocketPath> paths;
    paths["/ws"] = {
        .open = [this](web::Handshake const& handshake) { return gateway_.accept(*handshake.who, handshake.address); }};
    if (config_.test_endpoints) {
        paths["/ws/echo"] = {.needs_session = false, .any_origin = true, .open = [](web::Handshake const&) {
                                 return realtime::echo_socket();
                             }};
        socketio_.emplace(config_, services_.loops, services_.clock);
        socketio_->add_to(paths);
    }
    return paths;
}

net::Limits Endpoints::limits() {
    net::Limits limits;
    limits.connections = config_.max_connections;
    limits.connections_per_address = config_.rate_limits ? services_.settings.get()->connections_per_address : no_limit;
    limits.ping_timeout = config_.socket_timeout;
    // Two pings fit into the silence that is borne, so that one that is lost drops nobody.
    limits.ping_interval = limits.ping_timeout * 5 / 12;
    limits.body_limit = [this](net::HttpRequest const& head) { return site_.body_limit(head); };
    limits.spool_folder = config_.uploads;
    limits.is_exempt = [this](std::string const& address) { return site_.is_trusted_proxy(address); };
    return limits;
}

net::Handlers Endpoints::handlers() {
    return {[this](net::HttpRequest request, net::Respond respond) {
                site_.handle(std::move(request), std::move(respond));
            },
            [this](net::HttpRequest request, net::Handlers::Decide decide) {
                site_.decide(std::move(request), std::move(decide));
            }};
}

web::SiteHooks Endpoints::site_hooks(PublicAddress const& public_address) {
    // Of members that come after the site, too: nobody asks before they are made.
    auto const sources =
        MetricSources{listener_,   services_.announcer, services_.screening.counts(), services_.sanctions,
                      loop_watch_, storage_figures_,    services_.sanctions_imposed,  std::chrono::system_clock::now()};
    web::SiteHooks hooks;
    hooks.health = [sources](nlohmann::json& json) { add_health(json, sources); };
    hooks.metrics_text = [sources](base::Exposition& out) { add_metrics(out, sources); };
    hooks.metrics_json = [sources](nlohmann::json& json, bool in_full) { add_metrics(json, sources, in_full); };
    hooks.tunnel_url = [&public_address] { return public_address.url(); };
    return hooks;
}

}  // namespace soyuz::app
