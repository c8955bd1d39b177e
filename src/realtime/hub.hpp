#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
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
#include "realtime/ended_sessions.hpp"
#include "realtime/followed_rooms.hpp"
#include "realtime/hub_shard.hpp"
#include "realtime/online_users.hpp"

namespace soyuz::realtime {

/// When an answer is sent.
enum class Delivery {
    with_group,  ///< with all that the group commit brings: only before the end of the group, which flushes
    at_once,     ///< no commit ends here
};

/// Who is connected, what they follow, and the fan-out to them. Connections are kept for each loop and touched only
/// there; what a group commit brought goes to each loop in one post.
class Hub {
public:
    Hub(std::vector<net::Loop*> loops, base::Clock const& clock);

    // Connections; on their loop.

    /// False when the session ended, or its user was put out, between its handshake and now: the socket is to be closed
    /// then.
    bool add(Connection& connection);
    void remove(Connection& connection);
    /// As HubShard's, and counted, so that publishers know which loops to post to.
    bool follow(Connection& connection, chat::Room const& room, base::Seq last, Dialect dialect = Dialect::native);
    bool follow(Connection& connection, base::RoomId const& id, std::string name, base::Seq last, Dialect dialect);
    bool unfollow(Connection& connection, base::RoomId const& room);
    HubShard& shard_of(Connection const& connection) { return *shards_[connection.handle.loop]; }

    // From any thread.

    /// Runs `work` on the connection's loop, unless it has gone by then.
    void with(Handle const& handle, std::function<void(Connection&)> work);
    /// Runs `work` on each loop.
    void everywhere(std::function<void(HubShard&)> work);
    /// Sends an answer, the text of one frame.
    void answer(Handle const& handle, std::string_view text, Delivery delivery);

    bool is_followed(base::RoomId const& room, Dialect dialect = Dialect::native) const {
        return followed_.contains(room, dialect);
    }
    /// Does anybody follow anything in this dialect? Costs no lock.
    bool is_spoken(Dialect dialect) const { return followed_.is_spoken(dialect); }
    /// Gathers an event, the text of one frame, until the next flush.
    void publish(base::RoomId const& room, std::string const& text, base::Seq seq = 0,
                 net::Importance importance = net::Importance::needed, Dialect dialect = Dialect::native);
    /// The same for a frame that is encoded already.
    void publish(Published event);
    /// Sends what has gathered since the last call.
    void flush();
    /// Waits while a loop is too far behind, no longer than `most`; not on a loop.
    void wait_for_loops(std::chrono::milliseconds most) { back_pressure_.wait(most); }

    /// A post was taken up, a post was answered: while some are under way, a pass over many followers waits for them.
    void post_begins() { posts_under_way_.fetch_add(1, std::memory_order_relaxed); }
    void post_ends() { posts_under_way_.fetch_sub(1, std::memory_order_relaxed); }

    /// Sockets of these sessions are not added any more; those that are there are the caller's to close.
    void refuse_sessions(std::unordered_set<chat::SessionId> const& ids) { ended_.add(ids); }

    /// Users whose connections are not to be opened now, as `refuse_sessions`. Set before the server starts.
    std::function<bool(base::UserId const&)> keeps_out;

    OnlineUsers& online() { return online_; }
    OnlineUsers const& online() const { return online_; }

    struct Figures {
        std::uint64_t connections = 0, deliveries = 0, dropped_events = 0;
    };
    Figures figures() const;

private:
    /// To one connection: as many frames as came in a row.
    struct Answer {
        Handle handle;
        std::string frames;
    };

    std::vector<net::Loop*> const loops_;
    std::atomic<std::int64_t> posts_under_way_{0};
    std::vector<std::unique_ptr<HubShard>> shards_;
    std::vector<std::unique_ptr<DeliveryBatch>> batches_;
    FollowedRooms followed_;
    OnlineUsers online_;
    EndedSessions ended_;
    BackPressure back_pressure_;

    std::mutex flush_mutex_;  ///< held while posting, so that loops get flushes in their order
    std::mutex pending_mutex_;
    std::array<std::vector<Published>, dialect_count> pending_events_;  ///< a row of a room stays one in each dialect
    std::vector<std::vector<Answer>> pending_answers_;                  ///< for each loop
};

}  // namespace soyuz::realtime
