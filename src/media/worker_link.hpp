#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/result.hpp"

namespace soyuz::media {

/// A worker process and the socket to it. What it says is a stranger's: lengths are bounded, and whatever is malformed
/// ends it. Not thread-safe. The process ends with the link.
class WorkerLink {
public:
    /// `heard(kind, bytes)` runs within the calls below.
    using Heard = std::function<void(char kind, std::string_view bytes)>;
    /// Errors: not_found where there is no such program.
    static base::Result<std::unique_ptr<WorkerLink>> start(std::filesystem::path const& program, Heard heard);
    ~WorkerLink();
    WorkerLink(WorkerLink const&) = delete;
    WorkerLink& operator=(WorkerLink const&) = delete;

    /// Hands bytes of the stream over, and hears what comes meanwhile. Errors: internal where the worker is gone, or
    /// says nothing for `patience`.
    base::Result<void> feed(std::string_view bytes, std::chrono::milliseconds patience);
    /// Says that there are no more, and hears until the worker ends. Errors as `feed`.
    base::Result<void> finish(std::chrono::milliseconds patience);
    pid_t process() const { return process_; }

private:
    WorkerLink(int socket, pid_t process, Heard heard);
    base::Result<void> exchange(std::string_view& to_write, std::chrono::milliseconds patience);
    /// False at the end of what it says.
    base::Result<bool> hear();

    int const socket_;
    pid_t const process_;
    Heard const heard_;
    std::string in_;
};

}  // namespace soyuz::media
