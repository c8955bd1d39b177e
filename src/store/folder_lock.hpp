#pragma once

#include <memory>
#include <optional>
#include <string>

#include "store/files.hpp"

namespace soyuz::store {

/// Holds a data folder for this process: an flock on LOCK, with the process id in it for people.
class FolderLock {
public:
    struct Failure {
        bool is_held = false;  ///< another process has it
        std::string message;   ///< names its process id
    };

    /// Takes the lock; `failure` says why not.
    static std::unique_ptr<FolderLock> take(Files& files, Path const& folder, Failure& failure);

    /// The process id of who holds a folder; none if nobody does. Makes no file.
    static std::optional<std::string> holder(Files& files, Path const& folder);

    ~FolderLock() { files_.close(file_); }
    FolderLock(FolderLock const&) = delete;
    FolderLock& operator=(FolderLock const&) = delete;

private:
    FolderLock(Files& files, int file) : files_(files), file_(file) {}

    Files& files_;
    int file_;
};

}  // namespace soyuz::store
