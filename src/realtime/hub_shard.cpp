#include "realtime/hub_shard.hpp"

#include <algorithm>

namespace soyuz::realtime {

void HubShard::add(Connection& connection) {
    std::uint32_t place = 0;
    if (free_places_.empty()) {
        place = static_cast<std::uint32_t>(places_.size());
        places_.emplace_back();
    } else {
        place = free_places_.back();
        free_places_.pop_back();
    }
    places_[place] = {&connection, next_generation_};
    connection.handle = {loop_, place, next_generation_++};
    connections.store(connections.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

std::vector<std::pair<Dialect, base::RoomId>> HubShard::remove(Connection& connection) {
    std::vector<std::pair<Dialect, base::RoomId>> rooms;
    if (find(connection.handle) != &connection) return rooms;
    rooms.reserve(connection.following.size());
    for (auto const& following : connection.following)
        rooms.emplace_back(following.audience->dialect, following.audience->room);
    for (auto const& [dialect, room] : rooms) unfollow(connection, room);
    places_[connection.handle.place] = {};
    free_places_.push_back(connection.handle.place);
    connections.store(connections.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
    return rooms;
}

Connection* HubShard::find(Handle const& handle) {
    if (handle.place >= places_.size()) return nullptr;
    auto const& place = places_[handle.place];
    return place.generation == handle.generation ? place.connection : nullptr;
}

void HubShard::each(std::function<void(Connection&)> const& visit) {
    // By index: what `visit` does may open places.
    std::size_t place = 0;
    while (place < places_.size())
        if (auto* const connection = places_[place++].connection) visit(*connection);
}

Audience* HubShard::followed(Connection const& connection, std::string_view name_or_id) const {
    for (auto const& [audience, place] : connection.following)
        if (audience->name == name_or_id || audience->room.value == name_or_id) return audience;
    return nullptr;
}

Audience const* HubShard::audience(base::RoomId const& room, Dialect dialect) const {
    auto const& audiences = audiences_[index_of(dialect)];
    auto const found = audiences.find(room);
    return found == audiences.end() ? nullptr : found->second.get();
}

std::vector<Connection*> HubShard::followers(base::RoomId const& room) const {
    std::vector<Connection*> followers;
    for (auto const& audiences : audiences_) {
        auto const found = audiences.find(room);
        if (found == audiences.end()) continue;
        for (auto const& follower : found->second->followers) followers.push_back(follower.connection);
    }
    return followers;
}

bool HubShard::follow(Connection& connection, base::RoomId const& id, std::string name, base::Seq last,
                      Dialect dialect) {
    if (follower(connection, id) != nullptr) return false;
    auto& audience = audiences_[index_of(dialect)][id];
    if (!audience) audience = std::make_unique<Audience>(Audience{id, std::move(name), dialect, {}});
    connection.following.push_back({audience.get(), static_cast<std::uint32_t>(audience->followers.size())});
    audience->followers.push_back({&connection, last, nullptr});
    return true;
}

std::optional<Dialect> HubShard::unfollow(Connection& connection, base::RoomId const& room) {
    auto const following = std::find_if(connection.following.begin(), connection.following.end(),
                                        [&](Following const& each) { return each.audience->room == room; });
    if (following == connection.following.end()) return std::nullopt;
    auto& audience = *following->audience;
    auto const place = following->place;
    connection.following.erase(following);

    // The last follower takes the free place, so that leaving a large room costs no search through it.
    if (place + 1 < audience.followers.size()) {
        audience.followers[place] = std::move(audience.followers.back());
        for (auto& moved : audience.followers[place].connection->following)
            if (moved.audience == &audience) moved.place = place;
    }
    audience.followers.pop_back();
    auto const dialect = audience.dialect;
    // By a copy of its key, which goes with it.
    if (audience.followers.empty()) audiences_[index_of(dialect)].erase(base::RoomId{audience.room});
    return dialect;
}

Follower* HubShard::follower(Connection const& connection, base::RoomId const& room) {
    for (auto const& [audience, place] : connection.following)
        if (audience->room == room) return &audience->followers[place];
    return nullptr;
}

std::uint64_t HubShard::hold(Connection& connection, base::RoomId const& room, base::Seq last) {
    auto* const at = follower(connection, room);
    if (at == nullptr) return 0;
    at->last = last;
    if (!at->backlog) at->backlog = std::make_unique<Backlog>();
    at->backlog->ticket = next_ticket_++;
    return at->backlog->ticket;
}

HubShard::Release HubShard::release(Connection& connection, base::RoomId const& room, std::uint64_t ticket,
                                    Missed const& missed, net::SharedFrame const& then) {
    auto* const at = follower(connection, room);
    if (at == nullptr || !at->backlog || at->backlog->ticket != ticket) return {};
    auto const backlog = std::move(at->backlog);
    for (auto const& [seq, frame] : missed) {
        if (seq <= at->last) continue;
        at->last = seq;
        connection.send(frame);
    }
    if (then) connection.send(then);
    if (backlog->overflowed) {
        at->last = std::max(at->last, backlog->newest);
        return {.done = true, .overflowed = true};
    }
    for (auto const& event : backlog->events) pass_on(*at, event);
    return {.done = true, .overflowed = false};
}

bool HubShard::pass_on(Follower& follower, Published const& event) {
    if (event.seq != 0) {
        if (event.seq <= follower.last) return false;
        follower.last = event.seq;
    }
    return follower.connection->send(event.frame, event.importance);
}

void HubShard::hold_back(Backlog& backlog, Published const& event) {
    backlog.newest = std::max(backlog.newest, event.seq);
    if (backlog.overflowed) return;
    if (backlog.events.size() < max_backlog) {
        backlog.events.push_back(event);
    } else {
        backlog.overflowed = true;
        backlog.events = {};
    }
}

std::vector<HubShard::Piece> HubShard::pack(std::span<Published const> events) {
    std::vector<Piece> pieces;
    for (auto const& event : events) {
        bool const joins = !pieces.empty() && event.importance == net::Importance::needed &&
                           pieces.back().events.back().importance == net::Importance::needed &&
                           pieces.back().bytes + event.frame->size() <= max_piece_bytes;
        if (!joins) pieces.push_back({{&event, 0}, nullptr, 0, 0, 0});
        auto& piece = pieces.back();
        piece.events = {piece.events.data(), piece.events.size() + 1};
        piece.bytes += event.frame->size();
        if (event.seq != 0 && piece.first == 0) piece.first = event.seq;
        piece.last = std::max(piece.last, event.seq);
    }
    for (auto& piece : pieces) {
        if (piece.events.size() == 1) {
            piece.frames = piece.events.front().frame;
            continue;
        }
        auto frames = std::make_shared<std::string>();
        frames->reserve(piece.bytes);
        for (auto const& event : piece.events) *frames += *event.frame;
        piece.frames = std::move(frames);
    }
    return pieces;
}

std::size_t HubShard::pass_on(Follower& follower, Piece const& piece) {
    // Frames in a row are one send, unless the follower has seen the first of them already.
    if (piece.events.size() > 1 && (piece.first == 0 || piece.first > follower.last)) {
        if (piece.last != 0) follower.last = piece.last;
        return follower.connection->send(piece.frames) ? piece.events.size() : 0;
    }
    std::size_t sent = 0;
    for (auto const& event : piece.events) sent += pass_on(follower, event);
    return sent;
}

void HubShard::deliver(std::vector<Published> const& events) {
    std::uint64_t sent = 0;
    std::uint64_t dropped = 0;
    for (auto run = events.begin(); run != events.end();) {
        auto const end = std::find_if(run, events.end(), [&](auto const& event) {
            return event.room != run->room || event.dialect != run->dialect;
        });
        auto& audiences = audiences_[index_of(run->dialect)];
        auto const found = audiences.find(run->room);
        if (found != audiences.end()) {
            // Encoded once for all, and put together once for all: a follower costs one send for the whole run.
            for (auto const& piece : pack({run, end})) {
                for (auto& follower : found->second->followers) {
                    if (follower.backlog) {
                        for (auto const& event : piece.events) hold_back(*follower.backlog, event);
                        continue;
                    }
                    auto const count = pass_on(follower, piece);
                    sent += count;
                    if (count == 0) dropped += piece.events.front().importance == net::Importance::droppable;
                }
            }
        }
        run = end;
    }
    deliveries.store(deliveries.load(std::memory_order_relaxed) + sent, std::memory_order_relaxed);
    dropped_events.store(dropped_events.load(std::memory_order_relaxed) + dropped, std::memory_order_relaxed);
}

}  // namespace soyuz::realtime
