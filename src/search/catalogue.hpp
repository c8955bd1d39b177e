#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"

namespace soyuz::search {

/// A few messages of one room that follow each other: what the index finds as one.
struct Block {
    std::uint32_t room = 0;  ///< its number in the catalogue
    base::Seq first = 0, last = 0;
    std::int64_t began = 0, ended = 0;  ///< when its oldest and its newest message were sent, in milliseconds
    std::uint32_t check = 0;            ///< of what was indexed
    bool is_gone = false;               ///< its room is: its place stays
};

/// Which messages stand in which block, and the blocks in which shard. Kept in memory; a shard's blocks are packed into
/// the index's file. Not thread-safe.
class Catalogue {
public:
    static constexpr std::size_t block_messages = 8;
    static constexpr std::size_t shard_blocks = 8'192;

    struct Place {
        std::size_t shard = 0, block = 0;
    };

    std::uint32_t number_of(base::RoomId const& room);  ///< a new one where it is not known
    std::optional<std::uint32_t> find(base::RoomId const& room) const;
    base::RoomId const& room(std::uint32_t number) const { return rooms_[number]; }
    std::size_t rooms() const { return rooms_.size(); }

    std::size_t shards() const { return shards_.size(); }
    std::vector<Block> const& blocks(std::size_t shard) const { return shards_[shard].blocks; }
    /// When the newest message of a shard was sent.
    std::int64_t newest(std::size_t shard) const { return shards_[shard].newest; }
    std::size_t messages_of(std::uint32_t room) const { return last_.at(room).messages; }
    std::size_t messages() const { return messages_; }

    /// Blocks of one room come in the order of their messages.
    Place add(Block const& block);
    void set_check(Place place, std::uint32_t check) { shards_[place.shard].blocks[place.block].check = check; }
    /// The block that holds a message.
    std::optional<Place> place_of(std::uint32_t room, base::Seq seq) const;
    /// The newest message that stands in a block; 0 where none does.
    base::Seq indexed(std::uint32_t room) const { return last_.at(room).seq; }
    /// Marks the blocks of a room as gone, and gives their shards.
    std::vector<std::size_t> forget(std::uint32_t room);

    std::string pack(std::size_t shard) const;
    /// Adds what `pack` gave; false where it isn't that.
    bool unpack(std::string_view bytes);

private:
    struct Shard {
        std::vector<Block> blocks;
        std::int64_t newest = 0;
    };
    struct Last {
        base::Seq seq = 0;
        std::size_t messages = 0;
        std::vector<Place> places;  ///< of its blocks, ascending
    };

    void take(Block const& block, Place place);

    std::deque<base::RoomId> rooms_;
    std::unordered_map<base::RoomId, std::uint32_t> numbers_;
    std::vector<Last> last_;  ///< by room
    std::vector<Shard> shards_;
    std::size_t messages_ = 0;
};

}  // namespace soyuz::search
