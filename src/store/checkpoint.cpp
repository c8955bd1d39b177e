#include "store/checkpoint.hpp"

#include <algorithm>
#include <cerrno>
#include <mutex>

#include "store/log_files.hpp"

namespace soyuz::store {
namespace {

bool has_changed(Room const& room) {
    return room.last > room.flushed || room.files_are_forgotten || !room.replaced.empty() || !room.damaged.empty();
}

bool has_changed(Collection const& collection) {
    return collection.changed > collection.written || !collection.has_file;
}

bool has_changed(Log const& log) { return !log.pending.empty(); }

MessageFiles::Changes changes_of(Room const& room) {
    MessageFiles::Changes changes;
    changes.flushed = room.flushed;
    changes.newest_bytes = room.newest_bytes;
    changes.erase_first = room.files_are_forgotten;
    changes.replaced = room.replaced;
    changes.damaged = room.damaged;
    for (auto const& placed : room.recent) {
        if (placed.seq > room.flushed) changes.fresh.push_back(placed);
    }
    return changes;
}

class Writer {
public:
    Writer(Files& files, Path const& data, MessageFiles& messages, Frozen& frozen, SharedState& shared)
        : files_(files), data_(data), messages_(messages), frozen_(frozen), shared_(shared), state_(shared.state) {}

    int run() {
        if (int const error = ensure_folder(files_, data_ / "previous"); error < 0) return error;
        for (auto& room : frozen_.rooms) {
            if (int const error = write_room(room); error < 0) return error;
        }
        for (auto& log : frozen_.logs) {
            if (int const error = write_log(log); error < 0) return error;
        }
        for (auto const& collection : frozen_.collections) {
            if (int const error = write_collection(collection); error < 0) return error;
        }
        return replace_generation(data_ / "checkpoint.json", print_mark(frozen_.mark), !frozen_.is_full);
    }

private:
    /// The file that stands becomes the previous generation, and `text` the newest. Without `keeps_previous` both
    /// generations become `text`.
    int replace_generation(Path const& path, std::string const& text, bool keeps_previous) {
        auto const previous = previous_path(path);
        if (!keeps_previous) {
            if (int const error = replace_file(files_, path, text); error < 0) return error;
            return replace_file(files_, previous, text);
        }
        Path const temporary = path.string() + ".tmp";
        if (int const error = write_file(files_, temporary, text); error < 0) return error;
        if (int const error = files_.rename(path, previous); error < 0 && error != -ENOENT) return error;
        if (int const error = files_.sync_folder(previous.parent_path()); error < 0) return error;
        if (int const error = files_.rename(temporary, path); error < 0) return error;
        return files_.sync_folder(path.parent_path());
    }

    int write_collection(Frozen::FrozenCollection const& frozen) {
        auto const path = data_ / (frozen.name + ".json");
        auto const number = frozen.is_copy ? frozen.written : frozen_.number;
        auto const text = print_collection(frozen.name, number, frozen.documents);
        bool const keeps_previous = frozen.has_file && !frozen_.is_full;
        int const error = frozen.is_copy ? replace_file(files_, previous_path(path), text)
                                         : replace_generation(path, text, keeps_previous);
        std::unique_lock lock{shared_.mutex};
        auto& collection = state_.collections[frozen.name];
        if (error < 0) {
            // Between the two renames there is no newest file; the next checkpoint must not move a missing one.
            if (!frozen.is_copy) collection.has_file = false;
            return error;
        }
        collection.previous = frozen.is_copy || !keeps_previous ? number : frozen.written;
        collection.written = number;
        collection.has_file = true;
        return 0;
    }

    int write_room(Frozen::FrozenRoom& frozen) {
        auto const erases = frozen.changes.erase_first;
        auto const replaced = frozen.changes.replaced;
        int const error = messages_.write(frozen.id, frozen.changes);
        if (error == 0 && frozen.changes.flushed > 0) {
            frozen_.mark.rooms[frozen.id] = {frozen.changes.flushed, frozen.changes.newest_bytes};
        }
        std::unique_lock lock{shared_.mutex};
        auto const found = state_.rooms.find(frozen.id);
        // Forgotten once more while its messages were written: the files are to go, whatever is in them.
        if (found == state_.rooms.end() || found->second.life != frozen.life) return error;
        auto& room = found->second;
        if (erases && !frozen.changes.erase_first) room.files_are_forgotten = false;
        room.flushed = frozen.changes.flushed;
        room.newest_bytes = frozen.changes.newest_bytes;
        keep_late_replacements(room, frozen.changes.fresh);
        if (error < 0) return error;
        for (auto const& [seq, body] : replaced) {
            auto const still = room.replaced.find(seq);
            if (still != room.replaced.end() && still->second == body) room.replaced.erase(still);
        }
        for (Seq const segment : frozen.changes.damaged) room.damaged.erase(segment);
        if (room.last == 0 && !room.files_are_forgotten) state_.rooms.erase(found);
        return 0;
    }

    /// A message that was replaced after it was frozen, when it was not yet in the files, has to be replaced there.
    static void keep_late_replacements(Room& room, std::vector<PlacedText> const& fresh) {
        auto written = fresh.begin();
        for (auto const& placed : room.recent) {
            if (placed.seq > room.flushed) break;
            while (written != fresh.end() && written->seq < placed.seq) ++written;
            if (written == fresh.end()) break;
            if (written->seq == placed.seq && written->body != placed.body) room.replaced[placed.seq] = placed.body;
        }
    }

    int write_log(Frozen::FrozenLog& frozen) {
        int const error = append_to_log(files_, log_path(data_, frozen.name), frozen.lines, frozen.bytes);
        if (error < 0) return error;
        frozen_.mark.logs[frozen.name] = frozen.bytes;
        std::unique_lock lock{shared_.mutex};
        auto& log = state_.logs[frozen.name];
        log.flushed_bytes = frozen.bytes;
        log.pending.erase(log.pending.begin(), log.pending.begin() + static_cast<std::ptrdiff_t>(frozen.lines.size()));
        return 0;
    }

    Files& files_;
    Path const& data_;
    MessageFiles& messages_;
    Frozen& frozen_;
    SharedState& shared_;
    State& state_;
};

}  // namespace

bool has_changes(State const& state) {
    auto const any = [](auto const& parts) {
        return std::any_of(parts.begin(), parts.end(), [](auto const& part) { return has_changed(part.second); });
    };
    return any(state.collections) || any(state.rooms) || any(state.logs);
}

Frozen freeze(State const& state, std::uint64_t number, bool is_full) {
    Frozen frozen;
    frozen.number = frozen.mark.number = number;
    frozen.is_full = is_full;
    for (auto const& [name, collection] : state.collections) {
        bool const is_changed = is_full || has_changed(collection);
        // Quiet since the last checkpoint: the journal that could bring the previous generation forward will go.
        bool const is_copy = !is_changed && collection.previous < collection.written;
        if (!is_changed && !is_copy) continue;
        frozen.collections.push_back({name, collection.written, collection.has_file, is_copy, collection.documents});
    }
    for (auto const& [id, room] : state.rooms) {
        if (has_changed(room)) frozen.rooms.push_back({id, room.life, changes_of(room)});
        if (room.flushed > 0) frozen.mark.rooms[id] = {room.flushed, room.newest_bytes};
    }
    for (auto const& [name, log] : state.logs) {
        if (has_changed(log)) frozen.logs.push_back({name, log.flushed_bytes, log.pending});
        if (log.flushed_bytes > 0) frozen.mark.logs[name] = log.flushed_bytes;
    }
    return frozen;
}

int write_frozen(Files& files, Path const& data, MessageFiles& messages, Frozen& frozen, SharedState& shared) {
    return Writer{files, data, messages, frozen, shared}.run();
}

}  // namespace soyuz::store
