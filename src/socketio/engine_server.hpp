#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "net/http_message.hpp"
#include "net/websocket.hpp"
#include "socketio/engine_session.hpp"
#include "socketio/engine_shard.hpp"

namespace soyuz::net {
class Loops;
}

namespace soyuz::socketio {

/// How a session begins: from where, and with which query.
struct Opening {
    std::string address;    ///< the client's own
    std::string limit_key;  ///< what its sessions are counted by: the address, or its network
    std::string query;
    std::shared_ptr<void const> who = nullptr;  ///< whom the handshake shows, as those who set the server up know them
};

/// Engine.IO 4 on one path: sessions by polling and by WebSocket, and the change from the one to the other.
///
/// Thread-safe. Every session lives on one loop; a poll that comes to another loop is posted there.
class EngineServer {
public:
    using MakeHandler = std::function<std::unique_ptr<EngineHandler>(Opening)>;

    EngineServer(net::Loops& loops, EngineOptions options, base::Clock const& clock, MakeHandler make_handler);
    ~EngineServer();

    /// A GET or POST of a polling client. `headers` go with every answer.
    void request(net::HttpRequest request, Opening opening, Headers headers, net::Respond respond);
    /// An upgrade: a session by WebSocket alone, or one that takes over from polling.
    std::variant<net::HttpResponse, net::WebSocketAccept> upgrade(Opening opening);
    std::size_t max_payload() const { return options_.max_payload; }
    /// Ends all sessions: the server stops.
    void end_all();

    // For the transports.
    std::shared_ptr<EngineSession> make_session(net::Loop& loop, Opening opening);
    Moment now() const { return clock_.moment(); }

private:
    std::shared_ptr<EngineSession> find(std::string_view id) const;
    bool has_room_for(std::string const& limit_key) const;
    void forget(EngineSession const& session);
    net::Loop& next_loop();

    net::Loops& loops_;
    EngineOptions const options_;
    base::Clock const& clock_;
    MakeHandler const make_handler_;
    std::vector<std::shared_ptr<EngineShard>> shards_;

    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::shared_ptr<EngineSession>> sessions_;
    std::unordered_map<std::string, std::size_t> by_limit_key_;
    std::size_t next_loop_ = 0;
};

}  // namespace soyuz::socketio
