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
#include "app/tunnel.hpp"
#include "base/log.hpp"
#include "realtime/echo.hpp"
#include "web/http/answer.hpp"
#include "web/http/router.hpp"

namespace soyuz::app {

namespace {

using namespace std::chrono_literals;

constexpr auto drain_grace = 2500ms;  // of the five seconds that stopping may take
constexpr std::size_t no_limit = 1'000'000;

}  // namespace

Endpoints::Endpoints(Config const& config, ChatServices& services, PublicAddress& public_address)
    : config_(config),
      services_(services),
      public_address_(public_address),
      gateway_({services.announcer.hub(), services.announcer.news(), services.accounts, services.rooms,
                services.messages, services.changes, services.workers, services.clock},
               gateway_options(config)),
      stream_({services.announcer.hub(), services.accounts, services.sessions, services.rooms, services.messages,
               services.sanctions, services.kicks, services.stages, services.workers, services.clock},
              {config.rate_limits, config.max_connections}, services.all_loops()),
      // Nobody is admitted before the site is made.
      socketio_(config, services, gateway_, [this](chat::User const& user) { return site_.admit_account(user); }),
      site_({*services.store,    services.accounts, services.sessions, services.devices,   services.rooms,
             services.messages,  services.posts,    services.changes,  services.settings,  services.screening,
             services.desk,      services.cases,    services.standing, services.rule_book, services.statistics,
             services.sanctions, services.stages,   services.watch,    services.announcer, services.workers,
             services.expensive, services.clock},
            site_options(config), sockets(), site_hooks()),
      listener_(services.loops, limits(), handlers()),
      loop_watch_(services.loops, listener_),
      storage_figures_(*services.store, services.clock, config.data, config.uploads) {
    services.announcer.on_posted = [this](chat::Room const& room, chat::MessagePtr const& message) {
        stream_.message_posted(room, message);
    };
    services.media.on_gift = [this](live::Gift const& gift) { stream_.gift_given(gift); };
    services.observe_sessions(stream_);
}

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
    socketio_.end_all();
    listener_.drain(drain_grace);
}

std::map<std::string, web::SocketPath> Endpoints::sockets() {
    std::map<std::string, web::SocketPath> paths;
    paths["/ws"] = {
        .open = [this](web::Handshake const& handshake) { return gateway_.accept(*handshake.who, handshake.address); }};
    paths["/ws/live/"] = {.open = [this](web::Handshake const& handshake) { return open_stage(handshake); }};
    paths["/ws/"] = {.needs_session = false, .open = [this](web::Handshake const& handshake) {
                         std::string token;
                         for (auto const& [name, value] : web::parse_form(handshake.query))
                             if (name == "token") token = value;
                         return stream_.accept(handshake.rest, token, handshake.address);
                     }};
    if (config_.test_endpoints) {
        paths["/ws/echo"] = {.needs_session = false,
                             .foreign_origins = web::ForeignOrigins::any,
                             .open = [](web::Handshake const&) { return realtime::echo_socket(); }};
    }
    socketio_.add_to(paths);
    return paths;
}

std::variant<net::HttpResponse, net::WebSocketAccept> Endpoints::open_stage(web::Handshake const& handshake) {
    auto const room = services_.rooms.find_for(*handshake.who->user, handshake.rest);
    if (!room || room->kind != chat::Room::Kind::live)
        throw web::Refused{{base::Code::unknown_room, "There is no such live room."}};
    std::string_view role;
    auto quality = live::Quality::high;
    auto const query = web::parse_form(handshake.query);
    for (auto const& [name, value] : query) {
        if (name == "role") role = value;
        if (name == "quality") quality = live::parse_quality(value).value_or(quality);
    }
    if (role != "publish") return web::or_refuse(services_.media.watch(*handshake.who, room, quality));
    return web::or_refuse(services_.media.publish(*handshake.who, room));
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

std::vector<std::string> Endpoints::network_urls() const {
    std::vector<std::string> urls;
    std::lock_guard const lock{opening_};
    for (auto const& address : console::local_addresses())
        if (listens_on_all() || opened_.contains(address))
            urls.push_back(scheme() + console::url_host(address) + ":" + std::to_string(port()));
    return urls;
}

web::Reach Endpoints::reach() const {
    bool const is_local = console::is_loopback(config_.host) && !config_.test_endpoints;
    return {.network_urls = network_urls(),
            .tunnel_url = public_address_.url(),
            .can_open_network = is_local,
            .can_open_tunnel = config_.tls_certificate.empty() && !config_.test_endpoints && has_cloudflared()};
}

base::Result<void> Endpoints::open_network() {
    using base::Code;
    if (!reach().can_open_network) return base::Error{Code::conflict, "Where this server listens was chosen already."};
    std::lock_guard const lock{opening_};
    bool is_open = false;
    for (auto const& address : console::local_addresses()) {
        try {
            if (!opened_.contains(address)) listener_.also_on(address);
            opened_.insert(address);
            is_open = true;
            console::say("reachable at " + scheme() + console::url_host(address) + ":" + std::to_string(port()));
        } catch (std::system_error const& error) {
            base::log::warn("can't listen in a network", {{"address", address}, {"reason", error.code().message()}});
        }
    }
    if (is_open) return {};
    return base::Error{Code::conflict, "This computer is in no network that others could reach it through."};
}

web::OutwardHooks Endpoints::outward_hooks() {
    web::OutwardHooks hooks;
    auto& notifier = services_.notifier;
    hooks.settings = [&notifier] { return notifier.settings.shown(); };
    hooks.change = [&notifier](nlohmann::json const& members) { return notifier.settings.change(members); };
    hooks.test = [&notifier](std::string const& channel, base::UserId const& user) {
        return notifier.test(channel, user);
    };
    hooks.telegram_code = [&notifier](base::UserId const& user) { return notifier.people.code_for(user); };
    hooks.own = [&notifier](base::UserId const& user) {
        auto json = notifier.people.of(user).json();
        json["linked"] = json["chat"] != "";
        json.erase("chat");
        return json;
    };
    hooks.change_own = [&notifier](base::UserId const& user, nlohmann::json const& members) {
        return notifier.people.change(user, members);
    };
    return hooks;
}

web::SiteHooks Endpoints::site_hooks() {
    // Of members that come after the site, too: nobody asks before they are made.
    auto const sources = MetricSources{listener_,
                                       services_.announcer,
                                       services_.screening.counts(),
                                       services_.sanctions,
                                       services_.stages,
                                       services_.media,
                                       loop_watch_,
                                       storage_figures_,
                                       services_.sanctions_imposed,
                                       std::chrono::system_clock::now()};
    web::SiteHooks hooks;
    hooks.health = [sources](nlohmann::json& json) { add_health(json, sources); };
    hooks.metrics_text = [sources](base::Exposition& out) { add_metrics(out, sources); };
    hooks.metrics_json = [sources](nlohmann::json& json, bool in_full) { add_metrics(json, sources, in_full); };
    hooks.reach = [this] { return reach(); };
    hooks.open_network = [this] { return open_network(); };
    hooks.open_tunnel = [this] {
        auto shared = public_address_.share(port());
        // Our own cloudflared connects from this machine.
        if (shared) site_.trust_loopback();
        return shared;
    };
    hooks.live_page = &stream_;
    hooks.outward = outward_hooks();
    hooks.media = [this] {
        auto const& supervisor = services_.stream_supervisor;
        return nlohmann::json{{"installed", supervisor.is_installed()}, {"working", supervisor.working()}};
    };
    hooks.forward_event = [this](std::string const& event, nlohmann::json const& data, std::string const& name_space) {
        services_.monitor_announcer.forward(event, data, name_space);
    };
    return hooks;
}

}  // namespace soyuz::app
