#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/sessions/sessions.hpp"
#include "net/loop.hpp"
#include "realtime/back_pressure.hpp"
#include "realtime/connection.hpp"
#include "realtime/delivery_batch.hpp"
#include "realtime/hub_shard.hpp"
#include "realtime/online_users.hpp"
#include "realtime/typing.hpp"

namespace soyuz::realtime {

/// Who is connected, what they follow, and the fan-out to them. Connections are kept for each loop and touched only
/// there.
class Hub {
public:
    Hub(std::vector<net::Loop*> loops, chat::Accounts const& accounts, chat::Rooms& rooms, base::Clock const& clock);

    // Connections; on their loop.

    /// False when the session ended between its handshake and now: the socket is to be closed then.
    bool add(Connection& connection);
    void remove(Connection& connection);
    /// As HubShard's, and counted, so that publishers know which loops to post to.
    bool follow(Connection& connection, chat::Room const& room, base::Seq last);
    bool unfollow(Connection& connection, base::RoomId const& room);
    HubShard& shard(std::uint32_t loop) { return *shards_[loop]; }
    HubShard& shard_of(Connection const& connection) { return *shards_[connection.handle.loop]; }

    // From any thread.

    /// Runs `work` on the connection's loop, unless it has gone by then.
    void with(Handle const& handle, std::function<void(Connection&)> work);
    /// Sends an answer, a JSON text: from the committer's thread together with all that the group commit brings, else
    /// at once.
    void answer(Handle const& handle, std::string_view json);
    bool on_own_loop(Handle const& handle) const { return loops_[handle.loop]->is_current_thread(); }

    bool is_followed(base::RoomId const& room) const;
    /// Gathers an event until the next flush.
    void publish(base::RoomId const& room, std::string const& json, base::Seq seq = 0,
                 net::Importance importance = net::Importance::needed);
    void flush();
    void everywhere(std::function<void(HubShard&)> work);
    void typing(base::RoomId const& room, std::string const& username, bool on);
    void read_moved(chat::Room const& room, std::string const& username, base::Seq seq);

    /// Members of a room who are online; for large rooms up to a second old.
    std::size_t online_in(chat::Room const& room);
    void room_of_user_changed(base::RoomId const& room, std::string const& username, bool joined);

    /// Runs every second on the first loop: presence, reads, typists who stopped.
    void tick();

    chat::Accounts const& accounts_;
    chat::Rooms& rooms_;
    base::Clock const& clock_;
    std::atomic<std::thread::id> committer_;     ///< the thread that flushes after each group
    std::atomic<std::int64_t> on_their_way_{0};  ///< posts that were taken up and not yet answered
    OnlineUsers online_;
    BackPressure back_pressure_;

private:
    /// To one connection: as many frames as came in a row.
    struct Answer {
        Handle handle;
        std::string frames;
    };
    struct Topic {
        std::vector<std::uint32_t> followers;  ///< on each loop
        std::size_t online = 0;
        base::Moment online_counted{};
    };
    struct PresenceNews {
        std::vector<std::string> joined, left;
    };

    void schedule_tick();
    void send_typing();
    void send_presence();
    void send_reads();
    void count_follower(base::RoomId const& room, std::uint32_t loop);
    void discount_follower(base::RoomId const& room, std::uint32_t loop);
    void note(base::UserId const& user, bool came, std::unordered_map<base::RoomId, PresenceNews>& news) const;

    std::vector<net::Loop*> const loops_;
    std::vector<std::unique_ptr<HubShard>> shards_;
    std::vector<std::unique_ptr<DeliveryBatch>> batches_;
    Typing typing_;

    mutable std::mutex topics_mutex_;
    std::unordered_map<base::RoomId, Topic> topics_;

    std::mutex flush_mutex_;  ///< held while posting, so that loops get flushes in their order
    std::mutex pending_mutex_;
    std::vector<Published> pending_events_;
    std::vector<std::vector<Answer>> pending_answers_;  ///< for each loop
    bool typing_scheduled_ = false;

    std::mutex news_mutex_;
    std::unordered_map<base::RoomId, PresenceNews> news_;
    std::unordered_map<base::RoomId, std::unordered_map<std::string, base::Seq>> reads_;

    /// Sessions that ended a moment ago: a handshake that they had passed before finds itself here.
    mutable std::mutex ended_mutex_;
    std::deque<std::pair<base::Moment, chat::SessionId>> ended_;
    std::unordered_set<chat::SessionId> ended_ids_;

    friend class Announcer;
};

}  // namespace soyuz::realtime
