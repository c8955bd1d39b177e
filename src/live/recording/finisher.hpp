#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "base/result.hpp"

namespace soyuz::live {

struct Finished {
    std::chrono::milliseconds duration{0};
    std::uint64_t bytes = 0;
};

/// Makes of what a recording appended (`part`) a file with its length and seek points, at `target`, which is durable
/// once this returns. What a crash tore off at the end is left out. Errors: not_found where there is nothing to play in
/// it, read_only where it can't be written. Blocks on the disk.
base::Result<Finished> finish_recording(std::filesystem::path const& part, std::filesystem::path const& target);

}  // namespace soyuz::live
