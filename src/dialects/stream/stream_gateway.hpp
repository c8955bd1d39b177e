#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/desk/kicks.hpp"
#include "chat/message.hpp"
#include "chat/room.hpp"
#include "chat/sessions/session_observer.hpp"
#include "chat/sessions/sessions.hpp"
#include "net/websocket.hpp"
#include "web/services.hpp"

namespace soyuz::base {
class Workers;
}
namespace soyuz::chat {
class Accounts;
class Messages;
class Rooms;
}  // namespace soyuz::chat
namespace soyuz::live {
class Stages;
struct Gift;
}  // namespace soyuz::live
namespace soyuz::moderation {
class Sanctions;
}
namespace soyuz::net {
class Loop;
}
namespace soyuz::realtime {
class Hub;
}

namespace soyuz::dialects::stream {

class StreamSession;

/// Clients of one live page: `/ws/{username}?token=`, JSON with `type`, in the default live room. Each event is encoded
/// once for all of them. Thread-safe; each session lives on its loop.
class StreamGateway final : public chat::SessionObserver, public web::LivePage {
public:
    static constexpr std::string_view room_name = "live";

    struct Services {
        realtime::Hub& hub;  ///< they count as online there
        chat::Accounts const& accounts;
        chat::Sessions& sessions;
        chat::Rooms& rooms;
        chat::Messages& messages;
        moderation::Sanctions const& sanctions;
        chat::Kicks const& kicks;
        live::Stages& stages;
        base::Workers& workers;
        base::Clock const& clock;
    };
    struct Options {
        bool rate_limits = true;
        std::size_t most_sockets = 20'000;
    };
    StreamGateway(Services services, Options options, std::vector<net::Loop*> loops);
    ~StreamGateway() override;

    /// Takes every handshake: whoever may not stay is told so by the code that closes the socket.
    net::WebSocketAccept accept(std::string username, std::string_view token, std::string address);

    base::Result<chat::RoomPtr> room() override;

    void message_posted(chat::Room const& room, chat::MessagePtr const& message);
    void gift_given(live::Gift const& gift);
    void sessions_ended(std::vector<chat::Session> const& sessions, chat::SessionEnd why) override;
    std::size_t kicked(chat::Kick const& kick) override;

    std::size_t tell_muted(base::UserId const& user, base::Error const& error) override;

    // For sessions, on their loop.

    Services const& services() const { return services_; }
    Options const& options() const { return options_; }
    bool enter(StreamSession& session, std::size_t loop);  ///< false where the server is full
    void leave(StreamSession& session, std::size_t loop);
    /// Runs `work` on the loop with the session, unless it has gone by then.
    void with(std::size_t loop, StreamSession const* session, std::uint64_t number,
              std::function<void(StreamSession&)> work);

private:
    struct Shard;

    void everywhere(std::function<void(StreamSession&)> const& visit);
    std::size_t sockets_of(base::UserId const& user) const;

    Services const services_;
    Options const options_;
    std::vector<net::Loop*> const loops_;
    std::vector<std::unique_ptr<Shard>> shards_;
    std::atomic<std::size_t> open_{0};

    mutable std::mutex mutex_;  ///< guards what follows
    base::RoomId room_id_;
    std::unordered_map<base::UserId, std::size_t> sockets_;
};

}  // namespace soyuz::dialects::stream
