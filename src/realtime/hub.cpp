#include "realtime/hub.hpp"

#include <iterator>
#include <utility>

namespace soyuz::realtime {

namespace {

constexpr std::size_t max_answer_bytes = std::size_t{64} << 10U;
constexpr std::size_t max_bytes_on_their_way = std::size_t{16} << 20U;  // to one loop

}  // namespace

Hub::Hub(std::vector<net::Loop*> loops, base::Clock const& clock)
    : loops_(std::move(loops)),
      followed_(loops_.size()),
      online_(clock),
      ended_(clock),
      back_pressure_(loops_.size(), max_bytes_on_their_way),
      pending_answers_(loops_.size()) {
    for (std::uint32_t i = 0; i < loops_.size(); ++i) {
        shards_.push_back(std::make_unique<HubShard>(i));
        batches_.push_back(std::make_unique<DeliveryBatch>(*loops_[i], *shards_[i], posts_under_way_));
    }
}

bool Hub::add(Connection& connection) {
    shards_[connection.socket->loop().index()]->add(connection);
    online_.socket_opened(connection.user->id);
    if (ended_.contains(connection.session)) return false;
    return !keeps_out || !keeps_out(connection.user->id);
}

void Hub::remove(Connection& connection) {
    for (auto const& [dialect, room] : shard_of(connection).remove(connection))
        followed_.remove(room, connection.handle.loop, dialect);
    online_.socket_closed(connection.user->id);
}

bool Hub::follow(Connection& connection, chat::Room const& room, base::Seq last, Dialect dialect) {
    return follow(connection, room.id, room.name, last, dialect);
}

bool Hub::follow(Connection& connection, base::RoomId const& id, std::string name, base::Seq last, Dialect dialect) {
    if (!shard_of(connection).follow(connection, id, std::move(name), last, dialect)) return false;
    followed_.add(id, connection.handle.loop, dialect);
    return true;
}

bool Hub::unfollow(Connection& connection, base::RoomId const& room) {
    auto const dialect = shard_of(connection).unfollow(connection, room);
    if (!dialect) return false;
    followed_.remove(room, connection.handle.loop, *dialect);
    return true;
}

void Hub::with(Handle const& handle, std::function<void(Connection&)> work) {
    loops_[handle.loop]->post([this, handle, work = std::move(work)] {
        if (auto* const connection = shards_[handle.loop]->find(handle)) work(*connection);
    });
}

void Hub::everywhere(std::function<void(HubShard&)> work) {
    auto const shared = std::make_shared<std::function<void(HubShard&)>>(std::move(work));
    for (std::size_t i = 0; i < loops_.size(); ++i)
        loops_[i]->post([&shard = *shards_[i], shared] { (*shared)(shard); });
}

void Hub::answer(Handle const& handle, std::string_view text, Delivery delivery) {
    if (delivery == Delivery::at_once) {
        auto const frame = net::encode_text(text);
        if (!loops_[handle.loop]->is_current_thread())
            return with(handle, [frame](Connection& connection) { connection.send(frame); });
        if (auto* const connection = shards_[handle.loop]->find(handle)) connection->send(frame);
        return;
    }
    // A client with many commands under way gets their answers in one piece.
    std::lock_guard const lock(pending_mutex_);
    auto& answers = pending_answers_[handle.loop];
    bool const joins = !answers.empty() && answers.back().handle == handle &&
                       answers.back().frames.size() + text.size() <= max_answer_bytes;
    if (!joins) answers.push_back({handle, {}});
    net::append_text(answers.back().frames, text);
}

void Hub::publish(base::RoomId const& room, std::string const& text, base::Seq seq, net::Importance importance,
                  Dialect dialect) {
    publish({room, seq, net::encode_text(text), importance, dialect});
}

void Hub::publish(Published event) {
    // Both forms of channels in one row: a connection that follows in both hears all in its order.
    auto const row = event.dialect == Dialect::channels_by_id ? Dialect::channels : event.dialect;
    std::lock_guard const lock(pending_mutex_);
    pending_events_[index_of(row)].push_back(std::move(event));
}

void Hub::flush() {
    std::lock_guard const order(flush_mutex_);
    auto events = std::make_shared<std::vector<Published>>();
    std::vector<std::vector<Answer>> answers(loops_.size());
    {
        std::lock_guard const lock(pending_mutex_);
        events->swap(pending_events_[index_of(Dialect::native)]);
        for (auto& pending : pending_events_) {
            events->insert(events->end(), std::make_move_iterator(pending.begin()),
                           std::make_move_iterator(pending.end()));
            pending.clear();
        }
        answers.swap(pending_answers_);
    }
    std::size_t event_bytes = 0;
    for (auto const& event : *events) event_bytes += event.frame->size();
    auto const has_followers = followed_.loops_of(*events);
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        if (answers[i].empty() && !has_followers[i]) continue;
        auto shared = has_followers[i] ? events : nullptr;
        auto bytes = shared ? event_bytes : 0;
        for (auto const& answer : answers[i]) bytes += answer.frames.size();
        loops_[i]->post([&shard = *shards_[i], &batch = *batches_[i], events = std::move(shared),
                         answers = std::move(answers[i]), on_its_way = back_pressure_.post(i, bytes)]() mutable {
            for (auto& [handle, frames] : answers) {
                if (auto* const connection = shard.find(handle))
                    connection->send(std::make_shared<std::string const>(std::move(frames)));
            }
            if (events) batch.add(events);
        });
    }
}

Hub::Figures Hub::figures() const {
    Figures figures;
    for (auto const& shard : shards_) {
        figures.connections += shard->connections.load(std::memory_order_relaxed);
        figures.deliveries += shard->deliveries.load(std::memory_order_relaxed);
        figures.dropped_events += shard->dropped_events.load(std::memory_order_relaxed);
    }
    return figures;
}

}  // namespace soyuz::realtime
