#include "net/websocket_session.hpp"

#include <array>
#include <exception>
#include <limits>

#include "base/log.hpp"
#include "net/connection.hpp"

namespace soyuz::net {

namespace {

/// Pongs are answered one by one while the outbox is shorter than this; beyond, only the newest ping is.
constexpr std::size_t pong_outbox_bytes = std::size_t{64} << 10U;
constexpr std::size_t early_write_bytes = std::size_t{16} << 10U;
constexpr std::string_view ping_frame{"\x89\x00", 2};

}  // namespace

WebSocketSession::WebSocketSession(Connection& connection, WebSocketAccept accept,
                                   std::optional<Compression> compression)
    : outbox_(connection.shard().loop().blocks()),
      window_bits_(compression ? compression->server_window_bits : std::uint8_t{0}),
      limits_(accept.limits),
      shard_(connection.shard()),
      connection_(connection),
      handler_(std::move(accept.handler)),
      held_(std::move(accept.held)),
      last_heard_(std::chrono::steady_clock::now()),
      last_ping_(last_heard_),
      decoder_({accept.limits.message_bytes, accept.limits.fragments, compression.has_value()}) {
    if (!compression) limits_.compress_from = std::numeric_limits<std::size_t>::max();
}

WebSocketSession::~WebSocketSession() = default;

Loop& WebSocketSession::loop() { return shard_.loop(); }

void WebSocketSession::mark_dirty() {
    if (dirty_) return;
    dirty_ = true;
    shard_.mark_dirty(*this);
}

void WebSocketSession::queue(std::string_view bytes) {
    outbox_.append(bytes);
    shard_.outbox_bytes.add(bytes.size());
    mark_dirty();
}

SharedFrame const& WebSocketSession::compressed(SharedFrame const& frame) {
    auto const& result = shard_.loop().deflater().compress(frame, limits_.compress_from);
    // Without context from before, nothing in a message refers back further than its own beginning.
    return result.largest <= std::size_t{1} << window_bits_ || window_bits_ == 15 ? result.frames : frame;
}

bool WebSocketSession::send(SharedFrame const& given, Importance importance) {
    if (phase_ != Phase::open) return false;
    auto const& frame = given->size() < limits_.compress_from ? given : compressed(given);
    auto const bytes = frame->size();
    if (outbox_.size() + bytes > limits_.outbox_bytes / 2 && !admit(bytes, importance)) return false;
    outbox_.append(frame);
    shard_.outbox_bytes.add(bytes);
    // Large gatherings go at once: the buffers of a busy turn then stay in the processor's cache.
    if (outbox_.size() >= early_write_bytes && !blocked_) {
        write_out();
    } else {
        mark_dirty();
    }
    return phase_ == Phase::open;
}

bool WebSocketSession::admit(std::size_t bytes, Importance importance) {
    // A burst within one turn is not yet a slow reader: see first what the socket takes.
    if (!blocked_) write_out();
    if (phase_ != Phase::open) return false;
    if (importance == Importance::droppable) {
        return outbox_.size() <= limits_.outbox_bytes / 2 && outbox_.size() + bytes <= limits_.outbox_bytes;
    }
    if (outbox_.empty() || outbox_.size() + bytes <= limits_.outbox_bytes) return true;
    shard_.dropped_slow.add(1);
    fail(close_code::try_again_later, "Too far behind.");
    return false;
}

template <class Call>
void WebSocketSession::call_handler(Call call) {
    try {
        call();
    } catch (std::exception const& error) {
        base::log::error("the handler of a WebSocket failed", {{"error", error.what()}});
        fail(close_code::internal_error, "Something went wrong here.");
    } catch (...) {
        base::log::error("the handler of a WebSocket failed with an unknown exception");
        fail(close_code::internal_error, "Something went wrong here.");
    }
}

void WebSocketSession::open(std::string_view response) {
    queue(response);
    call_handler([&] { handler_->opened(*this); });
}

void WebSocketSession::consume(char* data, std::size_t size) {
    if (phase_ != Phase::open && phase_ != Phase::closing) return;
    last_heard_ = std::chrono::steady_clock::now();
    if (auto const code = decoder_.feed(data, size, *this)) fail(code, {});
}

void WebSocketSession::message(Opcode kind, std::string_view payload, bool compressed) {
    if (phase_ != Phase::open) return;
    if (!compressed) return take_message(kind, payload);
    auto& inflater = shard_.loop().inflater();
    switch (inflater.inflate(payload, limits_.message_bytes)) {
        case Inflater::Outcome::too_large: return fail(close_code::too_big, {});
        case Inflater::Outcome::invalid: return fail(close_code::invalid_text, {});
        case Inflater::Outcome::done: break;
    }
    if (kind == Opcode::text) {
        Utf8Validator text;
        if (!text.feed(inflater.message()) || !text.is_complete()) return fail(close_code::invalid_text, {});
    }
    take_message(kind, inflater.message());
}

void WebSocketSession::take_message(Opcode kind, std::string_view payload) {
    call_handler([&] { kind == Opcode::text ? handler_->text(payload) : handler_->binary(payload); });
}

void WebSocketSession::ping(std::string_view payload) {
    if (phase_ != Phase::open) return;
    if (blocked_ || outbox_.size() >= pong_outbox_bytes) {
        // RFC 6455, 5.5.3: only the most recent ping needs an answer, so a flood of them can't fill the outbox.
        late_pong_ = std::make_unique<std::string>(payload);
        return mark_dirty();
    }
    queue(encode_frame(Opcode::pong, payload));
}

void WebSocketSession::pong(std::string_view) {}

void WebSocketSession::peer_closed(std::uint16_t code, std::string_view) {
    if (phase_ == Phase::open) {
        // RFC 6455, 5.5.1: a close frame is answered with the code it named.
        queue(encode_close(code, {}));
        final_code_ = code;
    }
    if (phase_ == Phase::open || phase_ == Phase::closing) finish(final_code_);
}

void WebSocketSession::close(std::uint16_t code, std::string_view reason) {
    if (phase_ != Phase::open) return;
    phase_ = Phase::closing;
    final_code_ = code;
    deadline_ = std::chrono::steady_clock::now() + connection_.limits().close_timeout;
    queue(encode_close(code, reason));
}

void WebSocketSession::fail(std::uint16_t code, std::string_view reason) {
    if (phase_ == Phase::finishing || phase_ == Phase::lost) return;
    if (phase_ == Phase::open) queue(encode_close(code, reason));
    finish(code);
}

void WebSocketSession::finish(std::uint16_t code) {
    phase_ = Phase::finishing;
    final_code_ = code;
    deadline_ = std::chrono::steady_clock::now() + connection_.limits().close_timeout;
    late_pong_.reset();
    mark_dirty();
}

void WebSocketSession::connection_lost() {
    if (phase_ == Phase::lost) return;
    phase_ = Phase::lost;
    discard_outbox();
    mark_dirty();
}

void WebSocketSession::discard_outbox() {
    shard_.outbox_bytes.remove(outbox_.size());
    outbox_.clear();
}

void WebSocketSession::end_turn() {
    dirty_ = false;
    if (handler_ && (phase_ == Phase::finishing || phase_ == Phase::lost)) {
        auto const handler = std::move(handler_);
        shard_.websockets.remove(1);
        call_handler([&] { handler->closed(final_code_); });
    }
    if (phase_ != Phase::lost && !blocked_) write_out();
    if (phase_ == Phase::finishing && outbox_.empty()) connection_.linger();
}

void WebSocketSession::writable() {
    blocked_ = false;
    write_out();
    if (phase_ == Phase::finishing && outbox_.empty()) connection_.linger();
}

void WebSocketSession::write_out() {
    for (;;) {
        while (!outbox_.empty()) {
            std::array<iovec, 64> parts;
            auto const result = connection_.write({parts.data(), outbox_.gather(parts)});
            if (result.outcome == Transfer::Outcome::failed) return connection_.close();
            outbox_.consume(result.bytes);
            shard_.outbox_bytes.remove(result.bytes);
            if (result.outcome == Transfer::Outcome::blocked) {
                blocked_ = true;
                return connection_.wait_writable();
            }
        }
        if (!late_pong_) return;
        queue(encode_frame(Opcode::pong, *late_pong_));
        late_pong_.reset();
    }
}

void WebSocketSession::sweep(Moment now) {
    auto const& limits = connection_.limits();
    if (phase_ == Phase::closing || phase_ == Phase::finishing) {
        if (now >= deadline_) connection_.close();
        return;
    }
    if (now - last_heard_ > limits.ping_timeout) return connection_.close();
    if (now - last_ping_ < limits.ping_interval) return;
    last_ping_ = now;
    // Behind a blocked outbox a ping tells nothing; the peer has to read first.
    if (!blocked_) queue(ping_frame);
}

}  // namespace soyuz::net
