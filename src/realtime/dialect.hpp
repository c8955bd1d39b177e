#pragma once

#include <cstddef>
#include <cstdint>

namespace soyuz::realtime {

/// How events are written for a connection, or for what it follows: each dialect that has followers of a room gets
/// the room's events encoded once. `native` is that of `/ws`; the others are in `src/dialects`.
enum class Dialect : std::uint8_t {
    native,
    room,            ///< clients that know one public room
    channels,        ///< names channels by their names
    channels_by_id,  ///< the same, for who named the channel by its id
    messenger,
    monitor,                ///< clients that watch streams
    monitor_notifications,  ///< the same, in the namespace `/notifications`
    monitor_messages,       ///< … in `/messages`
};
inline constexpr std::size_t dialect_count = 8;

constexpr std::size_t index_of(Dialect dialect) { return static_cast<std::size_t>(dialect); }

}  // namespace soyuz::realtime
