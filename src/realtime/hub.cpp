#include "realtime/hub.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "chat/accounts/accounts.hpp"
#include "contract/events.hpp"

namespace soyuz::realtime {

namespace events = contract::events;

namespace {

using namespace std::chrono_literals;

constexpr auto tick_interval = 1s;
constexpr auto typing_delay = 150ms;       // gathers what changes meanwhile
constexpr auto remember_ended = 60s;       // longer than any handshake takes
constexpr std::size_t named_changes = 50;  // who came and went: more names than that nobody reads
constexpr std::size_t max_answer_bytes = std::size_t{64} << 10U;
constexpr std::size_t max_bytes_on_their_way = std::size_t{16} << 20U;  // to one loop
constexpr std::size_t reads_per_tick = 20;                              // in one room

}  // namespace

Hub::Hub(std::vector<net::Loop*> loops, chat::Accounts const& accounts, chat::Rooms& rooms, base::Clock const& clock)
    : accounts_(accounts),
      rooms_(rooms),
      clock_(clock),
      online_(clock),
      back_pressure_(loops.size(), max_bytes_on_their_way),
      loops_(std::move(loops)),
      typing_(clock),
      pending_answers_(loops_.size()) {
    for (std::uint32_t i = 0; i < loops_.size(); ++i) {
        shards_.push_back(std::make_unique<HubShard>(i));
        batches_.push_back(std::make_unique<DeliveryBatch>(*loops_[i], *shards_[i], on_their_way_));
    }
    schedule_tick();
}

bool Hub::add(Connection& connection) {
    shard(static_cast<std::uint32_t>(connection.socket->loop().index())).add(connection);
    online_.socket_opened(connection.user->id);
    std::lock_guard lock(ended_mutex_);
    return !ended_ids_.contains(connection.session);
}

void Hub::remove(Connection& connection) {
    for (auto const& room : shard_of(connection).remove(connection)) discount_follower(room, connection.handle.loop);
    online_.socket_closed(connection.user->id);
}

bool Hub::follow(Connection& connection, chat::Room const& room, base::Seq last) {
    if (!shard_of(connection).follow(connection, room, last)) return false;
    count_follower(room.id, connection.handle.loop);
    return true;
}

bool Hub::unfollow(Connection& connection, base::RoomId const& room) {
    if (!shard_of(connection).unfollow(connection, room)) return false;
    discount_follower(room, connection.handle.loop);
    return true;
}

void Hub::count_follower(base::RoomId const& room, std::uint32_t loop) {
    std::lock_guard lock(topics_mutex_);
    auto& topic = topics_[room];
    if (topic.followers.empty()) topic.followers.resize(loops_.size());
    ++topic.followers[loop];
}

void Hub::discount_follower(base::RoomId const& room, std::uint32_t loop) {
    std::lock_guard lock(topics_mutex_);
    auto const topic = topics_.find(room);
    if (topic == topics_.end() || topic->second.followers[loop] == 0) return;
    --topic->second.followers[loop];
    auto const& followers = topic->second.followers;
    if (std::all_of(followers.begin(), followers.end(), [](auto count) { return count == 0; })) topics_.erase(topic);
}

void Hub::with(Handle const& handle, std::function<void(Connection&)> work) {
    loops_[handle.loop]->post([this, handle, work = std::move(work)] {
        if (auto* const connection = shard(handle.loop).find(handle)) work(*connection);
    });
}

void Hub::answer(Handle const& handle, std::string_view json) {
    if (on_own_loop(handle)) {
        if (auto* const connection = shard(handle.loop).find(handle)) connection->send(net::encode_text(json));
        return;
    }
    if (std::this_thread::get_id() != committer_.load(std::memory_order_relaxed)) {
        // No group commit follows what another thread answers, for example a retry with its first result.
        return with(handle, [frame = net::encode_text(json)](Connection& connection) { connection.send(frame); });
    }
    // Who has many commands under way gets their answers in one piece.
    std::lock_guard lock(pending_mutex_);
    auto& answers = pending_answers_[handle.loop];
    bool const joins = !answers.empty() && answers.back().handle == handle &&
                       answers.back().frames.size() + json.size() <= max_answer_bytes;
    if (!joins) answers.push_back({handle, {}});
    net::append_text(answers.back().frames, json);
}

bool Hub::is_followed(base::RoomId const& room) const {
    std::lock_guard lock(topics_mutex_);
    return topics_.contains(room);
}

void Hub::publish(base::RoomId const& room, std::string const& json, base::Seq seq, net::Importance importance) {
    auto frame = net::encode_text(json);
    std::lock_guard lock(pending_mutex_);
    pending_events_.push_back({room, seq, std::move(frame), importance});
}

void Hub::flush() {
    std::lock_guard order(flush_mutex_);
    auto events = std::make_shared<std::vector<Published>>();
    std::vector<std::vector<Answer>> answers(loops_.size());
    {
        std::lock_guard lock(pending_mutex_);
        events->swap(pending_events_);
        answers.swap(pending_answers_);
    }
    std::size_t event_bytes = 0;
    for (auto const& event : *events) event_bytes += event.frame->size();
    std::vector<char> has_followers(loops_.size(), 0);
    if (!events->empty()) {
        std::lock_guard lock(topics_mutex_);
        base::RoomId const* previous = nullptr;
        for (auto const& event : *events) {
            if (previous != nullptr && *previous == event.room) continue;
            previous = &event.room;
            auto const topic = topics_.find(event.room);
            if (topic == topics_.end()) continue;
            for (std::size_t i = 0; i < loops_.size(); ++i) has_followers[i] |= topic->second.followers[i] > 0;
        }
    }
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        if (answers[i].empty() && !has_followers[i]) continue;
        auto batch = has_followers[i] ? events : nullptr;
        auto bytes = batch ? event_bytes : 0;
        for (auto const& answer : answers[i]) bytes += answer.frames.size();
        loops_[i]->post([&shard = *shards_[i], &delivery = *batches_[i], batch = std::move(batch),
                         answers = std::move(answers[i]), on_its_way = back_pressure_.post(i, bytes)]() mutable {
            for (auto& [handle, frames] : answers) {
                if (auto* const connection = shard.find(handle))
                    connection->send(std::make_shared<std::string const>(std::move(frames)));
            }
            if (batch) delivery.add(batch);
        });
    }
}

void Hub::everywhere(std::function<void(HubShard&)> work) {
    auto const shared = std::make_shared<std::function<void(HubShard&)>>(std::move(work));
    for (std::size_t i = 0; i < loops_.size(); ++i)
        loops_[i]->post([&shard = *shards_[i], shared] { (*shared)(shard); });
}

void Hub::typing(base::RoomId const& room, std::string const& username, bool on) {
    if (!typing_.set(room, username, on)) return;
    {
        std::lock_guard lock(news_mutex_);
        if (std::exchange(typing_scheduled_, true)) return;
    }
    loops_.front()->after(typing_delay, [this] {
        {
            std::lock_guard lock(news_mutex_);
            typing_scheduled_ = false;
        }
        send_typing();
        flush();
    });
}

void Hub::read_moved(chat::Room const& room, std::string const& username, base::Seq seq) {
    if (!is_followed(room.id)) return;
    std::lock_guard lock(news_mutex_);
    auto& readers = reads_[room.id];
    if (readers.size() < reads_per_tick || readers.contains(username)) readers[username] = seq;
}

std::size_t Hub::online_in(chat::Room const& room) {
    if (room.id == rooms_.lobby()->id) return online_.count();
    auto const now = clock_.moment();
    {
        std::lock_guard lock(topics_mutex_);
        auto const topic = topics_.find(room.id);
        if (topic != topics_.end() && topic->second.online > 0 && now - topic->second.online_counted < tick_interval)
            return topic->second.online;
    }
    std::size_t online = 0;
    for (auto const& member : rooms_.members(room)) online += online_.is_online(member);
    std::lock_guard lock(topics_mutex_);
    auto const topic = topics_.find(room.id);
    if (topic != topics_.end()) {
        topic->second.online = online;
        topic->second.online_counted = now;
    }
    return online;
}

void Hub::room_of_user_changed(base::RoomId const& room, std::string const& username, bool joined) {
    if (!is_followed(room)) return;
    std::lock_guard lock(news_mutex_);
    auto& names = joined ? news_[room].joined : news_[room].left;
    if (names.size() < named_changes) names.push_back(username);
}

void Hub::schedule_tick() {
    loops_.front()->after(tick_interval, [this] {
        tick();
        schedule_tick();
    });
}

void Hub::tick() {
    send_presence();
    send_reads();
    send_typing();
    flush();
    std::lock_guard lock(ended_mutex_);
    for (auto const now = clock_.moment(); !ended_.empty() && now - ended_.front().first > remember_ended;) {
        ended_ids_.erase(ended_.front().second);
        ended_.pop_front();
    }
}

void Hub::send_typing() {
    for (auto const& change : typing_.take_changes()) {
        auto const room = rooms_.find(change.room);
        if (!room || !is_followed(change.room)) continue;
        publish(change.room, events::typing(room->name, change.username, change.on), 0, net::Importance::droppable);
    }
}

void Hub::note(base::UserId const& user, bool came, std::unordered_map<base::RoomId, PresenceNews>& news) const {
    auto const account = accounts_.find(user);
    if (!account) return;
    auto const tell = [&](base::RoomId const& room) {
        auto& names = came ? news[room].joined : news[room].left;
        if (names.size() < named_changes) names.push_back(account->username);
    };
    auto const lobby = rooms_.lobby();
    if (is_followed(lobby->id)) tell(lobby->id);
    for (auto const& room : rooms_.of(user))
        if (room->id != lobby->id && is_followed(room->id)) tell(room->id);
}

void Hub::send_presence() {
    std::unordered_map<base::RoomId, PresenceNews> news;
    {
        std::lock_guard lock(news_mutex_);
        news.swap(news_);
    }
    auto const changes = online_.take_changes();
    for (auto const& user : changes.came) note(user, true, news);
    for (auto const& user : changes.went) note(user, false, news);
    for (auto const& [id, who] : news) {
        auto const room = rooms_.find(id);
        if (!room) continue;
        {
            std::lock_guard lock(topics_mutex_);
            if (auto const topic = topics_.find(id); topic != topics_.end()) topic->second.online = 0;
        }
        publish(id, events::presence(room->name, online_in(*room), who.joined, who.left), 0,
                net::Importance::droppable);
    }
}

void Hub::send_reads() {
    decltype(reads_) reads;
    {
        std::lock_guard lock(news_mutex_);
        reads.swap(reads_);
    }
    for (auto const& [id, readers] : reads) {
        auto const room = rooms_.find(id);
        if (!room) continue;
        for (auto const& [username, seq] : readers)
            publish(id, events::read(room->name, username, seq), 0, net::Importance::droppable);
    }
}

}  // namespace soyuz::realtime
