#include "store/backup.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "store/archive.hpp"
#include "store/folder_lock.hpp"

namespace soyuz::store {
namespace {

using base::Code;
using base::Error;

/// No document: it says when the newest backup was made, and is in no backup itself.
constexpr auto note_name = "last_backup";

bool is_within(std::filesystem::path const& path, std::filesystem::path const& folder) {
    std::error_code ignored;
    auto const relative = std::filesystem::weakly_canonical(path, ignored)
                              .lexically_relative(std::filesystem::weakly_canonical(folder, ignored));
    return !relative.empty() && *relative.begin() != "..";
}

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

}  // namespace

base::Result<void> backup(std::filesystem::path const& folder, std::filesystem::path const& tar,
                          std::filesystem::path const& uploads) {
    FolderLock::Failure failure;
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) return Error{Code::not_found, "There is no such data folder."};
    if (is_within(tar, folder) || (!uploads.empty() && is_within(tar, uploads)))
        return Error{Code::bad_request, "A backup can't be written into the data folder itself."};
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

}  // namespace soyuz::store
