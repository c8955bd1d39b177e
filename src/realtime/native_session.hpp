#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "base/token_bucket.hpp"
#include "chat/messages/messages.hpp"
#include "chat/rooms/rooms.hpp"
#include "net/websocket.hpp"
#include "realtime/connection.hpp"
#include "realtime/hub.hpp"
#include "realtime/native_gateway.hpp"
#include "realtime/post_command.hpp"
#include "realtime/room_news.hpp"

namespace soyuz::realtime {

/// One connection in the native dialect. Lives on one loop.
class NativeSession final : public net::WebSocketHandler, public Connection {
public:
    NativeSession(NativeGateway& gateway, chat::Sessions::Identity const& who, std::string address);

    void opened(net::WebSocket& socket) override;
    void text(std::string_view message) override;
    void binary(std::string_view message) override;
    void closed(std::uint16_t code) override;

    // For the commands.

    NativeGateway::Services const& services() const { return gateway_.services(); }
    Hub& hub() const { return services().hub; }
    chat::Author author() const { return {user, address_, gateway_.options().rate_limits}; }
    Audience* followed(std::string_view name_or_id) const { return hub().shard_of(*this).followed(*this, name_or_id); }

    void send_json(std::string_view json) { send(net::encode_text(json)); }
    void acknowledge(std::string_view ref);
    void refuse(std::string_view ref, base::Error const& error);

    /// Counts what is under way as so many commands more.
    void charge(std::size_t commands);
    /// Counts a change that other people hear of; false, and refused, where the user has made too many.
    bool may_change(std::string_view ref);

    /// Follows a room from its place `after` on, or from now on; becomes a member of a public one first.
    void join(std::string_view name, std::optional<base::Seq> after, std::string const& ref);

private:
    void run(std::string_view message);
    bool within_budget(std::string_view ref);
    bool has_budget();
    void join_as_member(chat::RoomPtr const& room, std::optional<base::Seq> after, std::string const& ref);
    void become_member(chat::RoomPtr const& room, std::optional<base::Seq> after, std::string const& ref);
    void catch_up(chat::RoomPtr const& room, base::Seq after, base::Seq last, std::string const& ref);
    void caught_up(chat::Room const& room, std::uint64_t ticket, Missed const& missed, bool complete,
                   std::string const& ref);
    std::string joined(chat::Room const& room, std::string_view ref);
    void resume();

    NativeGateway& gateway_;
    std::string const address_;
    base::TokenBucket budget_;
    std::uint32_t refused_ = 0;  ///< commands over the budget, less those within it
    /// Commands that came while the session waits to become a member: they run in their order afterwards.
    std::unique_ptr<std::deque<std::string>> waiting_;
    std::size_t waiting_bytes_ = 0;
};

/// Runs one command; commands are listed in native_commands.cpp. Answers malformed ones with an error.
void run_native_command(NativeSession& session, nlohmann::json const& command, std::string const& ref);
/// The same for the command that comes most.
void run_post_command(NativeSession& session, PostCommand command);
/// The types of all commands that there are.
std::vector<std::string_view> native_command_types();

}  // namespace soyuz::realtime
