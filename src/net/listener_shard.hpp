#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include "net/asio_loop.hpp"
#include "net/counter.hpp"
#include "net/listener_state.hpp"

namespace soyuz::net {

class Connection;
class WebSocketSession;

using Moment = std::chrono::steady_clock::time_point;

/// The connections of a listener that live on one loop. Lives on that loop; the counters may be read anywhere.
class ListenerShard : public std::enable_shared_from_this<ListenerShard> {
public:
    ListenerShard(AsioLoop& loop, std::shared_ptr<ListenerState> state);
    ~ListenerShard();

    /// A connection counted in already, which is counted out when it is gone.
    struct Accepted {
        int descriptor;
        std::string address;
        bool counted_by_address;
    };

    void start();
    void adopt(Accepted const& accepted);
    /// Closes WebSockets with 1001, idle connections at once, the others when they have answered.
    void drain();
    /// Closes everything at once; afterwards nothing of the listener is called any more.
    void shut_down();

    AsioLoop& loop() { return loop_; }
    ListenerState& state() { return *state_; }
    Limits const& limits() const { return state_->limits; }
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

    AsioLoop& loop_;
    std::shared_ptr<ListenerState> state_;
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
