#include "search/intake.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace soyuz::search {

namespace {

constexpr std::size_t most_noted = 500'000;
constexpr base::Seq read_at_once = 512;

}  // namespace

void Intake::note(std::vector<store::MessageChange> const& changes) {
    std::lock_guard const lock{queue_mutex_};
    if (queue_.size() + changes.size() > most_noted) {
        has_overflowed_ = true;
        return;
    }
    queue_.insert(queue_.end(), changes.begin(), changes.end());
}

void Intake::clear() {
    std::lock_guard const draining{draining_};
    std::lock_guard const lock{queue_mutex_};
    queue_.clear();
    has_overflowed_ = false;
}

void Intake::drain() {
    std::lock_guard const draining{draining_};
    std::vector<store::MessageChange> changes;
    {
        std::lock_guard const lock{queue_mutex_};
        changes.swap(queue_);
    }
    std::map<base::RoomId, std::vector<base::Seq>> rooms;
    for (auto& change : changes) {
        if (change.seq == 0) {
            rooms.erase(change.room);
            forget(change.room);
        } else {
            rooms[std::move(change.room)].push_back(change.seq);
        }
    }
    for (auto& [room, seqs] : rooms) take_changed(room, std::move(seqs));
}

void Intake::forget(base::RoomId const& room) {
    std::unique_lock const lock{state_.mutex};
    state_.fresh.forget(room);
    auto const number = state_.catalogue.find(room);
    if (!number) return;
    for (auto const shard : state_.catalogue.forget(*number)) state_.outdated.insert(shard);
}

std::vector<Placed> Intake::read(base::RoomId const& room, base::Seq first, base::Seq last) const {
    std::vector<Placed> messages;
    auto const stored = store_.messages(room, first, last);
    if (!stored) return messages;
    messages.reserve(stored->size());
    for (auto const& each : *stored)
        if (auto document = read_(each.body)) messages.emplace_back(each.seq, std::move(*document));
    return messages;
}

void Intake::take_changed(base::RoomId const& room, std::vector<base::Seq> seqs) {
    std::sort(seqs.begin(), seqs.end());
    seqs.erase(std::unique(seqs.begin(), seqs.end()), seqs.end());
    for (auto from = seqs.begin(); from != seqs.end();) {
        auto to = from;
        while (to + 1 != seqs.end() && *(to + 1) == *to + 1 && *(to + 1) - *from < read_at_once) ++to;
        take(room, read(room, *from, *to));
        from = to + 1;
    }
}

void Intake::take(base::RoomId const& room, std::vector<Placed> messages) {
    std::vector<std::pair<Block, Catalogue::Place>> blocks;
    {
        std::unique_lock const lock{state_.mutex};
        auto const number = state_.catalogue.number_of(room);
        auto const indexed = state_.catalogue.indexed(number);
        std::vector<Placed> in_blocks;
        for (auto& [seq, document] : messages) {
            if (seq > indexed) {
                state_.fresh.put(room, seq, std::move(document));
                continue;
            }
            auto const place = state_.catalogue.place_of(number, seq);
            if (place && (blocks.empty() || blocks.back().second.block != place->block ||
                          blocks.back().second.shard != place->shard))
                blocks.emplace_back(state_.catalogue.blocks(place->shard)[place->block], *place);
            in_blocks.emplace_back(seq, std::move(document));
        }
        messages = std::move(in_blocks);
    }
    // A reaction changes a message, too, but nothing that is found.
    std::erase_if(blocks, [&](auto const& each) {
        auto const& block = each.first;
        return check_of(read(room, block.first, block.last)) == block.check;
    });
    if (messages.empty()) return;
    std::unique_lock const lock{state_.mutex};
    for (auto const& [block, place] : blocks) state_.outdated.insert(place.shard);
    for (auto& [seq, document] : messages) {
        bool const is_changed = std::any_of(blocks.begin(), blocks.end(), [seq = seq](auto const& each) {
            return seq >= each.first.first && seq <= each.first.last;
        });
        if (is_changed || state_.fresh.find(room, seq) != nullptr) state_.fresh.put(room, seq, std::move(document));
    }
}

}  // namespace soyuz::search
