#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "socketio/engine_server.hpp"
#include "socketio/socket.hpp"

namespace soyuz::socketio {

/// Why a connection to a namespace is refused, as the client's `connect_error` shows it.
struct ConnectRefusal {
    std::string message;
    nlohmann::json data = nullptr;  ///< left out where null
};

/// A client that wants to connect to a namespace.
struct ConnectRequest {
    nlohmann::json auth;     ///< what the client gave as `auth`: an object
    Opening const& opening;  ///< of its session, valid during the call
};

using ConnectDecision = std::variant<std::unique_ptr<SocketHandler>, ConnectRefusal>;
/// Says who may connect. Called on the session's loop and must not block; `decide` may be called later, once and from
/// any thread.
using ConnectRule = std::function<void(ConnectRequest, std::function<void(ConnectDecision)> decide)>;

/// The namespaces of a server. Filled before the first client comes, constant afterwards.
class Namespaces {
public:
    void add(std::string name, ConnectRule rule) { rules_.emplace(std::move(name), std::move(rule)); }
    ConnectRule const* find(std::string const& name) const {
        auto const found = rules_.find(name);
        return found == rules_.end() ? nullptr : &found->second;
    }

private:
    std::unordered_map<std::string, ConnectRule> rules_;
};

}  // namespace soyuz::socketio
