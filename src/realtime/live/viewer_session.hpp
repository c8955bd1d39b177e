#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/token_bucket.hpp"
#include "chat/room.hpp"
#include "chat/sessions/sessions.hpp"
#include "live/stages.hpp"
#include "net/websocket.hpp"
#include "realtime/connection.hpp"
#include "realtime/live/media_shard.hpp"

namespace soyuz::realtime {

class MediaGateway;

/// Somebody who watches. Binary messages are WebM to append, texts are events; from the viewer come
/// `{"type":"quality","quality":"high|low|sound"}` and `{"type":"heart","count":n}`. Who reads too slowly misses
/// fragments up to a key frame, and is offered a smaller quality where that happens again. Lives on one loop.
class ViewerSession final : public net::WebSocketHandler, public Connection {
public:
    static constexpr std::size_t most_unsent = std::size_t{12} << 20U;

    ViewerSession(MediaGateway& gateway, chat::Sessions::Identity const& who, chat::RoomPtr room,
                  live::Quality quality);

    void opened(net::WebSocket& opened_socket) override;
    void text(std::string_view message) override;
    void binary(std::string_view) override {}
    void closed(std::uint16_t code) override;

    void take(MediaPiece const& piece);

private:
    void begin(live::Feed::Start const& start);
    void fall_behind();

    MediaGateway& gateway_;
    chat::RoomPtr const room_;
    live::StagePtr stage_;
    live::Quality quality_;
    live::Layer layer_ = live::Layer::high;
    bool is_watching_ = false;
    bool is_behind_ = false;
    bool waits_for_key_ = true;
    unsigned falls_ = 0;
    std::uint64_t next_ = 0;
    net::SharedFrame init_;  ///< to go ahead of the next fragment
    base::TokenBucket budget_;
};

}  // namespace soyuz::realtime
