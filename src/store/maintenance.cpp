#include "store/maintenance.hpp"

#include <memory>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "store/archive.hpp"
#include "store/checking.hpp"
#include "store/folder_lock.hpp"
#include "store/local_store.hpp"

namespace soyuz::store {
namespace {

using base::Code;
using base::Error;

/// No document: it says when the newest backup was made, and is in no backup itself.
constexpr auto note_name = "last_backup";

/// Length of a journal segment up to its last line break: the committer may be writing after it.
std::uint64_t whole_lines(Path const& path) {
    std::uint64_t end = 0;
    each_line(system_files(), path, [&](std::uint64_t at, std::string_view line, bool is_ended) {
        if (is_ended) end = at + line.size() + 1;
        return true;
    });
    return end;
}

bool is_within(std::filesystem::path const& path, std::filesystem::path const& folder) {
    std::error_code ignored;
    auto const relative = std::filesystem::weakly_canonical(path, ignored)
                              .lexically_relative(std::filesystem::weakly_canonical(folder, ignored));
    return !relative.empty() && *relative.begin() != "..";
}

Error within_itself() { return {Code::bad_request, "A backup can't be written into the data folder itself."}; }

/// Reads what says where the rest stands before the rest, and the journal last: files that are newer than the mark are
/// what a checkpoint that did not finish leaves, and every record that they need is in a journal read after them.
int reading_order(std::string const& name) {
    if (name == "checkpoint.json") return 0;
    if (name.starts_with("previous/")) return 1;
    return name.starts_with("journal/") ? 3 : 2;
}

/// Copies the folder of a running server from outside.
base::Result<void> backup_while_running(std::filesystem::path const& folder, std::filesystem::path const& tar,
                                        std::filesystem::path const& uploads) {
    base::Result<void> written;
    for (int attempt = 0; attempt < 5; ++attempt) {
        auto files = list_archived_files(folder);
        std::stable_sort(files.begin(), files.end(),
                         [](auto const& a, auto const& b) { return reading_order(a.name) < reading_order(b.name); });
        std::vector<std::string> vanished;
        written = write_archive(files, tar, &vanished, uploads);
        // A checkpoint drops journal segments that the copy may need only after it has written a mark of its own.
        bool const lacks_journal = std::any_of(vanished.begin(), vanished.end(),
                                               [](auto const& name) { return name.starts_with("journal/"); });
        if (written && !lacks_journal) return written;
        if (written) written = Error{Code::conflict, "The server changed too much while it was copied. Try again."};
    }
    return written;
}

/// The folder's owner must be able to read the note, whoever made the backup.
void note_backup(std::filesystem::path const& folder) {
    base::SystemClock const clock;
    auto const note = folder / note_name;
    struct stat owner {};
    bool const is_kept = replace_file(system_files(), note, base::to_rfc3339(clock.now()) + '\n') == 0 &&
                         ::stat(folder.c_str(), &owner) == 0 && ::chown(note.c_str(), owner.st_uid, owner.st_gid) == 0;
    if (!is_kept) base::log::warn("The backup is made, but its time could not be noted in the data folder.");
}

/// A folder that is filled beside its place and then renamed; what was not put in place goes with this.
class Staging {
public:
    explicit Staging(std::filesystem::path const& place) : place_(place.lexically_normal()) {
        if (place_.empty()) return;
        if (!place_.has_filename()) place_ = place_.parent_path();
        beside_ = place_.string() + ".restoring";
        clear();
    }
    ~Staging() { clear(); }
    Staging(Staging const&) = delete;
    Staging& operator=(Staging const&) = delete;

    std::filesystem::path const& beside() const { return beside_; }
    bool is_filled() const {
        std::error_code ignored;
        return !beside_.empty() && std::filesystem::exists(beside_, ignored);
    }
    /// 0 or a negated errno.
    int put_in_place() {
        if (int const error = system_files().rename(beside_, place_); error < 0) return error;
        return system_files().sync_folder(place_.has_parent_path() ? place_.parent_path() : std::filesystem::path{"."});
    }

private:
    void clear() {
        std::error_code ignored;
        if (!beside_.empty()) std::filesystem::remove_all(beside_, ignored);
    }

    std::filesystem::path place_, beside_;
};

Error not_put(int error) { return {Code::internal, "The folder can't be put in place: " + error_text(error)}; }

bool is_empty_or_absent(std::filesystem::path const& folder) {
    std::error_code error;
    if (!std::filesystem::exists(folder, error)) return !error;
    return std::filesystem::is_directory(folder, error) && std::filesystem::is_empty(folder, error) && !error;
}

}  // namespace

Report check(std::filesystem::path const& folder) { return check(system_files(), folder); }

base::Result<void> backup(std::filesystem::path const& folder, std::filesystem::path const& tar,
                          std::filesystem::path const& uploads) {
    FolderLock::Failure failure;
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) return Error{Code::not_found, "There is no such data folder."};
    if (is_within(tar, folder) || (!uploads.empty() && is_within(tar, uploads))) return within_itself();
    auto lock = FolderLock::take(system_files(), folder, failure);
    if (!lock && !failure.is_held) return Error{Code::internal, failure.message};
    auto written = lock ? write_archive(list_archived_files(folder), tar, nullptr, uploads)
                        : backup_while_running(folder, tar, uploads);
    if (written) note_backup(folder);
    return written;
}

std::optional<base::Timestamp> last_backup(std::filesystem::path const& folder) {
    std::string text;
    if (read_file(system_files(), folder / note_name, text) < 0 || text.empty()) return std::nullopt;
    text.pop_back();
    return base::parse_rfc3339(text);
}

base::Result<void> restore(std::filesystem::path const& tar, std::filesystem::path const& folder,
                           std::filesystem::path const& uploads) {
    auto const taken = [](std::filesystem::path const& place) {
        return Error{Code::conflict, "The folder " + place.string() + " is not empty; nothing was restored."};
    };
    if (!is_empty_or_absent(folder)) return taken(folder);
    // Unpacked beside their places, so that half restored folders never look like whole ones.
    Staging data{folder};
    Staging files{uploads};
    if (int const made = ensure_folder(system_files(), data.beside()); made < 0) {
        return Error{Code::internal, "The folder can't be made: " + error_text(made)};
    }
    if (auto read = read_archive(tar, data.beside(), files.beside()); !read) return read;
    if (auto const report = check(system_files(), data.beside()); report.state == Report::State::damaged) {
        return Error{Code::bad_request, "The backup is damaged: " + report.lines.front()};
    }
    if (files.is_filled() && !is_empty_or_absent(uploads)) return taken(uploads);
    // The data folder comes last: once it is there, all is.
    if (files.is_filled())
        if (int const failed = files.put_in_place(); failed < 0) return not_put(failed);
    if (int const failed = data.put_in_place(); failed < 0) return not_put(failed);
    return {};
}

Result<void> LocalStore::backup(std::filesystem::path const& tar) {
    if (auto const written = checkpoint(); !written) return written;
    // Without another checkpoint only the newest journal segment grows.
    std::lock_guard lock{checkpoint_mutex_};
    if (is_within(tar, options_.folder)) return within_itself();
    auto files = list_archived_files(options_.folder);
    for (auto& file : files) {
        if (file.name.starts_with("journal/")) file.max_bytes = whole_lines(file.source);
    }
    return write_archive(files, tar);
}

}  // namespace soyuz::store
