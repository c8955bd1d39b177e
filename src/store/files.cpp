#include "store/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace soyuz::store {
namespace {

template <class Value>
Value or_error(Value value) {
    return value < 0 ? static_cast<Value>(-errno) : value;
}

class SystemFiles final : public Files {
public:
    int open(Path const& path, int flags) override {
        return or_error(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600));
    }
    int close(int file) override { return or_error(::close(file)); }

    std::int64_t write(int file, std::string_view bytes) override {
        return or_error<std::int64_t>(::write(file, bytes.data(), bytes.size()));
    }

    std::int64_t read(int file, std::uint64_t offset, char* into, std::size_t size) override {
        return or_error<std::int64_t>(::pread(file, into, size, static_cast<off_t>(offset)));
    }

    std::int64_t size(int file) override {
        struct stat status {};
        return ::fstat(file, &status) < 0 ? -errno : static_cast<std::int64_t>(status.st_size);
    }

    int truncate(int file, std::uint64_t size) override {
        return or_error(::ftruncate(file, static_cast<off_t>(size)));
    }
    int sync(int file) override { return or_error(::fdatasync(file)); }
    int lock(int file) override { return or_error(::flock(file, LOCK_EX | LOCK_NB)); }
    int rename(Path const& from, Path const& to) override { return or_error(::rename(from.c_str(), to.c_str())); }
    int remove(Path const& path) override { return or_error(::remove(path.c_str())); }
    int make_folder(Path const& path) override { return or_error(::mkdir(path.c_str(), 0700)); }

    int sync_folder(Path const& folder) override {
        // A folder may be a link: nothing is written through it here.
        int const opened = or_error(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (opened < 0) return opened;
        int const error = or_error(::fsync(opened));
        ::close(opened);
        return error;
    }

    int list(Path const& folder, std::vector<std::string>& names) override {
        DIR* opened = ::opendir(folder.c_str());
        if (opened == nullptr) return -errno;
        errno = 0;
        while (dirent const* entry = ::readdir(opened)) {
            std::string name = entry->d_name;
            if (name != "." && name != "..") names.push_back(std::move(name));
        }
        int const error = -errno;
        ::closedir(opened);
        std::sort(names.begin(), names.end());
        return error;
    }
};

}  // namespace

Files& system_files() {
    static SystemFiles files;
    return files;
}

OpenFile OpenFile::make(Files& files, Path const& path) {
    int const flags = O_WRONLY | O_CREAT | O_EXCL;
    int file = files.open(path, flags);
    if (file == -EEXIST) {
        file = files.remove(path);
        if (file == 0) file = files.open(path, flags);
    }
    return OpenFile{files, file};
}

int write_all(Files& files, int file, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const written = files.write(file, bytes);
        if (written == -EINTR) continue;
        if (written < 0) return static_cast<int>(written);
        if (written == 0) return -ENOSPC;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

std::int64_t read_range(Files& files, int file, std::uint64_t offset, std::uint64_t size, std::string& out) {
    std::size_t const before = out.size();
    out.resize(before + size);
    std::size_t done = 0;
    while (done < size) {
        auto const got = files.read(file, offset + done, out.data() + before + done, size - done);
        if (got == -EINTR) continue;
        if (got < 0) {
            out.resize(before);
            return got;
        }
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    out.resize(before + done);
    return static_cast<std::int64_t>(done);
}

int read_file(Files& files, Path const& path, std::string& out) {
    out.clear();
    OpenFile file{files, path, O_RDONLY};
    if (!file.ok()) return file.error();
    auto const size = files.size(file.get());
    if (size < 0) return static_cast<int>(size);
    auto const got = read_range(files, file.get(), 0, static_cast<std::uint64_t>(size), out);
    return got < 0 ? static_cast<int>(got) : 0;
}

int ensure_folder(Files& files, Path const& path) {
    int error = files.make_folder(path);
    if (error == -ENOENT && path.has_parent_path() && path.parent_path() != path) {
        if (error = ensure_folder(files, path.parent_path()); error < 0) return error;
        error = files.make_folder(path);
    }
    return error == -EEXIST ? 0 : error;
}

int write_file(Files& files, Path const& path, std::string_view bytes) {
    auto const file = OpenFile::make(files, path);
    if (!file.ok()) return file.error();
    if (int const error = write_all(files, file.get(), bytes); error < 0) return error;
    return files.sync(file.get());
}

int replace_file(Files& files, Path const& path, std::string_view bytes) {
    Path const temporary = path.string() + ".tmp";
    if (int const error = write_file(files, temporary, bytes); error < 0) return error;
    if (int const error = files.rename(temporary, path); error < 0) return error;
    return files.sync_folder(path.parent_path());
}

std::string error_text(std::int64_t error) {
    return std::error_code{static_cast<int>(-error), std::generic_category()}.message();
}

}  // namespace soyuz::store
