#include "store/memory_files.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>

namespace soyuz::store::test {

void MemoryFiles::fail_at(std::uint64_t nth, Failure failure) {
    std::lock_guard lock{mutex_};
    operations_ = 0;
    fail_at_ = nth;
    failure_ = failure;
    has_failed_ = false;
}

std::uint64_t MemoryFiles::operations() const {
    std::lock_guard lock{mutex_};
    return operations_;
}

bool MemoryFiles::has_failed() const {
    std::lock_guard lock{mutex_};
    return has_failed_;
}

bool MemoryFiles::fails(bool is_write) {
    ++operations_;
    if (fail_at_ == 0 || operations_ < fail_at_) return false;
    bool const failing = failure_ == Failure::from_now_on || (failure_ == Failure::disk_full && is_write) ||
                         ((failure_ == Failure::once || failure_ == Failure::once_full) && operations_ == fail_at_);
    has_failed_ |= failing;
    return failing;
}

int MemoryFiles::error() const {
    return failure_ == Failure::disk_full || failure_ == Failure::once_full ? -ENOSPC : -EIO;
}

std::unique_ptr<MemoryFiles> MemoryFiles::after_power_cut(unsigned kept) const {
    std::lock_guard lock{mutex_};
    auto after = std::make_unique<MemoryFiles>();
    after->folders_ = after->durable_folders_ = durable_folders_;
    for (auto const& [path, node] : durable_names_) {
        if (!is_durable(parent(path))) continue;
        auto copy = std::make_shared<Node>();
        copy->bytes = node->durable;
        if (node->bytes.size() > node->durable.size() && node->bytes.starts_with(node->durable)) {
            auto const more = node->bytes.size() - node->durable.size();
            copy->bytes += node->bytes.substr(node->durable.size(), more * kept / 1000);
        }
        copy->durable = copy->bytes;
        after->names_[path] = after->durable_names_[path] = copy;
    }
    return after;
}

/// A folder is there only with all folders above it.
bool MemoryFiles::is_durable(std::string const& folder) const {
    return folder == "/" || (durable_folders_.contains(folder) && is_durable(parent(folder)));
}

std::unique_ptr<MemoryFiles> MemoryFiles::after_kill() const {
    std::lock_guard lock{mutex_};
    auto after = std::make_unique<MemoryFiles>();
    after->folders_ = after->durable_folders_ = folders_;
    for (auto const& [path, node] : names_) {
        auto copy = std::make_shared<Node>();
        copy->bytes = copy->durable = node->bytes;
        after->names_[path] = after->durable_names_[path] = copy;
    }
    return after;
}

std::vector<std::string> MemoryFiles::paths() const {
    std::lock_guard lock{mutex_};
    std::vector<std::string> paths;
    for (auto const& [path, node] : names_) paths.push_back(path);
    return paths;
}

std::string MemoryFiles::content(std::string const& path) const {
    std::lock_guard lock{mutex_};
    auto const found = names_.find(path);
    return found == names_.end() ? std::string{} : found->second->bytes;
}

void MemoryFiles::set_content(std::string const& path, std::string bytes) {
    std::lock_guard lock{mutex_};
    auto node = std::make_shared<Node>();
    node->bytes = node->durable = std::move(bytes);
    names_[path] = durable_names_[path] = node;
}

int MemoryFiles::open(Path const& path, int flags) {
    std::lock_guard lock{mutex_};
    if (fails(false)) return error();
    auto found = names_.find(path.string());
    if (found == names_.end()) {
        if ((flags & O_CREAT) == 0) return -ENOENT;
        if (!folders_.contains(parent(path.string()))) return -ENOENT;
        found = names_.emplace(path.string(), std::make_shared<Node>()).first;
    } else if ((flags & O_EXCL) != 0) {
        return -EEXIST;
    }
    if ((flags & O_TRUNC) != 0) found->second->bytes.clear();
    opened_[next_file_] = {found->second, 0, (flags & O_APPEND) != 0, false};
    return next_file_++;
}

int MemoryFiles::close(int file) {
    std::lock_guard lock{mutex_};
    auto const found = opened_.find(file);
    if (found == opened_.end()) return -EBADF;
    if (found->second.node->locked_by == file) found->second.node->locked_by = -1;
    opened_.erase(found);
    return 0;
}

std::int64_t MemoryFiles::write(int file, std::string_view bytes) {
    std::lock_guard lock{mutex_};
    auto& opened = opened_.at(file);
    auto& into = opened.node->bytes;
    bool const failing = fails(true);
    if (failing && (failure_ != Failure::disk_full || bytes.size() < 2)) {
        return error();
    }
    if (failing) bytes = bytes.substr(0, bytes.size() / 2);
    if (opened.appends) opened.at = into.size();
    into.replace(std::min<std::size_t>(opened.at, into.size()), bytes.size(), bytes);
    opened.at += bytes.size();
    return static_cast<std::int64_t>(bytes.size());
}

std::int64_t MemoryFiles::read(int file, std::uint64_t offset, char* into, std::size_t size) {
    std::lock_guard lock{mutex_};
    if (fails(false)) return error();
    auto const& bytes = opened_.at(file).node->bytes;
    if (offset >= bytes.size()) return 0;
    auto const count = std::min(size, bytes.size() - offset);
    bytes.copy(into, count, offset);
    return static_cast<std::int64_t>(count);
}

std::int64_t MemoryFiles::size(int file) {
    std::lock_guard lock{mutex_};
    if (fails(false)) return error();
    return static_cast<std::int64_t>(opened_.at(file).node->bytes.size());
}

int MemoryFiles::truncate(int file, std::uint64_t size) {
    std::lock_guard lock{mutex_};
    if (fails(false)) return error();
    opened_.at(file).node->bytes.resize(size);
    return 0;
}

int MemoryFiles::sync(int file) {
    std::lock_guard lock{mutex_};
    auto& opened = opened_.at(file);
    if (fails(false)) {
        opened.is_broken = true;
        return error();
    }
    if (!opened.is_broken) opened.node->durable = opened.node->bytes;
    return 0;
}

int MemoryFiles::lock(int file) {
    std::lock_guard lock{mutex_};
    if (fails(false)) return error();
    auto& node = *opened_.at(file).node;
    if (node.locked_by >= 0 && node.locked_by != file) return -EWOULDBLOCK;
    node.locked_by = file;
    return 0;
}

int MemoryFiles::rename(Path const& from, Path const& to) {
    std::lock_guard lock{mutex_};
    if (fails(false)) return error();
    auto const found = names_.find(from.string());
    if (found == names_.end()) return -ENOENT;
    auto node = found->second;
    names_.erase(found);
    names_[to.string()] = std::move(node);
    return 0;
}

int MemoryFiles::remove(Path const& path) {
    std::lock_guard lock{mutex_};
    if (fails(false)) return error();
    if (names_.erase(path.string()) != 0) return 0;
    if (!folders_.contains(path.string())) return -ENOENT;
    for (auto const& [name, node] : names_) {
        if (parent(name) == path.string()) return -ENOTEMPTY;
    }
    folders_.erase(path.string());
    return 0;
}

int MemoryFiles::make_folder(Path const& path) {
    std::lock_guard lock{mutex_};
    if (fails(false)) return error();
    if (!folders_.contains(parent(path.string()))) return -ENOENT;
    return folders_.insert(path.string()).second ? 0 : -EEXIST;
}

int MemoryFiles::sync_folder(Path const& folder) {
    std::lock_guard lock{mutex_};
    if (fails(false)) return error();
    if (!folders_.contains(folder.string())) return -ENOENT;
    std::erase_if(durable_names_, [&](auto const& entry) { return parent(entry.first) == folder.string(); });
    for (auto const& [path, node] : names_) {
        if (parent(path) == folder.string()) durable_names_[path] = node;
    }
    std::erase_if(durable_folders_, [&](auto const& path) { return path != "/" && parent(path) == folder.string(); });
    for (auto const& path : folders_) {
        if (path != "/" && parent(path) == folder.string()) durable_folders_.insert(path);
    }
    return 0;
}

int MemoryFiles::list(Path const& folder, std::vector<std::string>& names) {
    std::lock_guard lock{mutex_};
    if (fails(false)) return error();
    if (!folders_.contains(folder.string())) return -ENOENT;
    for (auto const& [path, node] : names_) {
        if (parent(path) == folder.string()) names.push_back(Path{path}.filename().string());
    }
    for (auto const& path : folders_) {
        if (path != "/" && parent(path) == folder.string()) names.push_back(Path{path}.filename().string());
    }
    std::sort(names.begin(), names.end());
    return 0;
}

}  // namespace soyuz::store::test
