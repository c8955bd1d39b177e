#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "base/workers.hpp"
#include "net/address_counts.hpp"
#include "net/body_budget.hpp"
#include "net/listener.hpp"
#include "net/tls.hpp"

namespace soyuz::net {

/// What all shards of a listener share. Thread-safe: constant but for the counters.
struct ListenerState {
    ListenerState(Limits given_limits, Handlers given_handlers)
        : limits(std::move(given_limits)),
          handlers(std::move(given_handlers)),
          addresses(limits.connections_per_address),
          bodies(std::make_shared<BodyBudget>(limits.large_bodies_bytes, limits.large_bodies_bytes_per_address)) {
        if (!limits.spool_folder.empty()) spooler = std::make_unique<base::Workers>("spool", 1, 2 * limits.connections);
    }

    Limits const limits;
    Handlers const handlers;
    std::unique_ptr<TlsContext> tls;  ///< set before the first connection
    AddressCounts addresses;
    std::shared_ptr<BodyBudget> bodies;
    std::unique_ptr<base::Workers> spooler;  ///< writes large bodies to their files; one piece of each waits
    std::atomic<std::uint64_t> open_connections{0};

    /// One connection less; wakes who waits for the last.
    void count_out() {
        if (open_connections.fetch_sub(1) != 1) return;
        std::lock_guard const lock(empty_mutex);
        empty.notify_all();
    }
    void wait_until_empty(std::chrono::milliseconds grace) {
        std::unique_lock lock(empty_mutex);
        empty.wait_for(lock, grace, [this] { return open_connections.load() == 0; });
    }
    std::mutex empty_mutex;
    std::condition_variable empty;
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> refused{0};
};

}  // namespace soyuz::net
