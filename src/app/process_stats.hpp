#pragma once

#include <cstdint>

namespace soyuz::app {

/// What the system says of this process; zeros where it says nothing.
struct ProcessStats {
    std::uint64_t resident_bytes = 0, open_files = 0, most_files = 0;
    double cpu_seconds = 0;
};
ProcessStats process_stats();

}  // namespace soyuz::app
