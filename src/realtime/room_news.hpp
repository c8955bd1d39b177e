#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "chat/rooms/rooms.hpp"
#include "net/loop.hpp"
#include "realtime/hub.hpp"
#include "realtime/typing.hpp"

namespace soyuz::realtime {

/// Presence, typing and read marks: gathered for up to a second, and left out for who is behind. Thread-safe.
class RoomNews {
public:
    /// Timers run on `loop`.
    RoomNews(Hub& hub, net::Loop& loop, chat::Accounts const& accounts, chat::Rooms& rooms, base::Clock const& clock);

    void typing(base::RoomId const& room, std::string const& username, bool on);
    void read_moved(chat::Room const& room, std::string const& username, base::Seq seq);
    void member_changed(base::RoomId const& room, std::string const& username, bool joined);

    /// Hears what other dialects tell of it. Set before the server starts.
    std::function<void(chat::Room const& room, std::string const& username, bool on)> on_typing;

    /// Members of a room who are online; up to a second old.
    std::size_t online_in(chat::Room const& room);

private:
    struct Presence {
        std::vector<std::string> joined, left;
        void note(std::string const& username, bool came);
    };

    void schedule_tick();
    void tick();
    void publish_typing();
    void publish_presence();
    void publish_reads();
    void note(base::UserId const& user, bool came, std::unordered_map<base::RoomId, Presence>& presence) const;

    Hub& hub_;
    net::Loop& loop_;
    chat::Accounts const& accounts_;
    chat::Rooms& rooms_;
    Typing typing_;

    std::mutex mutex_;
    bool typing_scheduled_ = false;
    std::unordered_map<base::RoomId, Presence> presence_;
    std::unordered_map<base::RoomId, std::unordered_map<std::string, base::Seq>> reads_;
    std::unordered_map<base::RoomId, std::size_t> online_;  ///< counted since the last tick
};

}  // namespace soyuz::realtime
