#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "net/websocket.hpp"
#include "socketio/packet.hpp"

namespace soyuz::socketio {

/// What a client emitted. `arguments` is an array without the name; a binary one stands there as the placeholder
/// {"_placeholder":true,"num":N} for `attachments[N]`.
struct Event {
    std::string name;
    nlohmann::json arguments;
    std::vector<std::string> attachments;
    std::optional<std::uint64_t> ack;  ///< asks for an acknowledgement
};

/// One connection to a namespace: what it sends. Lives on its session's loop.
class Socket {
public:
    /// Answers of clients that are waited for; more are not asked.
    static constexpr std::size_t max_asked = 100;

    Socket(net::WebSocket& session, std::string name_space, std::string id)
        : session_(session), name_space_(std::move(name_space)), id_(std::move(id)) {}

    std::string const& id() const { return id_; }
    std::string const& name_space() const { return name_space_; }
    /// Carries encoded packets of any namespace.
    net::WebSocket& session() { return session_; }

    void emit(std::string_view name, nlohmann::json const& arguments, std::vector<std::string> const& attachments = {});
    void acknowledge(std::uint64_t ack, nlohmann::json const& arguments,
                     std::vector<std::string> const& attachments = {});
    /// Emits and hands the client's acknowledgement to `answered`. False where too many are waited for.
    bool ask(std::string_view name, nlohmann::json const& arguments,
             std::function<void(nlohmann::json const&)> answered);
    /// The client's acknowledgement `ack` came.
    void answered(std::uint64_t ack, nlohmann::json const& arguments);

private:
    void send(PacketKind kind, std::optional<std::uint64_t> id, nlohmann::json const& data,
              std::vector<std::string> const& attachments);
    void send_event(std::string_view name, nlohmann::json const& arguments, std::optional<std::uint64_t> ack,
                    std::vector<std::string> const& attachments);

    net::WebSocket& session_;
    std::string const name_space_;
    std::string const id_;
    std::uint64_t next_ack_ = 0;
    std::deque<std::pair<std::uint64_t, std::function<void(nlohmann::json const&)>>> asked_;
};

/// What is made of a namespace's connection: one object a connection, called on its loop. Must not block.
class SocketHandler {
public:
    virtual ~SocketHandler() = default;
    /// What the client may come back with after its connection broke off; "" where that makes no difference.
    virtual std::string recovery_id() const { return {}; }
    virtual void connected(Socket& socket) = 0;
    virtual void event(Event event) = 0;
    /// Last call; the object goes in a later turn.
    virtual void disconnected(std::string_view reason) = 0;
};

}  // namespace soyuz::socketio
