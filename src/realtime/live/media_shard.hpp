#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "live/fragment.hpp"
#include "net/websocket.hpp"

namespace soyuz::realtime {

class ViewerSession;

/// A fragment on its way to viewers, each of its parts encoded once.
struct MediaPiece {
    live::Layer layer = live::Layer::high;
    std::uint64_t seq = 0;
    bool is_key = false;
    net::SharedFrame init, init_sound;  ///< null where the tracks are those of before
    net::SharedFrame whole, sound;
};

/// The viewers on one loop. Not thread-safe: only the loop's thread calls it.
class MediaShard {
public:
    void add(base::RoomId const& room, ViewerSession& viewer) { viewers_[room].push_back(&viewer); }
    void remove(base::RoomId const& room, ViewerSession& viewer);
    void deliver(base::RoomId const& room, MediaPiece const& piece);
    /// A text, to all viewers of a room.
    void tell(base::RoomId const& room, net::SharedFrame const& frame, net::Importance importance);
    /// Closes the sockets of one viewer.
    void put_out(base::RoomId const& room, base::UserId const& viewer);

private:
    std::unordered_map<base::RoomId, std::vector<ViewerSession*>> viewers_;
};

}  // namespace soyuz::realtime
