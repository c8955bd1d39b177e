#include "net/connection.hpp"

#include <cerrno>
#include <exception>
#include <string>
#include <utility>

#include <asio/post.hpp>
#include <sys/socket.h>

#include "base/log.hpp"

namespace soyuz::net {

Connection::Connection(ListenerShard& shard, asio::ip::tcp::socket socket, ListenerShard::Accepted const& accepted)
    : shard_(shard),
      socket_(std::move(socket)),
      address_(accepted.address),
      counted_by_address_(accepted.counted_by_address) {}

void Connection::start() {
    if (auto const& tls = shard_.state().tls) {
        tls_ = std::make_unique<TlsChannel>(*tls, socket_.native_handle());
        shaking_hands_ = true;
        deadline_ = std::chrono::steady_clock::now() + limits().handshake_timeout;
    }
    http_ = std::make_unique<HttpSession>(*this);
    wait_readable();
}

void Connection::wait_readable() {
    if (closed_ || !reading_ || waiting_readable_) return;
    waiting_readable_ = true;
    socket_.async_wait(asio::ip::tcp::socket::wait_read, [self = shared_from_this()](asio::error_code error) {
        self->waiting_readable_ = false;
        if (!error && self->reading_) self->guarded(&Connection::readable);
    });
}

void Connection::guarded(void (Connection::*step)()) {
    if (closed_) return;
    try {
        (this->*step)();
    } catch (std::exception const& error) {
        base::log::error("a connection failed", {{"error", error.what()}});
        close();
    }
}

void Connection::wait_writable() {
    if (closed_ || waiting_writable_) return;
    waiting_writable_ = true;
    socket_.async_wait(asio::ip::tcp::socket::wait_write, [self = shared_from_this()](asio::error_code error) {
        self->waiting_writable_ = false;
        if (!error) self->guarded(&Connection::writable);
    });
}

void Connection::resume_reading() {
    if (reading_ || closed_) return;
    reading_ = true;
    if (tls_ && tls_->has_pending()) {
        asio::post(shard_.loop().context(), [self = shared_from_this()] {
            if (self->reading_) self->guarded(&Connection::readable);
        });
        return;
    }
    wait_readable();
}

Transfer Connection::read(char* data, std::size_t size) {
    if (tls_) return tls_->read(data, size);
    for (;;) {
        auto const count = ::recv(socket_.native_handle(), data, size, 0);
        if (count > 0) return {Transfer::Outcome::done, static_cast<std::size_t>(count)};
        if (count == 0) return {Transfer::Outcome::ended, 0};
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return {Transfer::Outcome::blocked, 0};
        return {Transfer::Outcome::failed, 0};
    }
}

Transfer Connection::write(std::span<iovec const> parts) {
    if (closed_) return {Transfer::Outcome::failed, 0};
    Transfer result;
    if (tls_) {
        result = tls_->write(parts, shard_.loop().record_buffer(), AsioLoop::record_bytes);
    } else {
        msghdr message{};
        message.msg_iov = const_cast<iovec*>(parts.data());
        message.msg_iovlen = parts.size();
        constexpr int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
        ssize_t count = 0;
        do {
            // One piece is the rule, and cheaper sent without a list of pieces to copy.
            count = parts.size() == 1 ? ::send(socket_.native_handle(), parts[0].iov_base, parts[0].iov_len, flags)
                                      : ::sendmsg(socket_.native_handle(), &message, flags);
        } while (count < 0 && errno == EINTR);
        if (count >= 0) {
            std::size_t wanted = 0;
            for (auto const& part : parts) wanted += part.iov_len;
            // The kernel took a part: its buffer is full, and asking again would only tell so.
            bool const full = static_cast<std::size_t>(count) < wanted;
            result = {full ? Transfer::Outcome::blocked : Transfer::Outcome::done, static_cast<std::size_t>(count)};
        } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
            result = {Transfer::Outcome::blocked, 0};
        }
    }
    shard_.bytes_out.add(result.bytes);
    return result;
}

void Connection::shake_hands() {
    auto const result = tls_->handshake();
    if (result.outcome == Transfer::Outcome::blocked) {
        if (tls_->wants_write()) {
            wait_writable();
        } else {
            wait_readable();
        }
        return;
    }
    if (result.outcome != Transfer::Outcome::done) return close();
    shaking_hands_ = false;
    http_->begin();
    readable();
}

void Connection::readable() {
    if (shaking_hands_) return shake_hands();
    char* const buffer = shard_.loop().read_buffer();
    auto const result = read(buffer, AsioLoop::read_bytes);
    if (tls_ && tls_->wants_write()) wait_writable();
    switch (result.outcome) {
        case Transfer::Outcome::blocked: break;
        case Transfer::Outcome::failed: return close();
        case Transfer::Outcome::ended:
            if (lingering_ || websocket_) return close();
            reading_ = false;
            return http_->input_ended();
        case Transfer::Outcome::done:
            shard_.bytes_in.add(result.bytes);
            consume(buffer, result.bytes);
            break;
    }
    if (closed_ || !reading_) return;
    if (tls_ && tls_->has_pending()) {
        // The socket may stay silent while OpenSSL holds more: come back after the others had their turn.
        reading_ = false;
        return resume_reading();
    }
    wait_readable();
}

void Connection::consume(char* data, std::size_t size) {
    if (lingering_) return;
    if (websocket_) return websocket_->consume(data, size);
    http_->consume({data, size});
}

void Connection::writable() {
    if (shaking_hands_) return shake_hands();
    if (lingering_) return;
    if (websocket_) {
        websocket_->writable();
    } else {
        http_->writable();
    }
}

void Connection::linger() {
    if (closed_ || lingering_) return;
    lingering_ = true;
    deadline_ = std::chrono::steady_clock::now() + limits().linger;
    if (tls_) tls_->shut_down();
    ::shutdown(socket_.native_handle(), SHUT_WR);
    resume_reading();
}

void Connection::close() {
    if (closed_) return;
    closed_ = true;
    if (tls_ && !lingering_) tls_->shut_down();
    asio::error_code ignored;
    socket_.close(ignored);
    if (websocket_) websocket_->connection_lost();
    shard_.bury(*this);
}

void Connection::become_websocket(WebSocketAccept accept, std::optional<Compression> compression,
                                  std::string_view response, std::string early) {
    shard_.retire(std::shared_ptr<HttpSession>(std::move(http_)));
    websocket_ = std::make_unique<WebSocketSession>(*this, std::move(accept), compression);
    shard_.websockets.add(1);
    websocket_->open(response);
    if (shard_.is_draining()) drain();
    if (!early.empty()) websocket_->consume(early.data(), early.size());
    resume_reading();
}

void Connection::sweep(Moment now) {
    if (shaking_hands_ || lingering_) {
        if (now >= deadline_) close();
        return;
    }
    if (websocket_) {
        websocket_->sweep(now);
    } else {
        http_->sweep(now);
    }
}

void Connection::drain() {
    if (lingering_) return;
    if (shaking_hands_) return close();
    if (websocket_) {
        websocket_->close(1001, "The server is stopping.");
    } else {
        http_->drain();
    }
}

}  // namespace soyuz::net
