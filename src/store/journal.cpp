#include "store/journal.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>

#include "base/json_reader.hpp"

namespace soyuz::store {
namespace {

constexpr std::string_view suffix = ".jsonl";

/// Enough that a full disk refuses it: file systems keep the first bytes of a file in places that are always there.
constexpr std::size_t probe_size = 65'536;

}  // namespace

Journal::Journal(Files& files, Path folder) : files_(files), folder_(std::move(folder)) {}

Journal::~Journal() { give_up(); }

Path Journal::segment_path(std::uint64_t first) const {
    return folder_ / (std::to_string(first) + std::string{suffix});
}

void Journal::give_up() {
    if (file_ >= 0) files_.close(std::exchange(file_, -1));
}

/// What was written last counts no more.
int Journal::refuse(int error) {
    broken_ = true;
    is_cut_ = false;
    give_up();
    cut();
    return error;
}

int Journal::begin_segment(std::uint64_t first) {
    if (has_unsynced()) {
        if (int const error = sync(); error < 0) return error;
    }
    auto const path = segment_path(first);
    int const file = files_.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
    if (file < 0) return file;
    int error = files_.sync(file);
    if (error == 0) error = files_.sync_folder(folder_);
    if (error < 0) {
        // The new segment's name may be on disk, and a reader would then stop at its number: nothing may be added to
        // the old one any more.
        files_.close(file);
        broken_ = true;
        return error;
    }
    give_up();
    file_ = file;
    first_ = next_ = durable_next_ = first;
    durable_ = 0;
    return 0;
}

/// The system forgets what it could not write, and calls the next fsync of the same file a success. Where only space
/// was lacking nothing was lost that is not cut off and rewritten.
int Journal::note_sync(int error) {
    if (error < 0 && error != -ENOSPC && error != -EDQUOT) is_lost_ = true;
    return error;
}

int Journal::timed_sync() {
    auto const start = std::chrono::steady_clock::now();
    int const error = note_sync(files_.sync(file_));
    last_sync_ = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
    return error;
}

int Journal::append(std::string_view lines, std::uint64_t last, bool durable) {
    int error = write_all(files_, file_, lines);
    if (error == 0 && durable) error = timed_sync();
    if (error < 0) return refuse(error);
    next_ = last + 1;
    if (durable) {
        durable_ += unsynced_.size() + lines.size();
        durable_next_ = next_;
        unsynced_.clear();
    } else {
        unsynced_ += lines;
    }
    return 0;
}

int Journal::sync() {
    if (broken_) return -EIO;
    if (int const error = timed_sync(); error < 0) return refuse(error);
    durable_ += unsynced_.size();
    durable_next_ = next_;
    unsynced_.clear();
    return 0;
}

int Journal::cut() {
    // Through a descriptor of its own: what an old one says after a failed fsync means nothing.
    auto const path = segment_path(first_);
    OpenFile file{files_, path, O_WRONLY};
    if (!file.ok() && file.error() != -ENOENT) return file.error();
    if (file.ok()) {
        if (int const error = files_.truncate(file.get(), durable_); error < 0) return error;
        if (int const error = files_.sync(file.get()); error < 0) return error;
    }
    is_cut_ = true;
    return 0;
}

int Journal::repair() {
    if (!is_cut_) cut();
    if (is_lost_) return -EIO;

    auto const probe = folder_ / "probe.tmp";
    int error = write_file(files_, probe, std::string(probe_size, ' '));
    files_.remove(probe);
    if (error < 0) return error;

    // A segment that begins where the durable records end voids whatever an uncut one still holds after them. One
    // without durable records has the same name, and is made again.
    if (durable_ == 0) {
        error = files_.remove(segment_path(first_));
        if (error < 0 && error != -ENOENT) return error;
        if (error = files_.sync_folder(folder_); error < 0) return error;
    }
    auto unsynced = std::exchange(unsynced_, {});
    auto const next = next_;
    auto const first = durable_next_;
    auto const old_first = first_;
    auto const old_durable = durable_;
    error = begin_segment(first);
    if (error == 0) {
        error = write_all(files_, file_, unsynced);
        if (error == 0 && !unsynced.empty()) error = note_sync(files_.sync(file_));
        if (error < 0) {
            refuse(error);  // the new segment now is the one to cut
        }
    } else {
        first_ = old_first;
        durable_ = old_durable;
    }
    next_ = next;
    durable_next_ = first;
    if (error < 0) {
        unsynced_ = std::move(unsynced);
        return error;
    }
    durable_ = unsynced.size();
    durable_next_ = next_;
    is_cut_ = true;
    broken_ = false;
    return 0;
}

int list_segments(Files& files, Path const& folder, std::vector<std::uint64_t>& firsts) {
    std::vector<std::string> names;
    if (int const error = files.list(folder, names); error < 0) return error;
    for (std::string_view name : names) {
        if (!name.ends_with(suffix)) continue;
        if (auto const first = base::parse_number(name.substr(0, name.size() - suffix.size())))
            firsts.push_back(*first);
    }
    std::sort(firsts.begin(), firsts.end());
    return 0;
}

}  // namespace soyuz::store
