#include "app/process_stats.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

namespace soyuz::app {

namespace {

double seconds(timeval const& span) {
    return static_cast<double>(span.tv_sec) + static_cast<double>(span.tv_usec) / 1e6;
}

}  // namespace

ProcessStats process_stats() {
    ProcessStats figures;
    std::uint64_t pages = 0, resident = 0;
    if (std::ifstream("/proc/self/statm") >> pages >> resident)
        figures.resident_bytes = resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    std::error_code error;
    for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end; at.increment(error))
        ++figures.open_files;
    if (figures.open_files > 0) --figures.open_files;  // the one that lists them
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) figures.most_files = limit.rlim_cur;
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0) figures.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    return figures;
}

}  // namespace soyuz::app
