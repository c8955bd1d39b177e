#include <algorithm>

#include "base/log.hpp"
#include "store/checking.hpp"
#include "store/local_store.hpp"
#include "store/log_files.hpp"

namespace soyuz::store {

/// Reads, once after a start, what the start itself did not need: old messages, logs, previous generations and the
/// journal behind the mark. Damage is set aside, and the files are made whole again.
void LocalStore::search_for_damage() {
    bool found = search_messages();
    found |= has_damage_behind_mark(files_, options_.folder);
    if (is_closing_) return;
    if (found) {
        base::log::warn("Damaged data was found. What it touched is in the folder's quarantine.");
        write_checkpoint(true);
    }
    std::vector<std::pair<std::string, std::uint64_t>> logs;
    {
        std::shared_lock lock{state_mutex_};
        for (auto const& [name, log] : state_.logs) logs.emplace_back(name, log.flushed_bytes);
    }
    for (auto const& [name, bytes] : logs) {
        // Between checkpoints nothing else touches a log's file.
        std::lock_guard lock{checkpoint_mutex_};
        if (is_closing_) return;
        int const error = blank_damaged_lines(files_, log_path(options_.folder, name), bytes, quarantine_);
        if (error < 0) base::log::warn("A log can't be searched for damage: " + error_text(error));
    }
}

bool LocalStore::search_messages() {
    std::vector<std::pair<std::string, Seq>> rooms;
    {
        std::shared_lock lock{state_mutex_};
        for (auto const& [id, room] : state_.rooms) rooms.emplace_back(id, room.flushed);
    }
    bool found = false;
    for (auto const& [id, last] : rooms) {
        for (Seq segment = 1; segment <= last && !is_closing_; segment += MessageFiles::segment_places) {
            auto read = message_files_.read(id, segment, std::min(last, segment + MessageFiles::segment_places - 1));
            if (read.damaged.empty()) continue;
            std::unique_lock lock{state_mutex_};
            auto const room = state_.rooms.find(id);
            if (room == state_.rooms.end() || room->second.flushed < last) continue;
            room->second.damaged.merge(read.damaged);
            found = true;
        }
    }
    return found;
}

}  // namespace soyuz::store
