#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "socketio/engine_server.hpp"
#include "socketio/namespaces.hpp"
#include "socketio/packet_reader.hpp"
#include "socketio/socket.hpp"

namespace soyuz::socketio {

/// One client of Socket.IO over a session of Engine.IO: reads packets, connects it to namespaces, hands events on.
/// Lives on the session's loop.
class SocketClient final : public EngineHandler {
public:
    static constexpr std::size_t max_name_spaces = 8;
    /// Of a session: who connects and leaves again and again opens another one, which is counted.
    static constexpr std::uint64_t max_attempts = 100;
    /// For a client to connect to a namespace; one that doesn't is no client.
    static constexpr std::chrono::seconds connect_time{45};

    SocketClient(Namespaces const& namespaces, Opening opening, std::size_t max_payload)
        : namespaces_(namespaces), opening_(std::move(opening)), reader_(max_payload) {}

    void opened(EngineSession& session) override;
    bool text(std::string_view message) override;
    bool binary(std::string_view bytes) override;
    void tick(Moment now) override;
    void closed(std::string_view reason) override;

private:
    struct Connected {
        std::unique_ptr<Socket> socket;
        std::unique_ptr<SocketHandler> handler;  ///< none while it is being decided
        std::uint64_t attempt = 0;
    };

    bool run(PacketReader::Outcome outcome);
    bool take(WholePacket packet);
    bool connect(WholePacket packet);
    void decided(std::string const& name_space, std::uint64_t attempt, ConnectDecision decision);
    bool disconnect(std::string const& name_space);
    Connected* find(std::string_view name_space);
    void let_go(std::vector<Connected> gone, std::string_view reason);
    void refuse(std::string const& name_space, ConnectRefusal const& refusal);

    Namespaces const& namespaces_;
    Opening const opening_;
    PacketReader reader_;
    EngineSession* session_ = nullptr;
    std::vector<Connected> connected_;
    std::uint64_t next_attempt_ = 1;
    Moment connect_by_{};
};

}  // namespace soyuz::socketio
