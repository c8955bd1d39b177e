#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include <sys/types.h>

namespace soyuz::faults {

/// A folder that holds what a power cut would leave of another one: of each file the bytes that an fsync covered, of
/// each folder the names that an fsync of the folder covered.
///
/// Harsher than most file systems, which order changes of names among each other: here each folder stands for itself.
/// What was there when the process started counts as durable. Thread-safe.
class Shadow {
public:
    /// `root` is watched, `shadow` is made: `shadow`/tree looks like `root`, `shadow`/inodes holds the contents.
    Shadow(std::filesystem::path root, std::filesystem::path shadow);

    bool covers(std::string const& path) const;

    /// A file was opened; `is_new` when it had no name before.
    void opened(int file, bool is_new);
    /// Bytes from `offset` on are about to change.
    void changing(int file, std::uint64_t offset);
    void synced_file(int file);
    void synced_folder(std::string const& path);

private:
    using Inode = std::pair<dev_t, ino_t>;
    struct Known {
        std::uint64_t number = 0;      ///< its name under inodes/
        std::uint64_t dirty_from = 0;  ///< bytes before this are as they were at the last fsync
    };

    Known& known(Inode const& inode);
    std::filesystem::path content(Known const& file) const;
    std::filesystem::path in_tree(std::filesystem::path const& path) const;
    void take_over(std::filesystem::path const& folder);
    void copy(int file, Known& known);

    std::filesystem::path const root_, shadow_;
    std::mutex mutex_;
    std::map<Inode, Known> files_;
    std::uint64_t next_ = 1;
};

}  // namespace soyuz::faults
