#include "socketio/engine_socket.hpp"

#include <utility>

#include "net/loop.hpp"
#include "socketio/engine_server.hpp"

namespace soyuz::socketio {

EngineSocket::EngineSocket(EngineServer& server, Opening opening)
    : server_(server), opening_(std::make_unique<Opening>(std::move(opening))) {}

EngineSocket::EngineSocket(EngineServer& server, std::shared_ptr<EngineSession> session)
    : server_(server), session_(std::move(session)) {}

EngineSocket::~EngineSocket() = default;

void EngineSocket::opened(net::WebSocket& socket) {
    link_->loop = &socket.loop();
    link_->socket = &socket;
    if (opening_) {
        session_ = server_.make_session(socket.loop(), std::move(*opening_));
        opening_ = nullptr;
        return session_->begin(link_);
    }
    on_session([session = session_, link = link_, now = server_.now()] {
        if (session->probe(link, now)) return;
        link->loop->post([link] {
            if (link->socket != nullptr) link->socket->close(1008, "session unknown");
        });
    });
}

void EngineSocket::text(std::string_view message) {
    if (&session_->loop() == link_->loop) return session_->socket_text(*link_, message, server_.now());
    on_session([session = session_, link = link_, text = std::string{message}, now = server_.now()] {
        session->socket_text(*link, text, now);
    });
}

void EngineSocket::binary(std::string_view bytes) {
    if (&session_->loop() == link_->loop) return session_->socket_binary(*link_, bytes);
    on_session([session = session_, link = link_, copy = std::string{bytes}] { session->socket_binary(*link, copy); });
}

void EngineSocket::closed(std::uint16_t) {
    link_->socket = nullptr;
    if (session_) on_session([session = session_, link = link_] { session->socket_closed(*link); });
}

void EngineSocket::on_session(std::function<void()> work) {
    auto& loop = session_->loop();
    if (&loop == link_->loop) return work();
    loop.post(std::move(work));
}

}  // namespace soyuz::socketio
