#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "store/files.hpp"

namespace soyuz::store {

/// Where damaged bytes are kept for people: quarantine/report.jsonl says what, from where and when. Thread-safe.
class Quarantine {
public:
    Quarantine(Files& files, Path folder, base::Clock const& clock)
        : files_(files), folder_(std::move(folder)), clock_(clock) {}

    /// Copies bytes found at `offset` of `file` (relative to the data folder). Failures are logged: the damaged bytes
    /// are useless to the server, so keeping them never stops it.
    void keep(std::string_view file, std::uint64_t offset, std::string_view bytes, std::string_view what);

    std::uint64_t count() const { return count_; }  ///< damaged stretches met since the start

private:
    Files& files_;
    Path folder_;  ///< the data folder
    base::Clock const& clock_;
    std::atomic<std::uint64_t> count_{0};
};

}  // namespace soyuz::store
