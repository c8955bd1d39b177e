#include "store/archive.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "store/files.hpp"

namespace soyuz::store {
namespace {

using base::Code;
using base::Error;
using base::Result;

/// Where uploads are in a tar file; no data folder holds such a name.
constexpr std::string_view uploads_name = "uploads";

struct CloseArchive {
    void operator()(::archive* opened) const { ::archive_free(opened); }
    void operator()(::archive_entry* entry) const { ::archive_entry_free(entry); }
};
using ArchivePointer = std::unique_ptr<::archive, CloseArchive>;
using EntryPointer = std::unique_ptr<::archive_entry, CloseArchive>;

Error failure(std::string const& what, int error) { return {Code::internal, what + ": " + error_text(error)}; }

Error failure(std::string const& what, ::archive* opened) {
    auto const* text = ::archive_error_string(opened);
    return {Code::internal, what + ": " + (text != nullptr ? text : "unknown error")};
}

Result<void> add_file(::archive* tar, ArchivedFile const& file, std::vector<std::string>* vanished) {
    auto& files = system_files();
    OpenFile source{files, file.source, O_RDONLY | O_NOFOLLOW};
    if (vanished != nullptr && source.error() == -ENOENT) {
        vanished->push_back(file.name);
        return {};
    }
    if (!source.ok()) return failure(file.name, source.error());
    auto const found = files.size(source.get());
    if (found < 0) return failure(file.name, static_cast<int>(found));
    auto const size = static_cast<std::uint64_t>(found);

    EntryPointer entry{::archive_entry_new()};
    ::archive_entry_set_pathname(entry.get(), file.name.c_str());
    ::archive_entry_set_filetype(entry.get(), AE_IFREG);
    ::archive_entry_set_perm(entry.get(), 0600);
    ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    if (::archive_write_header(tar, entry.get()) != ARCHIVE_OK) return failure(file.name, tar);
    std::string block;
    for (std::uint64_t at = 0; at < size; at += block.size()) {
        block.clear();
        auto const got = read_range(files, source.get(), at, std::min<std::uint64_t>(size - at, 1U << 20U), block);
        if (got <= 0) return Error{Code::internal, file.name + " became shorter while it was copied."};
        if (::archive_write_data(tar, block.data(), block.size()) < 0) return failure(file.name, tar);
    }
    return {};
}

/// A name that stays inside of the folder it is unpacked in.
bool is_inside(std::filesystem::path const& name) {
    if (name.empty() || name.is_absolute()) return false;
    return std::none_of(name.begin(), name.end(), [](auto const& part) { return part == ".."; });
}

Result<void> extract(::archive* tar, std::filesystem::path const& path, std::string const& name) {
    auto& files = system_files();
    OpenFile file{files, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW};
    if (!file.ok()) return failure(name, file.error());
    std::array<char, 65'536> block{};
    while (true) {
        auto const got = ::archive_read_data(tar, block.data(), block.size());
        if (got < 0) return failure(name, tar);
        if (got == 0) break;
        int const error = write_all(files, file.get(), {block.data(), static_cast<std::size_t>(got)});
        if (error < 0) return failure(name, error);
    }
    if (int const error = files.sync(file.get()); error < 0) return failure(name, error);
    return {};
}

std::vector<ArchivedFile> list_uploads(std::filesystem::path const& folder) {
    auto files = list_archived_files(folder);
    for (auto& file : files) file.name = std::string{uploads_name} + '/' + file.name;
    return files;
}

/// Makes the names in a folder and all below it durable; nothing to do where there is none.
int sync_folders(std::filesystem::path const& folder) {
    std::error_code error;
    if (folder.empty() || !std::filesystem::is_directory(folder, error)) return 0;
    for (std::filesystem::recursive_directory_iterator at{folder, error}, end; !error && at != end;
         at.increment(error)) {
        if (!at->is_directory(error)) continue;
        if (int const failed = system_files().sync_folder(at->path()); failed < 0) return failed;
    }
    return system_files().sync_folder(folder);
}

}  // namespace

std::vector<ArchivedFile> list_archived_files(std::filesystem::path const& folder) {
    std::vector<ArchivedFile> found;
    std::error_code ignored;
    for (std::filesystem::recursive_directory_iterator at{folder, ignored}, end; at != end; at.increment(ignored)) {
        auto const name = at->path().lexically_relative(folder);
        bool const is_file = at->symlink_status(ignored).type() == std::filesystem::file_type::regular;
        if (!is_file || name == "LOCK" || name == "last_backup" || name.extension() == ".tmp") continue;
        found.push_back({at->path(), name.generic_string()});
    }
    std::sort(found.begin(), found.end(), [](auto const& a, auto const& b) { return a.name < b.name; });
    return found;
}

base::Result<void> write_archive(std::vector<ArchivedFile> const& files, std::filesystem::path const& tar,
                                 std::vector<std::string>* vanished, std::filesystem::path const& uploads) {
    auto& system = system_files();
    std::filesystem::path const temporary = tar.string() + ".tmp";
    {
        OpenFile out{system, temporary, O_WRONLY | O_CREAT | O_TRUNC};
        if (!out.ok()) return failure("The backup can't be written", out.error());
        ArchivePointer archive{::archive_write_new()};
        ::archive_write_set_format_pax_restricted(archive.get());
        ::archive_write_add_filter_none(archive.get());
        if (::archive_write_open_fd(archive.get(), out.get()) != ARCHIVE_OK)
            return failure("The backup", archive.get());
        auto const add_all = [&](std::vector<ArchivedFile> const& wanted, std::vector<std::string>* missing) {
            for (auto const& file : wanted)
                if (auto added = add_file(archive.get(), file, missing); !added) return added;
            return Result<void>{};
        };
        auto added = add_all(files, vanished);
        if (added && !uploads.empty()) {
            std::vector<std::string> removed;
            added = add_all(list_uploads(uploads), &removed);
        }
        if (!added) {
            system.remove(temporary);
            return added;
        }
        if (::archive_write_close(archive.get()) != ARCHIVE_OK) return failure("The backup", archive.get());
        if (int const error = system.sync(out.get()); error < 0) return failure("The backup", error);
    }
    if (int const error = system.rename(temporary, tar); error < 0) return failure("The backup", error);
    auto const folder = tar.has_parent_path() ? tar.parent_path() : std::filesystem::path{"."};
    if (int const error = system.sync_folder(folder); error < 0) return failure("The backup", error);
    return {};
}

base::Result<void> read_archive(std::filesystem::path const& tar, std::filesystem::path const& folder,
                                std::filesystem::path const& uploads) {
    ArchivePointer archive{::archive_read_new()};
    ::archive_read_support_format_tar(archive.get());
    ::archive_read_support_filter_all(archive.get());
    if (::archive_read_open_filename(archive.get(), tar.c_str(), 65'536) != ARCHIVE_OK) {
        return failure(tar.string(), archive.get());
    }
    while (true) {
        ::archive_entry* entry = nullptr;
        int const status = ::archive_read_next_header(archive.get(), &entry);
        if (status == ARCHIVE_EOF) break;
        if (status != ARCHIVE_OK) return failure(tar.string(), archive.get());
        auto const* const given = ::archive_entry_pathname(entry);
        std::filesystem::path const named = given != nullptr ? given : "";
        auto const name = named.lexically_normal();
        auto const type = ::archive_entry_filetype(entry);
        bool const is_plain = (type == AE_IFREG || type == AE_IFDIR) && ::archive_entry_hardlink(entry) == nullptr;
        if (!is_inside(named) || !is_plain) {
            return Error{Code::bad_request, "This is no backup: it holds a link, or a name outside of the folder."};
        }
        bool const is_upload = *name.begin() == uploads_name;
        if (is_upload && uploads.empty()) continue;
        std::error_code error;
        auto const path = is_upload ? uploads / name.lexically_relative(uploads_name) : folder / name;
        std::filesystem::create_directories(type == AE_IFDIR ? path : path.parent_path(), error);
        if (error) return Error{Code::internal, name.string() + ": " + error.message()};
        if (type == AE_IFDIR) continue;
        if (auto const extracted = extract(archive.get(), path, name.string()); !extracted) return extracted;
    }
    for (auto const& root : {folder, uploads})
        if (int const error = sync_folders(root); error < 0) return failure(root.string(), error);
    return {};
}

}  // namespace soyuz::store
