#include "socketio/socket_client.hpp"

#include <algorithm>
#include <utility>

#include "base/ids.hpp"
#include "base/json.hpp"
#include "net/loop.hpp"
#include "socketio/engine_session.hpp"

namespace soyuz::socketio {

void SocketClient::opened(EngineSession& session) { session_ = &session; }

bool SocketClient::text(std::string_view message) { return run(reader_.text(message)); }

bool SocketClient::binary(std::string_view bytes) { return run(reader_.binary(bytes)); }

bool SocketClient::run(PacketReader::Outcome outcome) {
    if (outcome == PacketReader::Outcome::complete) return take(reader_.take());
    return outcome == PacketReader::Outcome::unfinished;
}

void SocketClient::tick(Moment now) {
    if (connect_by_ == Moment{}) connect_by_ = now + connect_time;
    if (connected_.empty() && now >= connect_by_) session_->close(1008, "no namespace was joined");
}

void SocketClient::closed(std::string_view reason) {
    let_go(std::exchange(connected_, {}), reason);
    session_ = nullptr;
}

bool SocketClient::take(WholePacket packet) {
    if (packet.kind == PacketKind::connect) return connect(std::move(packet));
    if (packet.kind == PacketKind::disconnect) return disconnect(packet.name_space);
    auto* const found = find(packet.name_space);
    if (found == nullptr) return false;
    if (!found->handler) return true;  // nobody speaks before the answer: it was meant for an earlier connection
    if (is_ack(packet.kind)) {
        found->socket->answered(*packet.id, packet.data);
        return true;
    }
    Event event;
    event.name = packet.data[0].is_string() ? packet.data[0].get<std::string>() : packet.data[0].dump();
    packet.data.erase(packet.data.begin());
    event.arguments = std::move(packet.data);
    event.attachments = std::move(packet.attachments);
    event.ack = packet.id;
    auto& handler = *found->handler;
    handler.event(std::move(event));
    return true;
}

bool SocketClient::connect(WholePacket packet) {
    auto const& name_space = packet.name_space;
    if (find(name_space) != nullptr || connected_.size() >= max_name_spaces) return false;
    if (next_attempt_ > max_attempts) return false;
    auto const* const rule = namespaces_.find(name_space);
    auto const attempt = next_attempt_++;
    if (rule == nullptr) {
        refuse(name_space, {"Invalid namespace"});
        return true;
    }
    connected_.push_back(
        {std::make_unique<Socket>(*session_, name_space, base::random_id() + base::random_id()), {}, attempt});
    auto auth = packet.data.is_null() ? nlohmann::json::object() : std::move(packet.data);
    (*rule)({std::move(auth), opening_},
            [this, weak = session_->weak_from_this(), name_space, attempt](ConnectDecision decision) {
                auto const session = weak.lock();
                if (!session) return;
                // Copied into the post by way of a shared pointer: functions must be copyable.
                auto const shared = std::make_shared<ConnectDecision>(std::move(decision));
                auto work = [this, session, name_space, attempt, shared] {
                    if (!session->is_over()) decided(name_space, attempt, std::move(*shared));
                };
                if (session->loop().is_current_thread()) return work();
                session->loop().post(std::move(work));
            });
    return true;
}

void SocketClient::decided(std::string const& name_space, std::uint64_t attempt, ConnectDecision decision) {
    if (session_ == nullptr) return;
    auto* const found = find(name_space);
    if (found == nullptr || found->attempt != attempt) return;
    if (auto const* refusal = std::get_if<ConnectRefusal>(&decision)) {
        std::erase_if(connected_, [&](auto const& each) { return each.attempt == attempt; });
        return refuse(name_space, *refusal);
    }
    auto& socket = *found->socket;
    found->handler = std::get<std::unique_ptr<SocketHandler>>(std::move(decision));
    auto const recovery_id = found->handler->recovery_id();
    auto json = R"({"sid":")" + socket.id() + "\"";
    if (!recovery_id.empty()) json += R"(,"pid":")" + recovery_id + "\"";
    json += '}';
    session_->send(encode_packet({.kind = PacketKind::connect, .name_space = name_space, .json = json}));
    auto& handler = *found->handler;
    handler.connected(socket);
}

bool SocketClient::disconnect(std::string const& name_space) {
    auto* const found = find(name_space);
    if (found == nullptr) return true;
    std::vector<Connected> gone;
    gone.push_back(std::move(*found));
    connected_.erase(connected_.begin() + (found - connected_.data()));
    let_go(std::move(gone), "client namespace disconnect");
    return true;
}

void SocketClient::let_go(std::vector<Connected> gone, std::string_view reason) {
    for (auto& each : gone)
        if (each.handler) each.handler->disconnected(reason);
    // What ended the connection may have been said in the middle of its own work.
    session_->loop().post([kept = std::make_shared<std::vector<Connected>>(std::move(gone))] {});
}

SocketClient::Connected* SocketClient::find(std::string_view name_space) {
    auto const found = std::find_if(connected_.begin(), connected_.end(),
                                    [&](auto const& each) { return each.socket->name_space() == name_space; });
    return found == connected_.end() ? nullptr : &*found;
}

void SocketClient::refuse(std::string const& name_space, ConnectRefusal const& refusal) {
    nlohmann::json json{{"message", refusal.message}};
    if (!refusal.data.is_null()) json["data"] = refusal.data;
    auto const text = base::to_text(json);
    session_->send(encode_packet({.kind = PacketKind::connect_error, .name_space = name_space, .json = text}));
}

}  // namespace soyuz::socketio
