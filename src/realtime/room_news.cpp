#include "realtime/room_news.hpp"

#include <chrono>
#include <utility>

#include "chat/accounts/accounts.hpp"
#include "contract/events.hpp"

namespace soyuz::realtime {

namespace events = contract::events;

namespace {

using namespace std::chrono_literals;

constexpr auto tick_interval = 1s;
constexpr auto typing_delay = 150ms;        // gathers what changes meanwhile
constexpr std::size_t named_changes = 50;   // who came and went: more names than that nobody reads
constexpr std::size_t reads_per_tick = 20;  // in one room

}  // namespace

void RoomNews::Presence::note(std::string const& username, bool came) {
    auto& names = came ? joined : left;
    if (names.size() < named_changes) names.push_back(username);
}

RoomNews::RoomNews(Hub& hub, net::Loop& loop, chat::Accounts const& accounts, chat::Rooms& rooms,
                   base::Clock const& clock)
    : hub_(hub), loop_(loop), accounts_(accounts), rooms_(rooms), typing_(clock) {
    schedule_tick();
}

void RoomNews::typing(base::RoomId const& room, std::string const& username, bool on) {
    if (!typing_.set(room, username, on)) return;
    {
        std::lock_guard const lock(mutex_);
        if (std::exchange(typing_scheduled_, true)) return;
    }
    loop_.after(typing_delay, [this] {
        {
            std::lock_guard const lock(mutex_);
            typing_scheduled_ = false;
        }
        publish_typing();
        hub_.flush();
    });
}

void RoomNews::read_moved(chat::Room const& room, std::string const& username, base::Seq seq) {
    if (!hub_.is_followed(room.id)) return;
    std::lock_guard const lock(mutex_);
    auto& readers = reads_[room.id];
    if (readers.size() < reads_per_tick || readers.contains(username)) readers[username] = seq;
}

void RoomNews::member_changed(base::RoomId const& room, std::string const& username, bool joined) {
    if (!hub_.is_followed(room)) return;
    std::lock_guard const lock(mutex_);
    presence_[room].note(username, joined);
}

std::size_t RoomNews::online_in(chat::Room const& room) {
    if (room.id == rooms_.lobby()->id) return hub_.online().count();
    {
        std::lock_guard const lock(mutex_);
        if (auto const counted = online_.find(room.id); counted != online_.end()) return counted->second;
    }
    std::size_t online = 0;
    for (auto const& member : rooms_.members(room)) online += hub_.online().is_online(member);
    std::lock_guard const lock(mutex_);
    online_[room.id] = online;
    return online;
}

void RoomNews::schedule_tick() {
    loop_.after(tick_interval, [this] {
        tick();
        schedule_tick();
    });
}

void RoomNews::tick() {
    publish_presence();
    publish_reads();
    publish_typing();
    hub_.flush();
}

void RoomNews::publish_typing() {
    for (auto const& change : typing_.take_changes()) {
        auto const room = rooms_.find(change.room);
        if (!room) continue;
        if (on_typing) on_typing(*room, change.username, change.on);
        if (!hub_.is_followed(change.room)) continue;
        hub_.publish(change.room, events::typing(room->name, change.username, change.on), 0,
                     net::Importance::droppable);
    }
}

void RoomNews::note(base::UserId const& user, bool came, std::unordered_map<base::RoomId, Presence>& presence) const {
    auto const account = accounts_.find(user);
    if (!account) return;
    auto const lobby = rooms_.lobby();
    if (hub_.is_followed(lobby->id)) presence[lobby->id].note(account->username, came);
    for (auto const& room : rooms_.of(user))
        if (room->id != lobby->id && hub_.is_followed(room->id)) presence[room->id].note(account->username, came);
}

void RoomNews::publish_presence() {
    std::unordered_map<base::RoomId, Presence> presence;
    {
        std::lock_guard const lock(mutex_);
        presence.swap(presence_);
        online_.clear();
    }
    auto const changes = hub_.online().take_changes();
    for (auto const& user : changes.came) note(user, true, presence);
    for (auto const& user : changes.went) note(user, false, presence);
    for (auto const& [id, who] : presence) {
        auto const room = rooms_.find(id);
        if (!room) continue;
        hub_.publish(id, events::presence(room->name, online_in(*room), who.joined, who.left), 0,
                     net::Importance::droppable);
    }
}

void RoomNews::publish_reads() {
    decltype(reads_) reads;
    {
        std::lock_guard const lock(mutex_);
        reads.swap(reads_);
    }
    for (auto const& [id, readers] : reads) {
        auto const room = rooms_.find(id);
        if (!room) continue;
        for (auto const& [username, seq] : readers)
            hub_.publish(id, events::read(room->name, username, seq), 0, net::Importance::droppable);
    }
}

}  // namespace soyuz::realtime
