#include "store/backup.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <vector>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>

#include "base/log.hpp"
#include "store/files.hpp"
#include "store/folder_lock.hpp"

namespace soyuz::store {
namespace {

using base::Code;
using base::Error;
using base::Result;
namespace fs = std::filesystem;

/// No document: it says when the newest backup was made, and is in no backup itself.
constexpr auto note_name = "last_backup";

struct Source {
    fs::path path;
    std::string name;  ///< relative, as in the tar file
};

/// Of the search index, which is made again from the rest.
constexpr std::string_view index_name = "search.db";

/// The regular files of a folder that belong into a backup: no lock, no temporary files, nothing that is derived.
std::vector<Source> list_sources(fs::path const& folder, fs::path const& below = {}) {
    std::vector<Source> found;
    std::error_code ignored;
    for (fs::recursive_directory_iterator at{folder, ignored}, end; at != end; at.increment(ignored)) {
        auto const name = at->path().lexically_relative(folder);
        bool const is_file = at->symlink_status(ignored).type() == fs::file_type::regular;
        if (!is_file || name == "LOCK" || name == note_name || name.extension() == ".tmp" ||
            name.native().starts_with(index_name))
            continue;
        found.push_back({at->path(), (below / name).generic_string()});
    }
    std::sort(found.begin(), found.end(), [](auto const& a, auto const& b) { return a.name < b.name; });
    return found;
}

Error failure(std::string const& what, int error) { return {Code::internal, what + ": " + error_text(error)}; }

Error changed_too_much() { return {Code::conflict, "The server changed too much while it was copied. Try again."}; }

/// A tar file that is being written; whole after `finish`.
class TarFile {
public:
    explicit TarFile(int file) : tar_(::archive_write_new()) {
        ::archive_write_set_format_pax_restricted(tar_.get());
        ::archive_write_add_filter_none(tar_.get());
        is_open_ = ::archive_write_open_fd(tar_.get(), file) == ARCHIVE_OK;
    }

    /// Files that are no longer there are left out, and named in `vanished`.
    Result<void> add(std::vector<Source> const& sources, std::vector<std::string>& vanished) {
        if (!is_open_) return failed("The backup");
        for (auto const& source : sources) {
            OpenFile file{system_files(), source.path, O_RDONLY};
            if (file.error() == -ENOENT) {
                vanished.push_back(source.name);
            } else if (!file.ok()) {
                return failure(source.name, file.error());
            } else if (auto added = add(source.name, file.get()); !added) {
                return added;
            }
        }
        return {};
    }

    Result<void> finish() {
        return ::archive_write_close(tar_.get()) == ARCHIVE_OK ? Result<void>{} : failed("The backup");
    }

private:
    Result<void> add(std::string const& name, int file) {
        auto const size = system_files().size(file);
        if (size < 0) return failure(name, static_cast<int>(size));
        std::unique_ptr<::archive_entry, Free> entry{::archive_entry_new()};
        ::archive_entry_set_pathname(entry.get(), name.c_str());
        ::archive_entry_set_filetype(entry.get(), AE_IFREG);
        ::archive_entry_set_perm(entry.get(), 0600);
        ::archive_entry_set_size(entry.get(), size);
        if (::archive_write_header(tar_.get(), entry.get()) != ARCHIVE_OK) return failed(name);
        std::string block;
        auto const whole = static_cast<std::uint64_t>(size);
        for (std::uint64_t at = 0; at < whole; at += block.size()) {
            block.clear();
            auto const got =
                read_range(system_files(), file, at, std::min<std::uint64_t>(whole - at, 1U << 20U), block);
            if (got < 0) return failure(name, static_cast<int>(got));
            if (got == 0) return changed_too_much();
            if (::archive_write_data(tar_.get(), block.data(), block.size()) < 0) return failed(name);
        }
        return {};
    }

    Error failed(std::string const& what) const {
        auto const* const text = ::archive_error_string(tar_.get());
        return {Code::internal, what + ": " + (text != nullptr ? text : "unknown error")};
    }

    struct Free {
        void operator()(::archive* tar) const { ::archive_free(tar); }
        void operator()(::archive_entry* entry) const { ::archive_entry_free(entry); }
    };

    std::unique_ptr<::archive, Free> tar_;
    bool is_open_ = false;
};

Result<void> write_temporary(fs::path const& path, std::vector<Source> const& sources,
                             std::vector<std::string>& vanished, fs::path const& uploads) {
    auto const out = OpenFile::make(system_files(), path);
    if (!out.ok()) return failure("The backup can't be written", out.error());
    TarFile tar{out.get()};
    if (auto added = tar.add(sources, vanished); !added) return added;
    if (!uploads.empty()) {
        // Listed only now, so that none is missing that the files before speak of; one that is removed meanwhile may.
        std::vector<std::string> removed;
        if (auto added = tar.add(list_sources(uploads, uploads_name), removed); !added) return added;
    }
    if (auto finished = tar.finish(); !finished) return finished;
    int const error = system_files().sync(out.get());
    return error == 0 ? Result<void>{} : failure("The backup", error);
}

Result<void> write_tar(fs::path const& tar, std::vector<Source> const& sources, std::vector<std::string>& vanished,
                       fs::path const& uploads) {
    auto& files = system_files();
    fs::path const temporary = tar.string() + ".tmp";
    if (auto written = write_temporary(temporary, sources, vanished, uploads); !written) {
        files.remove(temporary);
        return written;
    }
    int error = files.rename(temporary, tar);
    if (error == 0) error = files.sync_folder(tar.has_parent_path() ? tar.parent_path() : ".");
    return error == 0 ? Result<void>{} : failure("The backup", error);
}

/// Reads what says where the rest stands before the rest, and the journal last: files that are newer than the mark are
/// what a checkpoint that did not finish leaves, and every record that they need is in a journal read after them.
int reading_order(std::string const& name) {
    if (name == "checkpoint.json") return 0;
    if (name.starts_with("previous/")) return 1;
    return name.starts_with("journal/") ? 3 : 2;
}

/// Copies the folder, which a running server may change meanwhile.
Result<void> copy(fs::path const& folder, fs::path const& tar, fs::path const& uploads) {
    Result<void> written;
    for (int attempt = 0; attempt < 5; ++attempt) {
        auto sources = list_sources(folder);
        std::stable_sort(sources.begin(), sources.end(),
                         [](auto const& a, auto const& b) { return reading_order(a.name) < reading_order(b.name); });
        std::vector<std::string> vanished;
        written = write_tar(tar, sources, vanished, uploads);
        // A checkpoint drops journal segments that the copy may need only after it has written a mark of its own.
        bool const lacks_journal = std::any_of(vanished.begin(), vanished.end(),
                                               [](auto const& name) { return name.starts_with("journal/"); });
        if (written && lacks_journal) written = changed_too_much();
        if (written || written.error().code != Code::conflict) return written;
    }
    return written;
}

bool is_within(fs::path const& path, fs::path const& folder) {
    std::error_code ignored;
    auto const relative = fs::weakly_canonical(path, ignored).lexically_relative(fs::weakly_canonical(folder, ignored));
    return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

Result<void> backup(fs::path const& folder, fs::path const& tar, fs::path const& uploads) {
    FolderLock::Failure failure;
    std::error_code error;
    if (!fs::is_directory(folder, error)) return Error{Code::not_found, "There is no such data folder."};
    if (is_within(tar, folder) || (!uploads.empty() && is_within(tar, uploads)))
        return Error{Code::bad_request, "A backup can't be written into the data folder itself."};
    auto const lock = FolderLock::take(system_files(), folder, failure);
    if (!lock && !failure.is_held) return Error{Code::internal, failure.message};
    if (auto copied = copy(folder, tar, uploads); !copied) return copied;
    base::SystemClock const clock;
    if (replace_file(system_files(), folder / note_name, base::to_rfc3339(clock.now()) + '\n') < 0)
        base::log::warn("the backup is made, but its time can't be noted in the data folder");
    return {};
}

std::optional<base::Timestamp> last_backup(fs::path const& folder) {
    std::string text;
    if (read_file(system_files(), folder / note_name, text) < 0 || text.empty()) return std::nullopt;
    text.pop_back();
    return base::parse_rfc3339(text);
}

}  // namespace soyuz::store
