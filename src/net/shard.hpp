#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include "net/address_counts.hpp"
#include "net/listener.hpp"
#include "net/loop_implementation.hpp"
#include "net/tls.hpp"

namespace soyuz::net {

class Connection;
class WebSocketSession;

using Moment = std::chrono::steady_clock::time_point;

/// What all shards of a listener share. Thread-safe: constant but for the counters.
struct Common {
    Common(Limits given_limits, Handlers given_handlers)
        : limits(std::move(given_limits)),
          handlers(std::move(given_handlers)),
          addresses(limits.connections_per_address) {}

    Limits const limits;
    Handlers const handlers;
    std::unique_ptr<TlsContext> tls;  ///< set before the first connection
    AddressCounts addresses;
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

/// A counter that one thread writes and others read.
class Counter {
public:
    void add(std::uint64_t count) {
        value_.store(value_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
    }
    void remove(std::uint64_t count) { add(~count + 1); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// The connections of a listener that live on one loop. Lives on that loop; the counters may be read anywhere.
class Shard : public std::enable_shared_from_this<Shard> {
public:
    Shard(LoopImplementation& loop, std::shared_ptr<Common> common);
    ~Shard();

    /// A connection counted in already, which is counted out when it is gone.
    struct Accepted {
        int descriptor;
        std::string address;
        bool counted_by_address;
    };

    void start();
    void adopt(Accepted accepted);
    /// Closes WebSockets with 1001, idle connections at once, the others when they have answered.
    void drain();
    /// Closes everything at once; afterwards nothing of the listener is called any more.
    void shut_down();

    LoopImplementation& loop() { return loop_; }
    Common& common() { return *common_; }
    Limits const& limits() const { return common_->limits; }
    bool is_draining() const { return draining_; }

    // For connections:
    void mark_dirty(WebSocketSession& session) {
        dirty_.push_back(&session);
        if (!end_of_turn_posted_) post_end_of_turn();
    }
    /// The connection has closed its socket; it is destroyed at the end of the turn.
    void bury(Connection& connection);
    /// Destroys `object` at the end of the turn, when nothing of it is on the stack.
    void retire(std::shared_ptr<void> object);

    Counter requests, websockets, bytes_in, bytes_out, outbox_bytes, dropped_slow;

private:
    void post_end_of_turn();
    void end_turn();
    void wait_for_sweep();
    void sweep();
    void unlink(Connection& connection);
    void count_out(std::string const& address, bool counted_by_address);

    LoopImplementation& loop_;
    std::shared_ptr<Common> common_;
    asio::steady_timer sweep_timer_;
    std::chrono::milliseconds sweep_interval_;
    Connection* first_ = nullptr;  ///< a list through the connections themselves
    std::vector<WebSocketSession*> dirty_, dirty_now_;
    std::vector<std::shared_ptr<Connection>> buried_, buried_now_;
    std::vector<std::shared_ptr<void>> retired_;
    bool end_of_turn_posted_ = false;
    bool draining_ = false;
    bool shut_down_ = false;
};

}  // namespace soyuz::net
