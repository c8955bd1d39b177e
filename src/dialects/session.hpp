#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "base/token_bucket.hpp"
#include "chat/messages/messages.hpp"
#include "chat/rooms/rooms.hpp"
#include "dialects/gateway.hpp"
#include "dialects/monitor/monitor_events.hpp"
#include "realtime/connection.hpp"
#include "realtime/hub.hpp"
#include "socketio/socket.hpp"

namespace soyuz::dialects {

/// Where the outcome of an event goes, beside the events that tell of it: the acknowledgement that was asked for.
using Reply = std::optional<std::uint64_t>;

/// One connection to `/socket.io/`, in one of the dialects. Lives on its session's loop.
class Session final : public socketio::SocketHandler, public realtime::Connection {
public:
    /// `dialect`: none where the client's first events say. `place` is kept for as long as the connection lasts.
    Session(Gateway& gateway, chat::Sessions::Identity const& who, std::string address,
            std::optional<realtime::Dialect> dialect, std::shared_ptr<void> place);

    /// Before it is connected: goes on as the connection `id` that broke off, with what came after `number`.
    void recover(std::string id, LeftConnection left, std::uint64_t number);

    std::string recovery_id() const override { return recovery_id_; }
    void connected(socketio::Socket& socket) override;
    void event(socketio::Event event) override;
    void disconnected(std::string_view reason) override;
    void hear(realtime::AccountNews const& news) override;

    // For the events' functions.

    Gateway::Services const& services() const { return gateway_.services(); }
    Gateway::Options const& options() const { return gateway_.options(); }
    realtime::Hub& hub() const { return services().hub; }
    chat::Author author() const { return {user, address_, options().rate_limits}; }
    realtime::Audience* followed(std::string_view name_or_id) const {
        return hub().shard_of(*this).followed(*this, name_or_id);
    }

    /// `text` is that of a frame in the namespace "/".
    void send_text(std::string_view text) {
        send(net::encode_text(monitor::in_name_space(std::string{text}, name_space())));
    }
    /// "" for "/".
    std::string_view name_space() const { return monitor::name_space_of(dialect); }
    void succeed(Reply reply);
    void refuse(Reply reply, base::Error const& error);
    void charge(std::size_t events);
    /// Counts a change that others are told of; false, and refused, where the user has made too many.
    bool may_change(Reply reply);

    /// Runs `then` once the user is a member of the room; joins a public one first.
    using WithRoom = std::function<void(Session&, chat::RoomPtr const&)>;
    void as_member(chat::RoomPtr const& room, Reply reply, WithRoom then);
    /// Runs `then` with the direct room of the user and `other`, which is made on first use.
    void in_direct_room(chat::UserPtr const& other, Reply reply, WithRoom then);
    /// Follows a room from now on, in this dialect alone.
    void follow(chat::Room const& room, realtime::Dialect in);
    /// Becomes a client of the one room, where it didn't say before what it is.
    void become_room_client();
    /// The same of watched streams.
    void become_monitor_client();

private:
    void run(socketio::Event const& event);
    bool within_budget(Reply reply);
    /// Has `work` done by a worker and `then` with what it gives; events that come meanwhile wait.
    void wait_for(Reply reply, std::function<base::Result<chat::RoomPtr>()> work, WithRoom then);
    void resume();
    void follow_topics();
    void follow_again();
    bool may_follow(base::RoomId const& room) const;
    void unfollow_all();

    Gateway& gateway_;
    std::string const address_;
    std::shared_ptr<void> const place_;
    bool dialect_is_open_;  ///< not said yet
    base::TokenBucket budget_;
    std::string recovery_id_;  ///< the client comes back with it
    struct Recovery {
        LeftConnection left;
        std::uint64_t number;
    };
    std::unique_ptr<Recovery> recovery_;
    std::uint32_t refused_ = 0;  ///< events over the budget, less those within it
    std::unique_ptr<std::deque<socketio::Event>> waiting_;
};

}  // namespace soyuz::dialects
