#include "realtime/live/media_shard.hpp"

#include <algorithm>

#include "realtime/live/viewer_session.hpp"

namespace soyuz::realtime {

void MediaShard::remove(base::RoomId const& room, ViewerSession& viewer) {
    auto const found = viewers_.find(room);
    if (found == viewers_.end()) return;
    std::erase(found->second, &viewer);
    if (found->second.empty()) viewers_.erase(found);
}

// A socket's `closed` comes at the end of the loop's turn, so nobody leaves while a piece goes round.

void MediaShard::deliver(base::RoomId const& room, MediaPiece const& piece) {
    auto const found = viewers_.find(room);
    if (found == viewers_.end()) return;
    for (auto* const viewer : found->second) viewer->take(piece);
}

void MediaShard::tell(base::RoomId const& room, net::SharedFrame const& frame, net::Importance importance) {
    auto const found = viewers_.find(room);
    if (found == viewers_.end()) return;
    for (auto* const viewer : found->second) viewer->send(frame, importance);
}

void MediaShard::put_out(base::RoomId const& room, base::UserId const& viewer) {
    constexpr std::uint16_t put_out_code = 4004;
    auto const found = viewers_.find(room);
    if (found == viewers_.end()) return;
    for (auto* const each : found->second)
        if (each->user->id == viewer && each->socket != nullptr) each->socket->close(put_out_code, "kicked");
}

}  // namespace soyuz::realtime
