#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>

#include "base/clock.hpp"

namespace soyuz::store {
class Store;
}

namespace soyuz::app {

/// What an owner asks about a whole server: found out when asked, and remembered for half a minute. Thread-safe; may
/// block on the disk.
class StorageFigures {
public:
    StorageFigures(store::Store const& store, base::Clock const& clock, std::filesystem::path data,
                   std::filesystem::path uploads);

    struct Values {
        std::uint64_t messages_today = 0;  ///< since midnight UTC, in all rooms
        std::uint64_t data_bytes = 0, uploads_bytes = 0;
        std::optional<base::Timestamp> last_backup;
    };
    Values values();

private:
    Values look() const;

    store::Store const& store_;
    base::Clock const& clock_;
    std::filesystem::path const data_, uploads_;
    std::mutex mutex_;
    Values known_;
    std::optional<std::chrono::steady_clock::time_point> known_since_;
};

}  // namespace soyuz::app
