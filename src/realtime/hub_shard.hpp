#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "chat/rooms/rooms.hpp"
#include "net/websocket.hpp"
#include "realtime/connection.hpp"

namespace soyuz::realtime {

/// One event for those who follow a room, encoded.
struct Published {
    base::RoomId room;
    base::Seq seq = 0;  ///< place of a new message; 0 for all other events
    net::SharedFrame frame;
    net::Importance importance = net::Importance::needed;
    Dialect dialect = Dialect::native;
};

/// What a connection missed of a room, with the place of each message.
using Missed = std::vector<std::pair<base::Seq, net::SharedFrame>>;

/// Live events that wait until the missed messages before them have been sent.
struct Backlog {
    std::uint64_t ticket = 0;
    std::vector<Published> events;
    base::Seq newest = 0;  ///< of all that came, also of what no longer fitted
    bool overflowed = false;
};

struct Follower {
    Connection* connection = nullptr;
    base::Seq last = 0;  ///< newest message that was sent or skipped: what comes again is left out
    std::unique_ptr<Backlog> backlog;
};

/// Those on one loop who follow a room in one dialect. What concerns an account, or all who speak a dialect, has an
/// audience too, under an id that no room has.
struct Audience {
    base::RoomId room;
    std::string name;
    Dialect dialect = Dialect::native;
    std::vector<Follower> followers;
};

/// The hub's part on one loop: its connections and what they follow. Not thread-safe: only the loop's thread calls it,
/// so nothing here needs a lock.
class HubShard {
public:
    /// More live events than this are not held back for one connection: it is told to fetch history instead.
    static constexpr std::size_t max_backlog = 1000;

    explicit HubShard(std::uint32_t loop) : loop_(loop) {}

    void add(Connection& connection);
    /// Returns what it followed.
    std::vector<std::pair<Dialect, base::RoomId>> remove(Connection& connection);
    /// Null once the connection has gone.
    Connection* find(Handle const& handle);
    void each(std::function<void(Connection&)> const& visit);

    Audience* followed(Connection const& connection, std::string_view name_or_id) const;
    /// False when it was followed already; then only `last` is left as it is.
    bool follow(Connection& connection, chat::Room const& room, base::Seq last, Dialect dialect = Dialect::native) {
        return follow(connection, room.id, room.name, last, dialect);
    }
    bool follow(Connection& connection, base::RoomId const& id, std::string name, base::Seq last, Dialect dialect);
    /// Gives the dialect in which it was followed.
    std::optional<Dialect> unfollow(Connection& connection, base::RoomId const& room);
    Audience const* audience(base::RoomId const& room, Dialect dialect = Dialect::native) const;
    /// Those who follow a room, in whichever dialect.
    std::vector<Connection*> followers(base::RoomId const& room) const;

    /// Holds live events back from now on, and skips messages up to `last`; the ticket names this catching up, so that
    /// the end of an earlier one does nothing.
    std::uint64_t hold(Connection& connection, base::RoomId const& room, base::Seq last);
    struct Release {
        bool done = false;        ///< false when the ticket is no longer the newest
        bool overflowed = false;  ///< events were lost: the client must fetch history
    };
    /// Sends what was missed, then `then` (may be null), then what was held back.
    Release release(Connection& connection, base::RoomId const& room, std::uint64_t ticket, Missed const& missed,
                    net::SharedFrame const& then);

    void deliver(std::vector<Published> const& events);

    /// These may be read from any thread.
    std::atomic<std::uint64_t> connections{0}, deliveries{0}, dropped_events{0};

private:
    static Follower* follower(Connection const& connection, base::RoomId const& room);
    static bool pass_on(Follower& follower, Published const& event);

    /// Events in a row of one room, with their frames put together.
    struct Piece {
        std::span<Published const> events;
        net::SharedFrame frames;
        std::size_t bytes = 0;
        base::Seq first = 0;  ///< of the messages among them; 0 where there are none
        base::Seq last = 0;
    };
    static constexpr std::size_t max_piece_bytes = 64U << 10U;
    static std::vector<Piece> pack(std::span<Published const> events);
    static std::size_t pass_on(Follower& follower, Piece const& piece);
    static void hold_back(Backlog& backlog, Published const& event);

    std::uint32_t const loop_;
    struct Place {
        Connection* connection = nullptr;
        std::uint64_t generation = 0;
    };
    std::vector<Place> places_;
    std::vector<std::uint32_t> free_places_;
    std::array<std::unordered_map<base::RoomId, std::unique_ptr<Audience>>, dialect_count> audiences_;
    std::uint64_t next_generation_ = 1;
    std::uint64_t next_ticket_ = 1;
};

}  // namespace soyuz::realtime
