#include "store/maintenance.hpp"

#include <memory>

#include <fcntl.h>

#include "base/clock.hpp"
#include "store/archive.hpp"
#include "store/checking.hpp"
#include "store/folder_lock.hpp"
#include "store/local_store.hpp"

namespace soyuz::store {
namespace {

using base::Code;
using base::Error;

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
base::Result<void> backup_while_running(std::filesystem::path const& folder, std::filesystem::path const& tar) {
    base::Result<void> written;
    for (int attempt = 0; attempt < 5; ++attempt) {
        auto files = list_archived_files(folder);
        std::stable_sort(files.begin(), files.end(),
                         [](auto const& a, auto const& b) { return reading_order(a.name) < reading_order(b.name); });
        std::vector<std::string> vanished;
        written = write_archive(files, tar, &vanished);
        // A checkpoint drops journal segments that the copy may need only after it has written a mark of its own.
        bool const lacks_journal = std::any_of(vanished.begin(), vanished.end(),
                                               [](auto const& name) { return name.starts_with("journal/"); });
        if (written && !lacks_journal) return written;
        if (written) written = Error{Code::conflict, "The server changed too much while it was copied. Try again."};
    }
    return written;
}

bool is_empty_or_absent(std::filesystem::path const& folder) {
    std::error_code error;
    if (!std::filesystem::exists(folder, error)) return !error;
    return std::filesystem::is_directory(folder, error) && std::filesystem::is_empty(folder, error) && !error;
}

}  // namespace

Report check(std::filesystem::path const& folder) { return check(system_files(), folder); }

base::Result<void> backup(std::filesystem::path const& folder, std::filesystem::path const& tar) {
    FolderLock::Failure failure;
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) return Error{Code::not_found, "There is no such data folder."};
    if (is_within(tar, folder)) return within_itself();
    auto const lock = FolderLock::take(system_files(), folder, failure);
    if (!lock && failure.is_held) return backup_while_running(folder, tar);
    if (!lock) return Error{Code::internal, failure.message};
    return write_archive(list_archived_files(folder), tar);
}

base::Result<void> restore(std::filesystem::path const& tar, std::filesystem::path const& folder) {
    if (!is_empty_or_absent(folder)) {
        return Error{Code::conflict, "The folder " + folder.string() + " is not empty; nothing was restored."};
    }
    // Unpacked beside its place, so that a half restored folder never looks like a whole one.
    auto normal = folder.lexically_normal();
    if (!normal.has_filename()) normal = normal.parent_path();
    std::filesystem::path const beside = normal.string() + ".restoring";
    std::error_code error;
    std::filesystem::remove_all(beside, error);
    if (int const made = ensure_folder(system_files(), beside); made < 0) {
        return Error{Code::internal, "The folder can't be made: " + error_text(made)};
    }
    auto restored = read_archive(tar, beside);
    if (restored) {
        auto const report = check(system_files(), beside);
        if (report.state == Report::State::damaged) {
            restored = Error{Code::bad_request, "The backup is damaged: " + report.lines.front()};
        }
    }
    int renamed = 0;
    if (restored) renamed = system_files().rename(beside, normal);
    if (renamed < 0) restored = Error{Code::internal, "The folder can't be put in place: " + error_text(renamed)};
    if (!restored) {
        std::filesystem::remove_all(beside, error);
        return restored;
    }
    system_files().sync_folder(normal.has_parent_path() ? normal.parent_path() : std::filesystem::path{"."});
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
