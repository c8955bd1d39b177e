// Loaded before libc (LD_PRELOAD): makes the disk fail, keeps a copy of what a power cut would leave, moves the clock.
// SOYUZ_FAULTS_ROOT names the data folder, SOYUZ_FAULTS_SHADOW the copy (none: no copy), SOYUZ_FAULTS_CONTROL the file
// through which the test steers.
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "control.hpp"
#include "real.hpp"
#include "shadow.hpp"

namespace {

using soyuz::faults::control;
using soyuz::faults::real;
using soyuz::faults::Shadow;

constexpr std::size_t most_descriptors = 65'536;
/// Which descriptors belong to files below the data folder.
std::array<std::atomic<bool>, most_descriptors> watched;

/// What the library itself does while it keeps the copy is none of its business.
thread_local bool is_inside = false;
struct Inside {
    Inside() { is_inside = true; }
    ~Inside() { is_inside = false; }
    Inside(Inside const&) = delete;
    Inside& operator=(Inside const&) = delete;
};

std::string const& root() {
    static std::string const path = [] {
        char const* const given = std::getenv("SOYUZ_FAULTS_ROOT");
        return given == nullptr ? std::string{} : std::string{given};
    }();
    return path;
}

Shadow* shadow() {
    static std::unique_ptr<Shadow> const made = [] {
        char const* const given = std::getenv("SOYUZ_FAULTS_SHADOW");
        return given == nullptr ? nullptr : std::make_unique<Shadow>(root(), given);
    }();
    return made.get();
}

bool is_below_root(char const* path) {
    auto const& folder = root();
    if (folder.empty() || path == nullptr) return false;
    std::string const text = path;
    return text.compare(0, folder.size(), folder) == 0 && (text.size() == folder.size() || text[folder.size()] == '/');
}

bool is_watched(int file) {
    return !is_inside && file >= 0 && static_cast<std::size_t>(file) < most_descriptors &&
           watched[static_cast<std::size_t>(file)].load(std::memory_order_relaxed);
}

void watch(int file, bool on) {
    if (file >= 0 && static_cast<std::size_t>(file) < most_descriptors)
        watched[static_cast<std::size_t>(file)].store(on, std::memory_order_relaxed);
}

std::string path_of(int file) {
    std::array<char, PATH_MAX> target{};
    auto const link = "/proc/self/fd/" + std::to_string(file);
    auto const size = ::readlink(link.c_str(), target.data(), target.size());
    return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : std::string{};
}

template <class Open>
int open_watched(char const* path, int flags, Open open) {
    if (is_inside || !is_below_root(path)) {
        int const file = open();
        watch(file, false);
        return file;
    }
    Inside const inside;
    auto* const copy = shadow();
    bool const was_there = ::access(path, F_OK) == 0;
    int const file = open();
    watch(file, true);
    if (file < 0 || copy == nullptr) return file;
    int const error = errno;
    copy->opened(file, !was_there && (flags & O_CREAT) != 0);
    if (was_there && (flags & O_TRUNC) != 0) copy->changing(file, 0);
    errno = error;
    return file;
}

int fail_with(int error) {
    errno = error;
    return -1;
}

template <class Sync>
int sync_watched(int file, Sync sync) {
    if (!is_watched(file)) return sync();
    if (int const delay = control()->sync_delay_ms; delay > 0) ::usleep(static_cast<useconds_t>(delay) * 1000);
    if (int const error = control()->sync_error; error != 0) {
        control()->failed_syncs = control()->failed_syncs + 1;
        return fail_with(error);
    }
    int const result = sync();
    if (result != 0 || shadow() == nullptr) return result;
    Inside const inside;
    struct stat status {};
    if (::fstat(file, &status) == 0 && S_ISDIR(status.st_mode)) {
        shadow()->synced_folder(path_of(file));
    } else {
        shadow()->synced_file(file);
    }
    return 0;
}

}  // namespace

extern "C" {

int open(char const* path, int flags, ...) {
    mode_t mode = 0;
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    static auto* const system = real<int(char const*, int, ...)>("open");
    return open_watched(path, flags, [&] { return system(path, flags, mode); });
}

int open64(char const* path, int flags, ...) {
    mode_t mode = 0;
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    static auto* const system = real<int(char const*, int, ...)>("open64");
    return open_watched(path, flags, [&] { return system(path, flags, mode); });
}

int close(int file) {
    static auto* const system = real<int(int)>("close");
    if (!is_inside) watch(file, false);
    return system(file);
}

ssize_t write(int file, void const* bytes, size_t size) {
    static auto* const system = real<ssize_t(int, void const*, size_t)>("write");
    if (!is_watched(file)) return system(file, bytes, size);
    if (int const error = control()->write_error; error != 0) return fail_with(error);
    if (auto* const copy = shadow()) {
        Inside const inside;
        bool const appends = (::fcntl(file, F_GETFL) & O_APPEND) != 0;
        auto const at = ::lseek(file, 0, appends ? SEEK_END : SEEK_CUR);
        copy->changing(file, at < 0 ? 0 : static_cast<std::uint64_t>(at));
    }
    return system(file, bytes, size);
}

int ftruncate(int file, off_t size) {
    static auto* const system = real<int(int, off_t)>("ftruncate");
    if (is_watched(file)) {
        if (int const error = control()->write_error; error != 0) return fail_with(error);
        Inside const inside;
        if (auto* const copy = shadow()) copy->changing(file, static_cast<std::uint64_t>(size));
    }
    return system(file, size);
}

int ftruncate64(int file, off64_t size) { return ftruncate(file, size); }

int fdatasync(int file) {
    static auto* const system = real<int(int)>("fdatasync");
    return sync_watched(file, [&] { return system(file); });
}

int fsync(int file) {
    static auto* const system = real<int(int)>("fsync");
    return sync_watched(file, [&] { return system(file); });
}

int clock_gettime(clockid_t clock, timespec* now) noexcept {
    static auto* const system = real<int(clockid_t, timespec*)>("clock_gettime");
    int const result = system(clock, now);
    if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += control()->clock_offset_s;
    return result;
}

time_t time(time_t* into) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (into != nullptr) *into = now.tv_sec;
    return now.tv_sec;
}

}  // extern "C"
