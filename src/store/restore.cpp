#include "store/restore.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <system_error>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>

#include "store/backup.hpp"
#include "store/check.hpp"
#include "store/files.hpp"

namespace soyuz::store {
namespace {

using base::Code;
using base::Error;
using base::Result;
namespace fs = std::filesystem;

constexpr std::uint64_t small_file = 1U << 20U;  ///< may be unpacked whatever it is packed in

Error no_backup(std::string const& why) { return {Code::bad_request, "Not a backup: " + why}; }

Error failure(std::string const& what, int error) { return {Code::internal, what + ": " + error_text(error)}; }

struct Entry {
    fs::path name;
    bool is_folder = false;
    bool is_upload = false;
    std::uint64_t size = 0;
};

/// A tar file from somewhere: nothing that it says is believed.
class Archive {
public:
    Archive(fs::path const& path, ArchiveLimits const& limits) : path_(path), limits_(limits) {}

    /// Reads the file once, and gives each entry to `visit`, which may `unpack` it.
    Result<void> each(std::function<Result<void>(Entry const&)> const& visit) {
        std::error_code error;
        auto const own_size = fs::file_size(path_, error);
        if (error) return Error{Code::bad_request, path_.string() + " can't be read: " + error.message()};
        auto const most = std::min(limits_.bytes, own_size * limits_.ratio + small_file);
        opened_.reset(::archive_read_new());
        // These two alone, which libarchive reads by itself: for others it may start programs.
        bool is_read = ::archive_read_support_format_tar(opened_.get()) == ARCHIVE_OK &&
                       ::archive_read_support_filter_gzip(opened_.get()) == ARCHIVE_OK &&
                       ::archive_read_open_filename(opened_.get(), path_.c_str(), 65'536) == ARCHIVE_OK;
        std::uint64_t count = 0, bytes = 0;
        while (is_read) {
            ::archive_entry* found = nullptr;
            int const status = ::archive_read_next_header(opened_.get(), &found);
            if (status == ARCHIVE_EOF) return {};
            is_read = status == ARCHIVE_OK;
            if (!is_read) break;
            auto entry = look_at(found);
            if (!entry) return entry.error();
            if (++count > limits_.entries) return no_backup("there are too many files in it.");
            // The first one also counts what stands between the files, or is packed twice.
            auto const read = static_cast<std::uint64_t>(::archive_filter_bytes(opened_.get(), 0));
            if (entry->size > most || std::max(read, bytes += entry->size) > most)
                return no_backup("it would take far more room than its size allows.");
            if (auto visited = visit(*entry); !visited) return visited;
        }
        auto const* const text = ::archive_error_string(opened_.get());
        return no_backup(text != nullptr ? text : "it can't be read");
    }

    /// Writes the entry that is being visited to a new file.
    Result<void> unpack(Entry const& entry, fs::path const& path) {
        auto& files = system_files();
        OpenFile file{files, path, O_WRONLY | O_CREAT | O_EXCL};
        if (!file.ok()) return failure(entry.name, file.error());
        std::array<char, 65'536> block{};
        std::uint64_t size = 0;
        while (auto const got = ::archive_read_data(opened_.get(), block.data(), block.size())) {
            if (got < 0 || (size += static_cast<std::uint64_t>(got)) > entry.size)
                return no_backup(entry.name.string() + " can't be unpacked.");
            if (int const error = write_all(files, file.get(), {block.data(), static_cast<std::size_t>(got)});
                error < 0)
                return failure(entry.name, error);
        }
        if (int const error = files.sync(file.get()); error < 0) return failure(entry.name, error);
        return {};
    }

private:
    static Result<Entry> look_at(::archive_entry* found) {
        auto const* const text = ::archive_entry_pathname(found);
        fs::path const given = text != nullptr ? text : "";
        auto const type = ::archive_entry_filetype(found);
        bool const is_plain = (type == AE_IFREG || type == AE_IFDIR) && ::archive_entry_hardlink(found) == nullptr &&
                              ::archive_entry_symlink(found) == nullptr;
        bool const is_inside = !given.empty() && !given.is_absolute() &&
                               std::none_of(given.begin(), given.end(), [](auto const& part) { return part == ".."; });
        if (!is_plain || !is_inside) return no_backup("it holds a link, or a name outside of the folder.");
        Entry entry{given.lexically_normal(), type == AE_IFDIR, false, 0};
        entry.is_upload = *entry.name.begin() == uploads_name;
        if (!entry.is_folder) entry.size = static_cast<std::uint64_t>(::archive_entry_size(found));
        return entry;
    }

    struct Close {
        void operator()(::archive* opened) const { ::archive_free(opened); }
    };

    fs::path const path_;
    ArchiveLimits const limits_;
    std::unique_ptr<::archive, Close> opened_;
};

/// A folder that is filled beside its place and then renamed; what was not put in place goes with this.
class Staging {
public:
    explicit Staging(fs::path const& place) : place_(place.lexically_normal()) {
        if (!place_.has_filename()) place_ = place_.parent_path();
        beside_ = place_.string() + ".restoring";
    }
    ~Staging() {
        std::error_code ignored;
        if (is_begun_) fs::remove_all(beside_, ignored);
    }
    Staging(Staging const&) = delete;
    Staging& operator=(Staging const&) = delete;

    fs::path const& beside() const { return beside_; }
    bool is_begun() const { return is_begun_; }

    /// Makes the folder again, in the place of one that a killed restore left; a link there is removed, not followed.
    Result<void> begin() {
        std::error_code error;
        fs::remove_all(beside_, error);
        int failed = place_.has_parent_path() ? ensure_folder(system_files(), place_.parent_path()) : 0;
        if (failed == 0) failed = system_files().make_folder(beside_);
        is_begun_ = failed == 0;
        return is_begun_ ? Result<void>{} : failure("The folder " + beside_.string() + " can't be made", failed);
    }

    Result<void> put_in_place() {
        int failed = sync(beside_);
        if (failed == 0) failed = system_files().rename(beside_, place_);
        if (failed == 0) failed = system_files().sync_folder(place_.has_parent_path() ? place_.parent_path() : ".");
        return failed == 0 ? Result<void>{} : failure("The folder can't be put in place", failed);
    }

private:
    /// Makes the names in a folder and all below it durable.
    static int sync(fs::path const& folder) {
        for (auto const& below : fs::directory_iterator{folder})
            if (below.is_directory())
                if (int const failed = sync(below.path()); failed < 0) return failed;
        return system_files().sync_folder(folder);
    }

    fs::path place_, beside_;
    bool is_begun_ = false;
};

Result<void> must_be_free(fs::path const& folder) {
    std::error_code error;
    bool const is_free = fs::is_directory(folder, error) ? fs::is_empty(folder, error) : !fs::exists(folder, error);
    if (is_free && !error) return {};
    return Error{Code::conflict, "The folder " + folder.string() + " is not empty; nothing was restored."};
}

}  // namespace

Result<void> restore(fs::path const& tar, fs::path const& folder, fs::path const& uploads,
                     ArchiveLimits const& limits) {
    if (auto free = must_be_free(folder); !free) return free;
    Archive archive{tar, limits};
    bool has_mark = false, has_uploads = false;
    auto const surveyed = archive.each([&](Entry const& entry) -> Result<void> {
        // Of the two one may be missing: the backup was made while they changed places.
        has_mark |= entry.name == "checkpoint.json" || entry.name == "previous/checkpoint.json";
        has_uploads |= entry.is_upload && !uploads.empty();
        return {};
    });
    if (!surveyed) return surveyed;
    if (!has_mark) return no_backup("there is no checkpoint.json in it.");
    if (has_uploads)
        if (auto free = must_be_free(uploads); !free) return free;

    // Unpacked beside their places, so that half restored folders never look like whole ones.
    Staging data{folder};
    Staging files{uploads};
    if (auto begun = data.begin(); !begun) return begun;
    if (has_uploads)
        if (auto begun = files.begin(); !begun) return begun;
    auto const unpacked = archive.each([&](Entry const& entry) -> Result<void> {
        if (entry.is_upload && !files.is_begun()) return {};
        auto const path =
            entry.is_upload ? files.beside() / entry.name.lexically_relative(uploads_name) : data.beside() / entry.name;
        int const failed = ensure_folder(system_files(), entry.is_folder ? path : path.parent_path());
        if (failed < 0) return failure(entry.name, failed);
        return entry.is_folder ? Result<void>{} : archive.unpack(entry, path);
    });
    if (!unpacked) return unpacked;
    if (auto const report = check(data.beside()); report.state == Report::State::damaged)
        return Error{Code::bad_request, "The backup is damaged: " + report.lines.front()};
    // The data folder comes last: once it is there, all is.
    if (files.is_begun())
        if (auto put = files.put_in_place(); !put) return put;
    return data.put_in_place();
}

}  // namespace soyuz::store
