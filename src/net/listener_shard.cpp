#include "net/listener_shard.hpp"

#include <algorithm>
#include <exception>
#include <string>

#include <asio/post.hpp>
#include <unistd.h>

#include "base/log.hpp"
#include "net/connection.hpp"

namespace soyuz::net {

namespace {

/// Often enough that a limit is exceeded by no more than a quarter, and at most a second.
std::chrono::milliseconds sweep_interval(Limits const& limits) {
    using std::chrono::milliseconds;
    auto const shortest =
        std::min({limits.header_timeout, limits.body_grace, limits.keep_alive, limits.handshake_timeout,
                  limits.ping_interval, limits.ping_timeout, limits.close_timeout, limits.linger});
    return std::clamp(shortest / 4, milliseconds(5), milliseconds(1000));
}

}  // namespace

ListenerShard::ListenerShard(AsioLoop& loop, std::shared_ptr<ListenerState> state)
    : loop_(loop),
      state_(std::move(state)),
      sweep_timer_(loop.context()),
      sweep_interval_(sweep_interval(state_->limits)) {}

ListenerShard::~ListenerShard() = default;

void ListenerShard::start() { wait_for_sweep(); }

void ListenerShard::count_out(std::string const& address, bool counted_by_address) {
    if (counted_by_address) state_->addresses.leave(address);
    state_->count_out();
}

void ListenerShard::adopt(Accepted const& accepted) {
    asio::ip::tcp::socket socket(loop_.context());
    asio::error_code error;
    if (!shut_down_ && !draining_) socket.assign(asio::ip::tcp::v4(), accepted.descriptor, error);
    if (shut_down_ || draining_ || error) {
        ::close(accepted.descriptor);
        return count_out(accepted.address, accepted.counted_by_address);
    }
    auto const connection = std::make_shared<Connection>(*this, std::move(socket), accepted);
    connection->self_ = connection;
    connection->next_ = first_;
    if (first_ != nullptr) first_->previous_ = connection.get();
    first_ = connection.get();
    try {
        connection->start();
    } catch (std::exception const& failure) {
        base::log::warn("a connection can't begin", {{"error", failure.what()}});
        connection->close();
    }
}

void ListenerShard::unlink(Connection& connection) {
    (connection.previous_ == nullptr ? first_ : connection.previous_->next_) = connection.next_;
    if (connection.next_ != nullptr) connection.next_->previous_ = connection.previous_;
    connection.previous_ = connection.next_ = nullptr;
}

void ListenerShard::bury(Connection& connection) {
    unlink(connection);
    buried_.push_back(std::move(connection.self_));
    post_end_of_turn();
}

void ListenerShard::retire(std::shared_ptr<void> object) {
    retired_.push_back(std::move(object));
    post_end_of_turn();
}

void ListenerShard::post_end_of_turn() {
    if (end_of_turn_posted_) return;
    end_of_turn_posted_ = true;
    // It runs behind the events that are ready now, so it comes once for all of them.
    asio::post(loop_.context(), [self = shared_from_this()] { self->end_turn(); });
}

void ListenerShard::end_turn() {
    end_of_turn_posted_ = false;
    dirty_now_.swap(dirty_);
    buried_now_.swap(buried_);
    auto const retired = std::move(retired_);
    retired_.clear();
    // What the handlers do here marks others dirty; those come with the next turn.
    for (auto* const session : dirty_now_) session->end_turn();
    dirty_now_.clear();
    for (auto const& connection : buried_now_) count_out(connection->address_, connection->counted_by_address_);
    buried_now_.clear();
}

void ListenerShard::wait_for_sweep() {
    sweep_timer_.expires_after(sweep_interval_);
    sweep_timer_.async_wait([self = shared_from_this()](asio::error_code error) {
        if (!error && !self->shut_down_) self->sweep();
    });
}

void ListenerShard::sweep() {
    auto const now = std::chrono::steady_clock::now();
    for (auto* connection = first_; connection != nullptr;) {
        auto* const next = connection->next_;
        connection->sweep(now);
        connection = next;
    }
    loop_.trim();
    wait_for_sweep();
}

void ListenerShard::drain() {
    draining_ = true;
    for (auto* connection = first_; connection != nullptr;) {
        auto* const next = connection->next_;
        connection->drain();
        connection = next;
    }
}

void ListenerShard::shut_down() {
    shut_down_ = true;
    draining_ = true;
    sweep_timer_.cancel();
    while (first_ != nullptr) first_->close();
    // Twice, because handlers that learn of the end may close or write to others.
    while (!dirty_.empty() || !buried_.empty()) end_turn();
}

}  // namespace soyuz::net
