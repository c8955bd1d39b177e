#include "app/socketio_paths.hpp"

#include <utility>

#include "app/server_options.hpp"
#include "dialects/monitor/monitor_events.hpp"
#include "dialects/native_polling.hpp"
#include "socketio/socket_client.hpp"
#include "socketio/test_endpoints.hpp"

namespace soyuz::app {

namespace {

constexpr std::size_t no_limit = 1'000'000;

socketio::EngineOptions engine_options(Config const& config, chat::Settings const& settings) {
    socketio::EngineOptions options;
    options.ping_interval = config.engine_ping_interval;
    options.ping_timeout = config.engine_ping_timeout;
    options.max_payload = config.engine_max_payload;
    options.sessions_per_address = [&config, &settings] {
        return config.rate_limits ? settings.get()->connections_per_address : no_limit;
    };
    return options;
}

/// For pages of our own, which poll and no more.
socketio::EngineOptions poll_options(Config const& config, chat::Settings const& settings) {
    auto options = engine_options(config, settings);
    options.ping_interval = socketio::EngineOptions{}.ping_interval;
    options.ping_timeout = socketio::EngineOptions{}.ping_timeout;
    options.max_payload = std::size_t{128} << 10U;
    return options;
}

socketio::Opening opening_of(web::Handshake const& handshake) {
    auto who = handshake.who ? std::make_shared<chat::Sessions::Identity const>(*handshake.who) : nullptr;
    return {handshake.address, handshake.limit_key, handshake.query, std::move(who)};
}

web::SocketPath path_of(socketio::EngineServer& server, web::ForeignOrigins foreign_origins) {
    web::SocketPath path;
    path.needs_session = false;
    path.foreign_origins = foreign_origins;
    path.counts_account = false;
    path.open = [&server](web::Handshake const& handshake) { return server.upgrade(opening_of(handshake)); };
    path.request = [&server](net::HttpRequest request, web::Handshake const& handshake, web::HeaderList headers,
                             net::Respond respond) {
        server.request(std::move(request), opening_of(handshake), std::move(headers), std::move(respond));
    };
    path.max_body = server.max_payload();
    return path;
}

}  // namespace

SocketioPaths::SocketioPaths(Config const& config, ChatServices& services, realtime::NativeGateway& native, Admit admit)
    : config_(config),
      native_(native),
      admit_(std::move(admit)),
      gateway_({services.announcer.hub(), services.announcer.news(), services.accounts, services.rooms,
                services.messages, services.screening, services.changes, services.sessions,
                services.dialect_announcer.events(), services.workers, services.watch, services.clock, admit_},
               dialect_options(config)),
      namespaces_(namespaces()),
      server_(services.loops, engine_options(config, services.settings), services.clock,
              [this](socketio::Opening opening) { return client(std::move(opening)); }),
      polls_(services.loops, poll_options(config, services.settings), services.clock,
             [this](socketio::Opening const& opening) { return native_client(opening); }) {
    if (!config.test_endpoints) return;
    echo_.emplace(services.loops, engine_options(config, services.settings), services.clock,
                  [](socketio::Opening const&) { return socketio::echo_handler(); });
}

std::unique_ptr<socketio::EngineHandler> SocketioPaths::native_client(socketio::Opening const& opening) {
    auto const& who = *std::static_pointer_cast<chat::Sessions::Identity const>(opening.who);
    return std::make_unique<dialects::NativePolling>(native_.accept(who, opening.address).handler,
                                                     [this, user = who.user] { return admit_(*user); });
}

socketio::Namespaces SocketioPaths::namespaces() {
    using realtime::Dialect;
    socketio::Namespaces namespaces;
    namespaces.add(std::string{dialects::monitor::notifications_name_space},
                   gateway_.rule(Dialect::monitor_notifications));
    namespaces.add(std::string{dialects::monitor::messages_name_space}, gateway_.rule(Dialect::monitor_messages));
    if (!config_.test_endpoints) {
        namespaces.add("/", gateway_.rule());
        return namespaces;
    }
    namespaces.add("/", gateway_.rule({}, socketio::test_rule()));
    namespaces.add("/custom", socketio::test_rule());
    return namespaces;
}

std::unique_ptr<socketio::EngineHandler> SocketioPaths::client(socketio::Opening opening) {
    return std::make_unique<socketio::SocketClient>(namespaces_, std::move(opening), config_.engine_max_payload);
}

void SocketioPaths::add_to(std::map<std::string, web::SocketPath>& paths) {
    using web::ForeignOrigins;
    paths["/socket.io/"] = path_of(server_, echo_ ? ForeignOrigins::any : ForeignOrigins::readers);
    auto polls = path_of(polls_, ForeignOrigins::none);
    polls.needs_session = true;
    paths["/ws/poll"] = std::move(polls);
    if (echo_) paths["/engine.io/"] = path_of(*echo_, ForeignOrigins::any);
}

void SocketioPaths::end_all() {
    server_.end_all();
    polls_.end_all();
    if (echo_) echo_->end_all();
}

}  // namespace soyuz::app
