#include "app/socketio_paths.hpp"

#include <memory>
#include <utility>

#include "socketio/socket_client.hpp"
#include "socketio/test_endpoints.hpp"

namespace soyuz::app {

namespace {

socketio::EngineOptions engine_options(Config const& config) {
    socketio::EngineOptions options;
    options.ping_interval = config.engine_ping_interval;
    options.ping_timeout = config.engine_ping_timeout;
    options.max_payload = config.engine_max_payload;
    return options;
}

web::SocketPath path_of(socketio::EngineServer& server) {
    auto const opening = [](web::Handshake const& handshake) {
        return socketio::Opening{handshake.address, handshake.query};
    };
    web::SocketPath path;
    path.needs_session = false;
    path.any_origin = true;
    path.open = [&server, opening](web::Handshake const& handshake) { return server.upgrade(opening(handshake)); };
    path.request = [&server, opening](net::HttpRequest request, web::Handshake const& handshake,
                                      web::HeaderList headers, net::Respond respond) {
        server.request(std::move(request), opening(handshake), std::move(headers), std::move(respond));
    };
    path.max_body = server.max_payload();
    return path;
}

}  // namespace

SocketioPaths::SocketioPaths(Config const& config, net::Loops& loops, base::Clock const& clock)
    : namespaces_(socketio::test_namespaces()),
      echo_(loops, engine_options(config), clock, [](socketio::Opening) { return socketio::echo_handler(); }),
      server_(loops, engine_options(config), clock, [this](socketio::Opening opening) {
          return std::make_unique<socketio::SocketClient>(namespaces_, std::move(opening), server_.max_payload());
      }) {}

void SocketioPaths::add_to(std::map<std::string, web::SocketPath>& paths) {
    paths["/engine.io/"] = path_of(echo_);
    paths["/socket.io/"] = path_of(server_);
}

void SocketioPaths::end_all() {
    echo_.end_all();
    server_.end_all();
}

}  // namespace soyuz::app
