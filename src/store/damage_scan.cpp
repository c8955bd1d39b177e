#include "store/damage_scan.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "store/check.hpp"
#include "store/log_files.hpp"

namespace soyuz::store {

void DamageScan::run() {
    bool found = scan_messages();
    found |= has_damage_behind_mark(files_, folder_);
    if (checkpointer_.is_stopping()) return;
    if (found) {
        base::log::warn("damaged data was found; the folder's quarantine holds what it touched");
        checkpointer_.write(true);
    }
    scan_logs();
}

bool DamageScan::scan_messages() {
    std::vector<std::pair<std::string, Seq>> rooms;
    {
        std::shared_lock const lock{shared_.mutex};
        for (auto const& [id, room] : shared_.state.rooms) rooms.emplace_back(id, room.flushed);
    }
    bool found = false;
    for (auto const& [id, last] : rooms) {
        for (Seq segment = 1; segment <= last; segment += MessageFiles::segment_places) {
            if (checkpointer_.is_stopping()) return found;
            auto read = messages_.read(id, segment, std::min(last, segment + MessageFiles::segment_places - 1));
            if (read.damaged.empty()) continue;
            std::unique_lock const lock{shared_.mutex};
            auto const room = shared_.state.rooms.find(id);
            if (room == shared_.state.rooms.end() || room->second.flushed < last) continue;
            room->second.damaged.merge(read.damaged);
            found = true;
        }
    }
    return found;
}

void DamageScan::scan_logs() {
    std::vector<std::pair<std::string, std::uint64_t>> logs;
    {
        std::shared_lock const lock{shared_.mutex};
        for (auto const& [name, log] : shared_.state.logs) logs.emplace_back(name, log.flushed_bytes);
    }
    for (auto const& [name, bytes] : logs) {
        // Between checkpoints nothing else touches a log's file.
        auto const pause = checkpointer_.pause();
        if (checkpointer_.is_stopping()) return;
        int const error = blank_damaged_lines(files_, log_path(folder_, name), bytes, quarantine_);
        if (error < 0) base::log::warn("a log can't be searched for damage", {{"error", error_text(error)}});
    }
}

}  // namespace soyuz::store
