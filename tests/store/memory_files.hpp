#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "store/files.hpp"

namespace soyuz::store::test {

/// A disk in memory that knows what an fsync has made durable. It can fail any single operation, and its power can
/// be cut: then only what was fsynced is left, or also some of what was not. Thread-safe.
class MemoryFiles final : public Files {
public:
    /// Which operations fail, counted from 1 since the last `fail_at`.
    enum class Failure {
        once,         ///< the nth operation alone, with EIO
        once_full,    ///< the nth operation alone, with ENOSPC
        disk_full,    ///< the nth and all later writes, with ENOSPC after half of the bytes
        from_now_on,  ///< everything from the nth on, with EIO
    };
    void fail_at(std::uint64_t nth, Failure failure);
    void stop_failing() { fail_at(0, Failure::once); }
    std::uint64_t operations() const;  ///< since the last `fail_at`
    bool has_failed() const;           ///< since the last `fail_at`

    /// The disk as it is after a power cut now. Of bytes that were not fsynced the first `kept` per mille stay.
    std::unique_ptr<MemoryFiles> after_power_cut(unsigned kept) const;

    /// The disk as another process sees it once this one was killed: nothing is lost, locks are gone.
    std::unique_ptr<MemoryFiles> after_kill() const;

    // For tests that look at or damage files.
    std::vector<std::string> paths() const;
    std::string content(std::string const& path) const;
    void set_content(std::string const& path, std::string bytes);

    int open(Path const& path, int flags) override;
    int close(int file) override;
    std::int64_t write(int file, std::string_view bytes) override;
    std::int64_t read(int file, std::uint64_t offset, char* into, std::size_t size) override;
    std::int64_t size(int file) override;
    int truncate(int file, std::uint64_t size) override;
    int sync(int file) override;
    int lock(int file) override;
    int rename(Path const& from, Path const& to) override;
    int remove(Path const& path) override;
    int make_folder(Path const& path) override;
    int sync_folder(Path const& folder) override;
    int list(Path const& folder, std::vector<std::string>& names) override;

private:
    struct Node {
        std::string bytes;
        std::string durable;
        int locked_by = -1;
    };
    using NodePointer = std::shared_ptr<Node>;
    struct Opened {
        NodePointer node;
        std::uint64_t at = 0;
        bool appends = false;
        bool is_broken = false;  ///< an fsync failed: later ones report success without writing
    };

    bool fails(bool is_write);
    int error() const;  ///< of the operation that fails
    bool is_durable(std::string const& folder) const;
    std::string parent(std::string const& path) const { return Path{path}.parent_path().string(); }

    mutable std::mutex mutex_;
    std::map<std::string, NodePointer> names_;
    std::map<std::string, NodePointer> durable_names_;
    std::set<std::string> folders_{"/"};
    std::set<std::string> durable_folders_{"/"};
    std::map<int, Opened> opened_;
    int next_file_ = 3;
    std::uint64_t operations_ = 0;
    std::uint64_t fail_at_ = 0;
    Failure failure_ = Failure::once;
    bool has_failed_ = false;
};

}  // namespace soyuz::store::test
