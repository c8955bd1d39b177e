#include "media/worker_link.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "media/frames.hpp"

namespace soyuz::media {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::size_t piece = 64U << 10U;

Error gone() { return {Code::internal, "The process that looks at the stream has ended."}; }

}  // namespace

Result<std::unique_ptr<WorkerLink>> WorkerLink::start(std::filesystem::path const& program, Heard heard) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return Error{Code::internal, "There is no socket for another process."};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], worker_socket);
    // The server's own files and sockets close themselves.
    posix_spawn_file_actions_addclosefrom_np(&actions, worker_socket + 1);
    auto name = program.string();
    std::array<char*, 2> arguments{name.data(), nullptr};
    std::array<char*, 1> environment{nullptr};
    pid_t process = 0;
    auto const fault = ::posix_spawn(&process, name.c_str(), &actions, nullptr, arguments.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (fault != 0) {
        ::close(ends[0]);
        return Error{Code::not_found, "soyuz-media is not installed."};
    }
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return std::unique_ptr<WorkerLink>{new WorkerLink{ends[0], process, std::move(heard)}};
}

WorkerLink::WorkerLink(int socket, pid_t process, Heard heard)
    : socket_(socket), process_(process), heard_(std::move(heard)) {}

WorkerLink::~WorkerLink() {
    ::close(socket_);
    ::kill(process_, SIGKILL);
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
}

Result<bool> WorkerLink::hear() {
    std::array<char, piece> buffer{};
    auto const count = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (count == 0) return false;
    if (count < 0) {
        if (errno == EAGAIN || errno == EINTR) return true;
        return false;
    }
    in_.append(buffer.data(), static_cast<std::size_t>(count));
    while (in_.size() >= frame_head) {
        auto const length = frame_length(in_);
        if (!length) return Error{Code::internal, "The process that looks at the stream says nonsense."};
        if (in_.size() < frame_head + *length) break;
        heard_(in_[0], std::string_view{in_}.substr(frame_head, *length));
        in_.erase(0, frame_head + *length);
    }
    return true;
}

Result<void> WorkerLink::exchange(std::string_view& to_write, std::chrono::milliseconds patience) {
    pollfd wanted{socket_, POLLIN, 0};
    if (!to_write.empty()) wanted.events |= POLLOUT;
    auto const ready = ::poll(&wanted, 1, static_cast<int>(patience.count()));
    if (ready < 0 && errno == EINTR) return {};
    if (ready <= 0) return Error{Code::internal, "The process that looks at the stream doesn't go on."};
    if ((wanted.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
        auto const more = hear();
        if (!more) return more.error();
        if (!*more) return gone();
    }
    if ((wanted.revents & POLLOUT) == 0) return {};
    auto const count = ::send(socket_, to_write.data(), to_write.size(), MSG_NOSIGNAL);
    if (count > 0) to_write.remove_prefix(static_cast<std::size_t>(count));
    if (count < 0 && errno != EAGAIN && errno != EINTR) return gone();
    return {};
}

Result<void> WorkerLink::feed(std::string_view bytes, std::chrono::milliseconds patience) {
    while (!bytes.empty()) {
        auto const part = bytes.substr(0, piece);
        bytes.remove_prefix(part.size());
        auto const frame = frame_head_of(data_frame, part.size()).append(part);
        std::string_view left = frame;
        while (!left.empty())
            if (auto const done = exchange(left, patience); !done) return done;
    }
    return {};
}

Result<void> WorkerLink::finish(std::chrono::milliseconds patience) {
    auto const frame = frame_head_of(end_frame, 0);
    std::string_view left = frame;
    for (;;) {
        if (auto const done = exchange(left, patience); !done) {
            // Having written all, the end of the process is the end of the work.
            if (left.empty() && done.error().message == gone().message) return {};
            return done;
        }
    }
}

}  // namespace soyuz::media
