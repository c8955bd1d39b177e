#include "live/pulse/pulses.hpp"

#include <algorithm>
#include <utility>

namespace soyuz::live {

Pulse& Pulses::of(base::RoomId const& room) {
    auto const found = pulses_.find(room);
    if (found != pulses_.end()) return found->second;
    if (pulses_.size() >= most_rooms)
        pulses_.erase(std::min_element(pulses_.begin(), pulses_.end(), [](auto const& one, auto const& other) {
            return one.second.changed_at() < other.second.changed_at();
        }));
    return pulses_[room];
}

Pulses::View Pulses::view(base::RoomId const& room, std::uint64_t after) const {
    std::lock_guard const lock{mutex_};
    auto const found = pulses_.find(room);
    if (found == pulses_.end()) return {};
    auto const& pulse = found->second;
    View view{
        {pulse.minutes().begin(), pulse.minutes().end()}, {}, pulse.categories(), pulse.viewers(), pulse.newest()};
    for (auto const& entry : pulse.entries())
        if (entry.number > after) view.entries.push_back(entry);
    return view;
}

void Pulses::gift_given(Gift const& gift) {
    PulseEntry entry;
    entry.at = gift.at;
    entry.user = gift.from_name;
    entry.gift = gift.id;
    entry.amount = gift.amount;
    std::lock_guard const lock{mutex_};
    of(gift.room).add(std::move(entry), threshold());
}

void Pulses::sample(base::RoomId const& room, std::size_t viewers) {
    std::lock_guard const lock{mutex_};
    of(room).sample(clock_.now(), viewers);
}

void Pulses::clear(base::RoomId const& room) {
    std::lock_guard const lock{mutex_};
    if (auto const found = pulses_.find(room); found != pulses_.end()) found->second.clear();
}

void Pulses::clear_all() {
    std::lock_guard const lock{mutex_};
    for (auto& [room, pulse] : pulses_) pulse.clear();
}

void Pulses::message_posted(chat::Room const& room, chat::MessagePtr const& message) {
    if (room.kind != chat::Room::Kind::live) return;
    PulseEntry entry;
    entry.at = message->sent_at;
    entry.user = message->sender->username;
    entry.text = message->text;
    entry.id = message->id;
    entry.action = message->verdict.action;
    entry.score = message->verdict.score;
    entry.reasons = message->verdict.reasons;
    std::lock_guard const lock{mutex_};
    of(room.id).add(std::move(entry), threshold());
}

void Pulses::message_deleted(chat::Room const& room, chat::MessagePtr const& message) {
    if (room.kind != chat::Room::Kind::live) return;
    std::lock_guard const lock{mutex_};
    if (auto const found = pulses_.find(room.id); found != pulses_.end()) found->second.forget_text(message->id);
}

void Pulses::moderation_alert(chat::Room const& room, chat::User const& author, std::string const& text,
                              judge::Verdict const& verdict, chat::MessagePtr const& message) {
    // What was sent comes as a message.
    if (room.kind != chat::Room::Kind::live || message) return;
    PulseEntry entry;
    entry.at = clock_.now();
    entry.user = author.username;
    entry.text = text;
    entry.action = verdict.action;
    entry.score = verdict.score;
    entry.reasons = verdict.reasons;
    std::lock_guard const lock{mutex_};
    of(room.id).add(std::move(entry), threshold());
}

void Pulses::room_removed(chat::Room const& room) {
    std::lock_guard const lock{mutex_};
    pulses_.erase(room.id);
}

}  // namespace soyuz::live
