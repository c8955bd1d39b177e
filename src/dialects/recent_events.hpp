#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "realtime/hub.hpp"

namespace soyuz::dialects {

/// Publishes the events of the dialects, and keeps those of the last two minutes for clients that come back
/// (connection-state recovery). Each event ends with an offset, a text that such a client shows again: the number of
/// the event, counted since the start. Thread-safe.
class RecentEvents {
public:
    static constexpr std::chrono::seconds kept_for{120};
    static constexpr std::size_t most_bytes = std::size_t{8} << 20U;  ///< the oldest go first

    RecentEvents(realtime::Hub& hub, base::Clock const& clock);

    /// What needs to arrive. `text` is that of a frame with an event; `seq`: its place, where it is a room's message.
    void publish(base::RoomId const& room, std::string text, base::Seq seq, realtime::Dialect dialect);
    /// The same to an audience that is no room: events have their own number for a place.
    void publish_to_topic(base::RoomId const& topic, std::string text, realtime::Dialect dialect);
    /// Presence, typing: left out for who is behind, and not kept.
    void publish_news(base::RoomId const& room, std::string text, realtime::Dialect dialect);

    /// Keeps what is published there for as long as a connection that broke off may come back.
    void keep_for_return(base::RoomId const& room, realtime::Dialect dialect);
    /// Does anybody follow a room in this dialect, or may come back to it?
    bool is_heard(base::RoomId const& room, realtime::Dialect dialect) const {
        return (hub_.is_spoken(dialect) && hub_.is_followed(room, dialect)) || is_kept(room, dialect);
    }

    /// The number in an offset of ours; none where it is no such thing or too old.
    std::optional<std::uint64_t> number_of(std::string_view offset) const;
    /// Shows all that is kept after `number`, in its order; nothing is published meanwhile.
    void each_after(std::uint64_t number,
                    std::function<void(std::uint64_t number, realtime::Published const& event)> const& visit) const;

private:
    struct Kept {
        base::Moment at;
        std::uint64_t number = 0;
        realtime::Published event;
    };

    bool is_kept(base::RoomId const& room, realtime::Dialect dialect) const;
    // The caller of these holds `mutex_`.
    void publish_numbered(base::RoomId const& room, std::string text, base::Seq seq, realtime::Dialect dialect);
    std::string with_offset(std::string text) const;
    void drop_old(base::Moment now);

    realtime::Hub& hub_;
    base::Clock const& clock_;
    std::string const start_;  ///< tells the offsets of this run from those of others
    mutable std::mutex mutex_;
    std::uint64_t newest_ = 0;
    std::deque<Kept> kept_;
    std::size_t bytes_ = 0;
    std::map<std::pair<realtime::Dialect, base::RoomId>, base::Moment> returns_;  ///< until when
    std::atomic<base::Moment> last_return_{base::Moment{}};                       ///< the latest of these
    std::size_t forget_at_ = 1000;                                                ///< so many: those that are over go
};

}  // namespace soyuz::dialects
