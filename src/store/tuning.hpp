#pragma once

#include <chrono>
#include <cstddef>

namespace soyuz::store {

/// What only tests change.
struct Tuning {
    std::chrono::milliseconds probe_interval{1'000};  ///< between looks at a disk that failed
    std::chrono::milliseconds sync_interval{1'000};   ///< with Durability::interval
    std::size_t recent_bytes = 64U << 20U;            ///< of messages in memory that the files have, over all rooms
    std::size_t group_bytes = 8U << 20U;              ///< about how much one write and fsync takes
    bool searches_for_damage = true;                  ///< reads everything once, after a start
};

}  // namespace soyuz::store
