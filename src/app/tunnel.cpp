#include "app/tunnel.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/failure.hpp"
#include "base/log.hpp"

namespace soyuz::app {

namespace {

/// Full path of a program on PATH; "" when there is none.
std::string find_program(std::string const& name) {
    char const* const path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        auto const candidate = std::filesystem::path(folder) / name;
        if (!folder.empty() && access(candidate.c_str(), X_OK) == 0 && !std::filesystem::is_directory(candidate))
            return candidate.string();
    }
    return {};
}

}  // namespace

std::string tunnel_address_in(std::string_view line) {
    auto const start = line.find("https://");
    if (start == std::string_view::npos) return {};
    auto const url = line.substr(start, line.find_first_of(" \t|\"'", start) - start);
    // Its output names other addresses too: terms of service, the API that gives out tunnels.
    constexpr std::string_view domain = ".trycloudflare.com";
    if (!url.ends_with(domain) || url == "https://api.trycloudflare.com") return {};
    return std::string{url};
}

bool has_cloudflared() { return !find_program("cloudflared").empty(); }

Tunnel::Tunnel(std::uint16_t port, std::function<void(std::string const&)> announced, std::function<void()> ended)
    : announced_(std::move(announced)), ended_(std::move(ended)) {
    auto const program = find_program("cloudflared");
    if (program.empty())
        throw Failure(Exit::unavailable, "--tunnel needs the program cloudflared, which is not installed");
    auto const target = "http://127.0.0.1:" + std::to_string(port);

    // Nothing else of ours: passwords and keys may stand in the environment.
    std::array<std::string, 2> variables{"PATH", "HOME"};
    std::vector<char const*> environment;
    for (auto& variable : variables) {
        auto const* const value = std::getenv(variable.c_str());
        if (value == nullptr) continue;
        variable.append("=").append(value);
        environment.push_back(variable.c_str());
    }
    environment.push_back(nullptr);

    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Failure(Exit::unavailable, "--tunnel: no pipe for cloudflared");
    auto const parent = getpid();
    child_ = fork();
    if (child_ == 0) {
        // Only what is safe after a fork of a program with threads.
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        signal(SIGPIPE, SIG_DFL);
        setpgid(0, 0);  // Ctrl-C in the terminal is for us; we end the child in our own time
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) _exit(127);
        dup2(ends[1], STDERR_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        execle(program.c_str(), "cloudflared", "tunnel", "--no-autoupdate", "--url", target.c_str(), nullptr,
               const_cast<char* const*>(environment.data()));
        _exit(127);
    }
    close(ends[1]);
    output_ = ends[0];
    if (child_ < 0) {
        close(output_);
        throw Failure(Exit::unavailable, "--tunnel: cloudflared can't be started");
    }
    stop_ = eventfd(0, EFD_CLOEXEC);
    reader_ = std::thread([this] { read_output(); });
}

Tunnel::~Tunnel() {
    stopping_ = true;
    kill(-child_, SIGTERM);
    int status = 0;
    bool gone = false;
    for (int i = 0; i < 50 && !gone; ++i) {
        gone = waitpid(child_, &status, WNOHANG) != 0;
        if (!gone) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    if (!gone) {
        kill(-child_, SIGKILL);
        waitpid(child_, &status, 0);
    }
    // The pipe may outlive the child in a grandchild's hands: the reader is told as well.
    eventfd_write(stop_, 1);
    reader_.join();
    close(output_);
    close(stop_);
}

void Tunnel::read_output() {
    std::string pending, known;
    std::array<char, 4096> piece{};
    while (true) {
        std::array<pollfd, 2> waits{pollfd{output_, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
        if (poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) break;
        if (waits[1].revents != 0) break;
        if (waits[0].revents == 0) continue;
        auto const count = read(output_, piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        pending.append(piece.data(), static_cast<std::size_t>(count));
        for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
            auto const line = pending.substr(0, end);
            pending.erase(0, end + 1);
            base::log::debug("cloudflared: " + line);
            auto const url = tunnel_address_in(line);
            if (url.empty() || url == known) continue;
            known = url;
            announced_(url);
        }
        if (pending.size() > 65'536) pending.clear();
    }
    if (!stopping_) ended_();
}

}  // namespace soyuz::app
