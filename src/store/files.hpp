#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace soyuz::store {

using Path = std::filesystem::path;

/// Every operation that the store makes on the disk, so that tests can fail any of them.
///
/// Each returns a value that is not negative, or a negated errno. Thread-safe as far as the calls concern different
/// open files.
class Files {
public:
    virtual ~Files() = default;

    /// `flags` as open(2) takes them; the file is closed on exec, and made with mode 0600. A link is not followed.
    virtual int open(Path const& path, int flags) = 0;
    virtual int close(int file) = 0;

    /// Writes at the file's position (the end, for files opened with O_APPEND). May write less than asked.
    virtual std::int64_t write(int file, std::string_view bytes) = 0;

    /// Reads up to `size` bytes at `offset`; 0 at the end of the file.
    virtual std::int64_t read(int file, std::uint64_t offset, char* into, std::size_t size) = 0;
    virtual std::int64_t size(int file) = 0;
    virtual int truncate(int file, std::uint64_t size) = 0;

    /// fdatasync: what was written is on the disk. After a failure the file's state on disk is unknown.
    virtual int sync(int file) = 0;

    /// An exclusive flock without waiting: -EWOULDBLOCK while another holds it.
    virtual int lock(int file) = 0;

    virtual int rename(Path const& from, Path const& to) = 0;
    virtual int remove(Path const& path) = 0;         ///< a file, or an empty folder
    virtual int make_folder(Path const& path) = 0;    ///< mode 0700; -EEXIST if there is one
    virtual int sync_folder(Path const& folder) = 0;  ///< makes names that were made, renamed or removed durable
    virtual int list(Path const& folder, std::vector<std::string>& names) = 0;
};

/// The operating system's files.
Files& system_files();

/// Closes a file when it goes out of scope.
class OpenFile {
public:
    OpenFile(Files& files, Path const& path, int flags) : files_(files), file_(files.open(path, flags)) {}
    ~OpenFile() {
        if (file_ >= 0) files_.close(file_);
    }
    /// A new file to be written, in the place of what has its name: a leftover, or a link that somebody laid.
    static OpenFile make(Files& files, Path const& path);

    OpenFile(OpenFile const&) = delete;
    OpenFile& operator=(OpenFile const&) = delete;

    bool ok() const { return file_ >= 0; }
    int error() const { return file_; }  ///< a negated errno where not ok
    int get() const { return file_; }

private:
    OpenFile(Files& files, int file) : files_(files), file_(file) {}

    Files& files_;
    int file_;
};

/// Writes all of `bytes`, however many calls it takes. 0 or a negated errno.
int write_all(Files& files, int file, std::string_view bytes);

/// Appends up to `size` bytes from `offset` to `out`. Bytes read or a negated errno.
std::int64_t read_range(Files& files, int file, std::uint64_t offset, std::uint64_t size, std::string& out);

/// Reads a whole file. 0 or a negated errno.
int read_file(Files& files, Path const& path, std::string& out);

/// Makes a folder, and those above it, where there is none. 0 or a negated errno.
int ensure_folder(Files& files, Path const& path);

/// Writes a new file and fsyncs it; its name is durable after a sync_folder. 0 or a negated errno.
int write_file(Files& files, Path const& path, std::string_view bytes);

/// Replaces a file so that at any moment either the old or the new content is there: temporary file, fsync, rename,
/// fsync of the folder. 0 or a negated errno.
int replace_file(Files& files, Path const& path, std::string_view bytes);

/// What a person can do with a negated errno: "No space left on device".
std::string error_text(std::int64_t error);

}  // namespace soyuz::store
