#include "app/storage_figures.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "store/backup.hpp"
#include "store/store.hpp"

namespace soyuz::app {

namespace {

using base::Seq;
using base::Timestamp;

constexpr std::chrono::seconds remembered{30};
constexpr Seq places_at_once = 64;

std::uint64_t bytes_below(std::filesystem::path const& folder) {
    std::uint64_t bytes = 0;
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator at{folder, error}, end; !error && at != end;
         at.increment(error)) {
        // A file that goes meanwhile counts for nothing.
        std::error_code gone;
        auto const size = at->is_regular_file(gone) ? at->file_size(gone) : 0;
        if (!gone) bytes += size;
    }
    return bytes;
}

std::optional<Timestamp> time_of(store::StoredMessage const& message) {
    auto const body = nlohmann::json::parse(message.body, nullptr, false);
    if (!body.is_object()) return std::nullopt;
    auto const sent_at = body.find("sent_at");
    return sent_at != body.end() && sent_at->is_string() ? base::parse_rfc3339(sent_at->get<std::string>())
                                                         : std::nullopt;
}

/// Time of the first message at or after `seq` that tells one, and its place; places that were lost are passed over.
std::optional<std::pair<Seq, Timestamp>> first_from(store::Store const& store, base::RoomId const& room, Seq seq,
                                                    Seq last) {
    for (; seq <= last; seq += places_at_once) {
        auto const found = store.messages(room, seq, std::min(last, seq + places_at_once - 1));
        if (!found) return std::nullopt;
        for (auto const& message : *found)
            if (auto const at = time_of(message)) return std::pair{message.seq, *at};
    }
    return std::nullopt;
}

/// How many messages of a room are from `since` on. They are in order of time but for milliseconds.
std::uint64_t count_since(store::Store const& store, base::RoomId const& room, Timestamp since) {
    auto const last = store.last_seq(room);
    Seq low = 1;
    Seq high = last + 1;  // the first place that is from `since` on lies in [low, high]
    while (low < high) {
        auto const middle = low + (high - low) / 2;
        auto const found = first_from(store, room, middle, last);
        if (!found || found->second >= since) {
            high = middle;
        } else {
            low = found->first + 1;
        }
    }
    return last + 1 - low;
}

}  // namespace

StorageFigures::StorageFigures(store::Store const& store, base::Clock const& clock, std::filesystem::path data,
                               std::filesystem::path uploads)
    : store_(store), clock_(clock), data_(std::move(data)), uploads_(std::move(uploads)) {}

StorageFigures::Values StorageFigures::values() {
    std::lock_guard const lock(mutex_);
    auto const now = clock_.moment();
    if (!known_since_ || now - *known_since_ >= remembered) {
        known_ = look();
        known_since_ = now;
    }
    return known_;
}

StorageFigures::Values StorageFigures::look() const {
    Values values;
    Timestamp const midnight = std::chrono::floor<std::chrono::days>(clock_.now());
    std::vector<base::RoomId> rooms;
    store_.each_document("rooms",
                         [&](std::string const& id, nlohmann::json const&) { rooms.push_back(base::RoomId{id}); });
    for (auto const& room : rooms) values.messages_today += count_since(store_, room, midnight);
    values.data_bytes = bytes_below(data_);
    values.uploads_bytes = bytes_below(uploads_);
    values.last_backup = store::last_backup(data_);
    return values;
}

}  // namespace soyuz::app
