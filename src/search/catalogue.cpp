#include "search/catalogue.hpp"

#include <algorithm>
#include <set>

namespace soyuz::search {

namespace {

void put(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out += static_cast<char>((value & 0x7FU) | 0x80U);
    out += static_cast<char>(value);
}

bool take(std::string_view& from, std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (from.empty()) return false;
        auto const byte = static_cast<unsigned char>(from.front());
        from.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if ((byte & 0x80U) == 0) return true;
    }
    return false;
}

}  // namespace

std::uint32_t Catalogue::number_of(base::RoomId const& room) {
    auto const [found, is_new] = numbers_.try_emplace(room, static_cast<std::uint32_t>(rooms_.size()));
    if (is_new) {
        rooms_.push_back(room);
        last_.emplace_back();
    }
    return found->second;
}

std::optional<std::uint32_t> Catalogue::find(base::RoomId const& room) const {
    auto const found = numbers_.find(room);
    return found == numbers_.end() ? std::nullopt : std::optional{found->second};
}

void Catalogue::take(Block const& block, Place place) {
    auto& shard = shards_[place.shard];
    shard.blocks.push_back(block);
    if (block.is_gone) return;
    shard.newest = std::max(shard.newest, block.ended);
    auto& last = last_[block.room];
    last.seq = std::max(last.seq, block.last);
    last.messages += block.last - block.first + 1;
    last.places.push_back(place);
    messages_ += block.last - block.first + 1;
}

Catalogue::Place Catalogue::add(Block const& block) {
    if (shards_.empty() || shards_.back().blocks.size() >= shard_blocks) shards_.emplace_back();
    Place const place{shards_.size() - 1, shards_.back().blocks.size()};
    take(block, place);
    return place;
}

std::optional<Catalogue::Place> Catalogue::place_of(std::uint32_t room, base::Seq seq) const {
    auto const& places = last_.at(room).places;
    auto const block_at = [&](Place place) -> Block const& { return shards_[place.shard].blocks[place.block]; };
    auto const after = std::upper_bound(places.begin(), places.end(), seq,
                                        [&](base::Seq wanted, Place place) { return wanted < block_at(place).first; });
    if (after == places.begin()) return std::nullopt;
    auto const place = *std::prev(after);
    return block_at(place).last >= seq ? std::optional{place} : std::nullopt;
}

std::vector<std::size_t> Catalogue::forget(std::uint32_t room) {
    std::set<std::size_t> shards;
    auto& last = last_.at(room);
    for (auto const& place : last.places) {
        shards_[place.shard].blocks[place.block].is_gone = true;
        shards.insert(place.shard);
    }
    messages_ -= last.messages;
    last = {};
    return {shards.begin(), shards.end()};
}

std::string Catalogue::pack(std::size_t shard) const {
    std::string out;
    std::int64_t ended = 0;
    for (auto const& block : shards_[shard].blocks) {
        put(out, block.is_gone ? 0 : block.room + 1U);
        if (block.is_gone) continue;
        put(out, block.first);
        put(out, block.last - block.first);
        // Blocks stand about in the order of time, so what they differ by is small, and may be below zero.
        auto const step = block.ended - ended;
        put(out,
            step < 0 ? (static_cast<std::uint64_t>(-(step + 1)) << 1U) | 1U : static_cast<std::uint64_t>(step) << 1U);
        put(out, static_cast<std::uint64_t>(std::max<std::int64_t>(block.ended - block.began, 0)));
        put(out, block.check);
        ended = block.ended;
    }
    return out;
}

bool Catalogue::unpack(std::string_view bytes) {
    shards_.emplace_back();
    std::int64_t ended = 0;
    while (!bytes.empty()) {
        Block block;
        std::uint64_t room = 0, span = 0, step = 0, duration = 0, check = 0;
        if (!search::take(bytes, room)) return false;
        Place const place{shards_.size() - 1, shards_.back().blocks.size()};
        block.is_gone = room == 0;
        if (!block.is_gone) {
            if (!search::take(bytes, block.first) || !search::take(bytes, span) || !search::take(bytes, step) ||
                !search::take(bytes, duration) || !search::take(bytes, check) || room > rooms_.size())
                return false;
            block.room = static_cast<std::uint32_t>(room - 1);
            block.last = block.first + span;
            auto const by = static_cast<std::int64_t>(step >> 1U);
            ended += (step & 1U) != 0 ? -by - 1 : by;
            block.ended = ended;
            block.began = ended - static_cast<std::int64_t>(duration);
            block.check = static_cast<std::uint32_t>(check);
        }
        take(block, place);
    }
    return shards_.back().blocks.size() <= shard_blocks;
}

}  // namespace soyuz::search
