#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "search/document.hpp"

namespace soyuz::search {

/// Messages that the index's file doesn't have as they are: those that fill no block yet, and those that changed in a
/// block whose shard is still to be written anew. Not thread-safe.
class Fresh {
public:
    struct Entry {
        Document document;
        std::uint64_t version = 0;  ///< another one with each change
    };

    void put(base::RoomId const& room, base::Seq seq, Document document);
    void forget(base::RoomId const& room) { rooms_.erase(room); }
    /// Removes what stands in the file now, unless it has changed since `version`.
    void remove(base::RoomId const& room, base::Seq seq, std::uint64_t version);

    Entry const* find(base::RoomId const& room, base::Seq seq) const;
    /// All, in no order but that of a room's messages.
    void each(std::function<void(base::RoomId const&, base::Seq, Entry const&)> const& visit) const;
    std::map<base::Seq, Entry> const* of(base::RoomId const& room) const;
    std::size_t size() const;

private:
    std::unordered_map<base::RoomId, std::map<base::Seq, Entry>> rooms_;
    std::uint64_t versions_ = 0;
};

}  // namespace soyuz::search
