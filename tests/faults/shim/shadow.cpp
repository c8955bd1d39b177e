#include "shadow.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace soyuz::faults {

namespace {

constexpr std::uint64_t all_clean = std::numeric_limits<std::uint64_t>::max();

/// Straight to the kernel, past the functions that this library stands in for.
int open_raw(std::filesystem::path const& path, int flags) {
    return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path.c_str(), flags | O_CLOEXEC, 0600));
}

}  // namespace

Shadow::Shadow(std::filesystem::path root, std::filesystem::path shadow)
    : root_(std::filesystem::absolute(root).lexically_normal()),
      shadow_(std::filesystem::absolute(shadow).lexically_normal()) {
    std::filesystem::remove_all(shadow_);
    std::filesystem::create_directories(shadow_ / "inodes");
    std::filesystem::create_directories(shadow_ / "tree");
    if (std::filesystem::is_directory(root_)) take_over(root_);
}

bool Shadow::covers(std::string const& path) const {
    auto const& root = root_.native();
    return path.size() >= root.size() && path.compare(0, root.size(), root) == 0 &&
           (path.size() == root.size() || path[root.size()] == '/');
}

std::filesystem::path Shadow::content(Known const& file) const {
    return shadow_ / "inodes" / std::to_string(file.number);
}

std::filesystem::path Shadow::in_tree(std::filesystem::path const& path) const {
    auto const relative = path.lexically_relative(root_);
    return relative == "." ? shadow_ / "tree" : shadow_ / "tree" / relative;
}

void Shadow::take_over(std::filesystem::path const& folder) {
    for (auto const& entry : std::filesystem::directory_iterator(folder)) {
        auto const there = in_tree(entry.path());
        if (entry.is_directory()) {
            std::filesystem::create_directories(there);
            take_over(entry.path());
            continue;
        }
        if (!entry.is_regular_file()) continue;
        int const file = open_raw(entry.path(), O_RDONLY);
        struct stat status {};
        if (file < 0 || ::fstat(file, &status) != 0) continue;
        auto& one = known({status.st_dev, status.st_ino});
        copy(file, one);
        ::syscall(SYS_close, file);
        std::filesystem::create_hard_link(content(one), there);
    }
}

Shadow::Known& Shadow::known(Inode const& inode) {
    auto const [at, is_new] = files_.try_emplace(inode);
    if (is_new) {
        at->second.number = next_++;
        // A name that became durable before any content: an empty file.
        int const made = open_raw(content(at->second), O_WRONLY | O_CREAT | O_TRUNC);
        ::syscall(SYS_close, made);
    }
    return at->second;
}

void Shadow::copy(int file, Known& known) {
    struct stat status {};
    if (::fstat(file, &status) != 0) return;
    auto const size = static_cast<std::uint64_t>(status.st_size);
    // The descriptor may be for writing only.
    int const from = open_raw("/proc/self/fd/" + std::to_string(file), O_RDONLY);
    int const to = open_raw(content(known), O_WRONLY | O_CREAT);
    std::array<char, 65'536> block{};
    for (std::uint64_t at = std::min(known.dirty_from, size); at < size;) {
        auto const got = ::pread(from, block.data(), block.size(), static_cast<off_t>(at));
        if (got <= 0) break;
        at += static_cast<std::uint64_t>(
            ::pwrite(to, block.data(), static_cast<std::size_t>(got), static_cast<off_t>(at)));
    }
    ::syscall(SYS_ftruncate, to, static_cast<off_t>(size));
    ::syscall(SYS_close, to);
    ::syscall(SYS_close, from);
    known.dirty_from = all_clean;
}

void Shadow::opened(int file, bool is_new) {
    struct stat status {};
    if (!is_new || ::fstat(file, &status) != 0) return;
    std::lock_guard const lock(mutex_);
    // The number of a file that was removed may be given out again.
    files_.erase({status.st_dev, status.st_ino});
    known({status.st_dev, status.st_ino});
}

void Shadow::changing(int file, std::uint64_t offset) {
    struct stat status {};
    if (::fstat(file, &status) != 0) return;
    std::lock_guard const lock(mutex_);
    auto& one = known({status.st_dev, status.st_ino});
    one.dirty_from = std::min(one.dirty_from, offset);
}

void Shadow::synced_file(int file) {
    struct stat status {};
    if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return;
    std::lock_guard const lock(mutex_);
    copy(file, known({status.st_dev, status.st_ino}));
}

void Shadow::synced_folder(std::string const& path) {
    std::lock_guard const lock(mutex_);
    auto const there = in_tree(path);
    std::error_code ignored;
    // A folder whose own name is not durable yet comes back without one.
    if (!std::filesystem::is_directory(there, ignored)) return;
    std::set<std::string> names;
    for (auto const& entry : std::filesystem::directory_iterator(path, ignored)) {
        auto const name = entry.path().filename();
        names.insert(name.native());
        struct stat status {};
        if (::lstat(entry.path().c_str(), &status) != 0) continue;
        if (S_ISDIR(status.st_mode)) std::filesystem::create_directories(there / name, ignored);
        if (!S_ISREG(status.st_mode)) continue;
        auto const source = content(known({status.st_dev, status.st_ino}));
        if (std::filesystem::equivalent(source, there / name, ignored)) continue;
        auto const beside = shadow_ / "inodes" / "link";
        std::filesystem::remove(beside, ignored);
        std::filesystem::create_hard_link(source, beside, ignored);
        std::filesystem::rename(beside, there / name, ignored);
    }
    for (auto const& entry : std::filesystem::directory_iterator(there, ignored)) {
        if (!names.contains(entry.path().filename().native())) std::filesystem::remove_all(entry.path(), ignored);
    }
}

}  // namespace soyuz::faults
