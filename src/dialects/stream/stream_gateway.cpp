#include "dialects/stream/stream_gateway.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "dialects/stream/stream_events.hpp"
#include "dialects/stream/stream_session.hpp"
#include "live/pulse/pulses.hpp"
#include "live/stages.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "net/loop.hpp"
#include "realtime/hub.hpp"

namespace soyuz::dialects::stream {

namespace {
constexpr std::uint16_t normal_closure = 1000;
}

/// The sessions on one loop, which alone touches it.
struct StreamGateway::Shard {
    std::vector<StreamSession*> sessions;
};

StreamGateway::StreamGateway(Services services, Options options, std::vector<net::Loop*> loops)
    : services_(services), options_(options), loops_(std::move(loops)) {
    for (std::size_t i = 0; i < loops_.size(); ++i) shards_.push_back(std::make_unique<Shard>());
}

StreamGateway::~StreamGateway() = default;

net::WebSocketAccept StreamGateway::accept(std::string username, std::string_view token, std::string address) {
    static std::atomic<std::uint64_t> numbers{0};
    auto who = services_.sessions.find_by_jwt(token);
    if (who && (who->user->username != username || services_.sanctions.exclusion_of(who->user->id))) who.reset();
    return {std::make_unique<StreamSession>(*this, std::move(who), std::move(address), ++numbers),
            net::WebSocketLimits{}, ""};
}

base::Result<chat::RoomPtr> StreamGateway::room() {
    if (auto found = services_.rooms.find(room_name)) {
        if (found->kind != chat::Room::Kind::live)
            return base::Error{base::Code::conflict, "A room of another kind has the live room's name."};
        std::lock_guard const lock{mutex_};
        room_id_ = found->id;
        return found;
    }
    auto const all = services_.accounts.all();
    auto const owner = std::find_if(all.begin(), all.end(),
                                    [](auto const& user) { return user->role == chat::Role::owner && !user->deleted; });
    if (owner == all.end()) return base::Error{base::Code::conflict, "Nobody owns this server yet."};
    chat::Rooms::NewRoom wish;
    wish.name = room_name;
    wish.title = "Live";
    wish.kind = chat::Room::Kind::live;
    auto made = services_.rooms.create(**owner, std::move(wish));
    // Two at once: the other one has made it.
    if (!made && made.error().code == base::Code::name_taken) return room();
    if (made) {
        std::lock_guard const lock{mutex_};
        room_id_ = (*made)->id;
    }
    return made;
}

bool StreamGateway::enter(StreamSession& session, std::size_t loop) {
    if (open_.fetch_add(1) >= options_.most_sockets) {
        --open_;
        return false;
    }
    shards_[loop]->sessions.push_back(&session);
    services_.hub.online().socket_opened(session.user()->id);
    std::lock_guard const lock{mutex_};
    ++sockets_[session.user()->id];
    return true;
}

void StreamGateway::leave(StreamSession& session, std::size_t loop) {
    --open_;
    std::erase(shards_[loop]->sessions, &session);
    services_.hub.online().socket_closed(session.user()->id);
    std::lock_guard const lock{mutex_};
    auto const found = sockets_.find(session.user()->id);
    if (found != sockets_.end() && --found->second == 0) sockets_.erase(found);
}

void StreamGateway::with(std::size_t loop, StreamSession const* session, std::uint64_t number,
                         std::function<void(StreamSession&)> work) {
    loops_[loop]->post([&shard = *shards_[loop], session, number, work = std::move(work)] {
        auto const found = std::find(shard.sessions.begin(), shard.sessions.end(), session);
        if (found != shard.sessions.end() && (*found)->number() == number) work(**found);
    });
}

void StreamGateway::everywhere(std::function<void(StreamSession&)> const& visit) {
    if (open_ == 0) return;
    for (std::size_t i = 0; i < loops_.size(); ++i)
        loops_[i]->post([&shard = *shards_[i], visit] {
            for (auto* const session : shard.sessions) visit(*session);
        });
}

void StreamGateway::message_posted(chat::Room const& room, chat::MessagePtr const& message) {
    {
        std::lock_guard const lock{mutex_};
        if (room.id != room_id_) return;
    }
    auto const threshold = services_.stages.pulses().threshold();
    everywhere([frame = net::encode_text(chat(*message, threshold))](StreamSession& session) { session.send(frame); });
}

void StreamGateway::gift_given(live::Gift const& given) {
    {
        std::lock_guard const lock{mutex_};
        if (given.room != room_id_) return;
    }
    everywhere([frame = net::encode_text(gift(given))](StreamSession& session) { session.send(frame); });
}

void StreamGateway::sessions_ended(std::vector<chat::Session> const& sessions, chat::SessionEnd /*why*/) {
    auto ids = std::make_shared<std::unordered_set<chat::SessionId>>();
    for (auto const& session : sessions) ids->insert(session.id);
    everywhere([ids](StreamSession& session) {
        if (ids->contains(session.session_id())) session.refuse(normal_closure, "The session has ended.");
    });
}

std::size_t StreamGateway::sockets_of(base::UserId const& user) const {
    std::lock_guard const lock{mutex_};
    auto const found = sockets_.find(user);
    return found == sockets_.end() ? 0 : found->second;
}

std::size_t StreamGateway::kicked(chat::Kick const& kick) {
    everywhere([user = kick.user](StreamSession& session) {
        if (session.user()->id == user) session.refuse(normal_closure, "A moderator has put you out.");
    });
    // The hub has counted them.
    return 0;
}

std::size_t StreamGateway::tell_muted(base::UserId const& user, base::Error const& error) {
    auto const count = sockets_of(user);
    everywhere([user, frame = net::encode_text(muted(error))](StreamSession& session) {
        if (session.user()->id == user) session.send(frame);
    });
    return count;
}

}  // namespace soyuz::dialects::stream
