#include "search/fresh.hpp"

#include <utility>

namespace soyuz::search {

void Fresh::put(base::RoomId const& room, base::Seq seq, Document document) {
    rooms_[room].insert_or_assign(seq, Entry{std::move(document), ++versions_});
}

void Fresh::remove(base::RoomId const& room, base::Seq seq, std::uint64_t version) {
    auto const found = rooms_.find(room);
    if (found == rooms_.end()) return;
    auto const entry = found->second.find(seq);
    if (entry == found->second.end() || entry->second.version != version) return;
    found->second.erase(entry);
    if (found->second.empty()) rooms_.erase(found);
}

Fresh::Entry const* Fresh::find(base::RoomId const& room, base::Seq seq) const {
    auto const* const entries = of(room);
    if (entries == nullptr) return nullptr;
    auto const entry = entries->find(seq);
    return entry == entries->end() ? nullptr : &entry->second;
}

void Fresh::each(std::function<void(base::RoomId const&, base::Seq, Entry const&)> const& visit) const {
    for (auto const& [room, entries] : rooms_)
        for (auto const& [seq, entry] : entries) visit(room, seq, entry);
}

std::map<base::Seq, Fresh::Entry> const* Fresh::of(base::RoomId const& room) const {
    auto const found = rooms_.find(room);
    return found == rooms_.end() ? nullptr : &found->second;
}

std::size_t Fresh::size() const {
    std::size_t count = 0;
    for (auto const& [room, entries] : rooms_) count += entries.size();
    return count;
}

}  // namespace soyuz::search
