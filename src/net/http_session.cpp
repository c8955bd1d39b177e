#include "net/http_session.hpp"

#include <array>
#include <atomic>
#include <exception>
#include <utility>

#include "base/log.hpp"
#include "net/connection.hpp"
#include "net/websocket_handshake.hpp"

namespace soyuz::net {

namespace {

constexpr std::size_t default_body_bytes = std::size_t{1} << 20U;

/// Pipelining may multiply small bodies, but not uploads.
constexpr std::size_t heavy_body_bytes = std::size_t{64} << 10U;

HttpResponse internal_error() { return refusal(500, "Something went wrong here."); }

/// The way back of one answer, from any thread to the connection's loop. Answers 500 where nobody else does.
class Reply {
public:
    Reply(std::shared_ptr<Mailbox> mailbox, std::weak_ptr<Connection> connection, std::uint64_t number)
        : mailbox_(std::move(mailbox)), connection_(std::move(connection)), number_(number) {}
    ~Reply() {
        if (!answered_) answer(internal_error());
    }
    Reply(Reply const&) = delete;
    Reply& operator=(Reply const&) = delete;

    void answer(HttpSession::Outcome outcome) {
        if (answered_.exchange(true)) return;
        auto carried = std::make_shared<HttpSession::Outcome>(std::move(outcome));
        mailbox_->post([connection = std::move(connection_), number = number_, carried = std::move(carried)] {
            auto const alive = connection.lock();
            if (!alive || alive->is_closed() || alive->http() == nullptr) return;
            alive->http()->answered(number, std::move(*carried));
        });
    }

private:
    std::shared_ptr<Mailbox> mailbox_;
    std::weak_ptr<Connection> connection_;
    std::uint64_t number_;
    std::atomic<bool> answered_{false};
};

double seconds(std::chrono::steady_clock::duration span) { return std::chrono::duration<double>(span).count(); }

HttpParser::Limits parser_limits(Limits const& limits) {
    return {limits.request_line_bytes, limits.header_bytes, limits.header_count};
}

}  // namespace

HttpSession::HttpSession(Connection& connection)
    : connection_(connection),
      parser_(parser_limits(connection.limits())),
      body_(connection),
      input_since_(std::chrono::steady_clock::now()) {}

void HttpSession::begin() { input_since_ = std::chrono::steady_clock::now(); }

bool HttpSession::may_begin_request() const {
    bool const heavy = !slots_.empty() && slots_.back().heavy;
    if (upgrading_ || heavy || slots_.size() >= connection_.limits().pipelined_requests) return false;
    // Somebody who doesn't read the answers gets no more of them made.
    std::uint64_t unsent = 0;
    for (auto const& slot : slots_) unsent += slot.bytes.size() - slot.sent + slot.rest_bytes;
    return unsent <= connection_.limits().unsent_bytes;
}

bool HttpSession::is_idle() const { return slots_.empty() && stash_.empty() && parser_.is_between_requests(); }

void HttpSession::stop_reading() {
    input_over_ = true;
    stash_ = std::string();
    connection_.pause_reading();
}

void HttpSession::consume(std::string_view bytes) {
    parsing_ = true;
    while (!gone_ && !input_over_) {
        bool const between = parser_.is_between_requests();
        if (between && !may_begin_request()) {
            stash_.append(bytes);
            connection_.pause_reading();
            break;
        }
        auto const event = parser_.feed(bytes);
        if (between && !parser_.is_between_requests()) input_since_ = std::chrono::steady_clock::now();
        auto const kept = event == HttpParser::Event::failed ? BodyIntake::Kept::yes
                                                             : body_.keep(parser_.request(), parser_.body_received(),
                                                                          event == HttpParser::Event::complete);
        if (kept == BodyIntake::Kept::no) {
            refuse_body();
            break;
        }
        if (kept == BodyIntake::Kept::being_written) {
            is_whole_once_written_ = event == HttpParser::Event::complete;
            stash_.append(bytes);
            connection_.pause_reading();
            break;
        }
        if (event == HttpParser::Event::need_more) break;
        if (event == HttpParser::Event::head) head_read();
        if (event == HttpParser::Event::complete) request_complete();
        if (event == HttpParser::Event::failed) fail(parser_.failure_status(), parser_.failure_reason());
    }
    parsing_ = false;
}

void HttpSession::refuse_body() {
    fail(503, "Too many files are being sent at the moment. Please try again in a minute.");
}

/// A piece of the body was written, or could not be: parsing goes on.
void HttpSession::body_written(std::shared_ptr<BodySpool> spool, bool is_kept) {
    is_kept = body_.written(std::move(spool), is_kept);
    if (gone_ || input_over_) return;
    if (!is_kept) return refuse_body();
    if (std::exchange(is_whole_once_written_, false)) {
        request_complete();
        return resume();
    }
    if (auto const rest = std::exchange(stash_, std::string()); !rest.empty()) consume(rest);
    if (!gone_ && !input_over_ && !body_.is_being_written() && stash_.empty()) connection_.resume_reading();
}

void HttpSession::resume() {
    if (parsing_ || gone_ || input_over_ || body_.is_being_written() || !may_begin_request()) return;
    if (!stash_.empty()) consume(std::exchange(stash_, std::string()));
    if (!gone_ && !input_over_ && stash_.empty() && may_begin_request()) connection_.resume_reading();
}

void HttpSession::head_read() {
    auto& slot = slots_.emplace_back();
    slot.close = !parser_.keeps_alive();
    auto& request = parser_.request();
    request.peer_address = connection_.address();
    request.over_tls = connection_.is_over_tls();
    input_since_ = std::chrono::steady_clock::now();
    auto const& body_limit = connection_.limits().body_limit;
    try {
        auto const limit = body_limit ? body_limit(request) : BodyLimit{default_body_bytes};
        if (!parser_.allow_body(limit.bytes)) return fail(limit.status, limit.reason);
    } catch (std::exception const& error) {
        base::log::error("the limit of a body can't be found", {{"error", error.what()}});
        return fail(500, "Something went wrong here.");
    }
    if (!parser_.expects_continue()) return;
    slot.owes_continue = true;
    write_out();
}

void HttpSession::request_complete() {
    body_.hand_over(parser_.request());
    auto& slot = slots_.back();
    slot.complete = true;
    slot.owes_continue = false;  // the body came unasked
    bool const last = slot.close;
    auto const number = first_number_ + slots_.size() - 1;
    auto request = parser_.take();
    slot.heavy = request.content().size() >= heavy_body_bytes;
    auto& shard = connection_.shard();
    shard.requests.add(1);
    if (last) stop_reading();

    auto const reply = std::make_shared<Reply>(shard.loop().mailbox(), connection_.weak_from_this(), number);
    auto const& handlers = connection_.shard().state().handlers;
    try {
        if (handlers.upgrade && asks_for_websocket(request)) {
            if (auto refusal = check_handshake(request)) return reply->answer(std::move(*refusal));
            upgrading_ = true;
            upgrade_key_ = request.header("Sec-WebSocket-Key");
            upgrade_compression_ = negotiate_extensions(request).compression;
            handlers.upgrade(std::move(request), [reply](Outcome outcome) { reply->answer(std::move(outcome)); });
        } else {
            handlers.request(std::move(request),
                             [reply](HttpResponse response) { reply->answer(std::move(response)); });
        }
    } catch (std::exception const& error) {
        base::log::error("a request can't be handled", {{"error", error.what()}});
        reply->answer(internal_error());
    } catch (...) {
        base::log::error("a request can't be handled: unknown exception");
        reply->answer(internal_error());
    }
}

void HttpSession::fail(int status, std::string_view reason) {
    if (slots_.empty() || slots_.back().complete) slots_.emplace_back();
    auto& slot = slots_.back();
    slot.bytes.append(refusal(status, reason).bytes);
    slot.complete = slot.answered = slot.close = true;
    slot.owes_continue = false;
    stop_reading();
    write_out();
}

void HttpSession::answered(std::uint64_t number, Outcome outcome) {
    if (gone_ || number < first_number_ || number - first_number_ >= slots_.size()) return;
    auto& slot = slots_[number - first_number_];
    if (slot.answered) return;
    slot.answered = true;
    if (auto* const response = std::get_if<HttpResponse>(&outcome)) {
        if (slot.bytes.empty()) {
            slot.bytes = std::move(response->bytes);
        } else {
            slot.bytes.append(response->bytes);
        }
        slot.close = slot.close || response->close;
        slot.rest = std::move(response->rest);
        slot.rest_bytes = slot.rest ? response->rest_bytes : 0;
        upgrading_ = upgrading_ && number + 1 != first_number_ + slots_.size();
    } else {
        slot.accept = std::make_unique<WebSocketAccept>(std::get<WebSocketAccept>(std::move(outcome)));
    }
    write_out();
    resume();
}

void HttpSession::writable() {
    blocked_ = false;
    write_out();
    resume();
}

void HttpSession::write_out() {
    while (!gone_ && !blocked_) {
        std::array<iovec, 17> parts;
        std::size_t count = 0;
        for (auto& slot : slots_) {
            if (slots_.front().owes_continue && &slot == &slots_.front()) {
                slot.bytes.append("HTTP/1.1 100 Continue\r\n\r\n");
                slot.owes_continue = false;
                input_since_ = std::chrono::steady_clock::now();
            }
            if (slot.sent < slot.bytes.size() && count < parts.size()) {
                parts[count++] = {slot.bytes.data() + slot.sent, slot.bytes.size() - slot.sent};
            }
            if (!slot.answered || slot.close || slot.accept || slot.rest_bytes > 0) break;
        }
        if (count > 0) {
            auto const result = connection_.write({parts.data(), count});
            if (result.outcome == Transfer::Outcome::failed) return lose_connection();
            note_sent(result);
        }
        if (!finish_front() && count == 0) break;
    }
    if (!blocked_) stalled_ = false;
}

void HttpSession::note_sent(Transfer const& result) {
    auto left = result.bytes;
    for (auto& slot : slots_) {
        auto const part = std::min(left, slot.bytes.size() - slot.sent);
        slot.sent += part;
        left -= part;
    }
    output_sent_ += result.bytes;
    if (result.outcome != Transfer::Outcome::blocked) return;
    blocked_ = true;
    if (!stalled_) {
        stalled_ = true;
        output_since_ = std::chrono::steady_clock::now();
        output_sent_ = 0;
    }
    connection_.wait_writable();
}

void HttpSession::fetch_block() {
    auto& slot = slots_.front();
    if (slot.fetching) return;
    slot.fetching = true;
    // Sent, and of no use while the next one is read.
    slot.bytes = std::string();
    slot.sent = 0;
    auto& loop = connection_.shard().loop();
    auto const done = [mailbox = loop.mailbox(), connection = connection_.weak_from_this(),
                       number = first_number_](std::string block) {
        auto carried = std::make_shared<std::string>(std::move(block));
        mailbox->post([connection, number, carried = std::move(carried)] {
            auto const alive = connection.lock();
            if (alive && !alive->is_closed() && alive->http() != nullptr)
                alive->http()->block_came(number, std::move(*carried));
        });
    };
    try {
        slot.rest->next(done);
    } catch (std::exception const& error) {
        base::log::error("a block of an answer can't be read", {{"error", error.what()}});
        lose_connection();
    }
}

void HttpSession::block_came(std::uint64_t number, std::string block) {
    if (gone_ || number != first_number_ || slots_.empty() || !slots_.front().fetching) return;
    auto& slot = slots_.front();
    slot.fetching = false;
    if (block.empty() || block.size() > slot.rest_bytes) return lose_connection();
    slot.rest_bytes -= block.size();
    if (slot.rest_bytes == 0) slot.rest = nullptr;
    slot.bytes = std::move(block);
    slot.sent = 0;
    write_out();
    resume();
}

bool HttpSession::finish_front() {
    bool finished = false;
    while (!slots_.empty() && slots_.front().answered && slots_.front().sent == slots_.front().bytes.size()) {
        auto& slot = slots_.front();
        if (slot.rest_bytes > 0) {
            fetch_block();
            return finished;
        }
        gone_ = slot.accept || slot.close;
        if (slot.accept) {
            // The connection retires this session; nothing may follow here.
            auto const response = handshake_response(upgrade_key_, slot.accept->protocol, upgrade_compression_);
            connection_.become_websocket(std::move(*slot.accept), upgrade_compression_, response,
                                         std::exchange(stash_, std::string()));
            return true;
        }
        if (slot.close) {
            connection_.linger();
            return true;
        }
        slots_.erase(slots_.begin());
        ++first_number_;
        finished = true;
    }
    if (!finished || !slots_.empty()) return finished;
    had_request_ = true;
    slots_.shrink_to_fit();
    if (parser_.is_between_requests()) input_since_ = std::chrono::steady_clock::now();
    if (connection_.shard().is_draining() && is_idle()) {
        gone_ = true;
        connection_.linger();
    }
    return true;
}

void HttpSession::lose_connection() {
    gone_ = true;
    connection_.close();
}

void HttpSession::input_ended() {
    input_over_ = true;
    if (!slots_.empty() && !slots_.back().complete) slots_.pop_back();
    // A client may close its half and still wait for the answers.
    if (slots_.empty()) return lose_connection();
    slots_.back().close = true;
}

void HttpSession::drain() {
    if (!gone_ && is_idle()) lose_connection();
}

void HttpSession::sweep(Moment now) {
    if (gone_) return;
    auto const& limits = connection_.limits();
    auto const rate = static_cast<double>(limits.body_bytes_per_second);
    if (stalled_ && now - output_since_ >= limits.keep_alive) {
        // A client that hardly reads holds a whole response in memory.
        if (static_cast<double>(output_sent_) < rate * seconds(limits.keep_alive)) return lose_connection();
        output_since_ = now;
        output_sent_ = 0;
    }
    if (input_over_) return;
    auto const elapsed = now - input_since_;
    if (parser_.is_in_body()) {
        bool const waits_for_us = !slots_.empty() && slots_.back().owes_continue;
        if (waits_for_us) {
            input_since_ = now;
        } else if (!body_.is_being_written() && elapsed > limits.body_grace &&
                   static_cast<double>(parser_.body_received()) <
                       body_.least_rate(parser_.body_received()) * seconds(elapsed - limits.body_grace)) {
            fail(408, "The body came too slowly.");
        }
    } else if (!parser_.is_between_requests()) {
        if (elapsed >= limits.header_timeout) fail(408, "The headers came too slowly.");
    } else if (slots_.empty() && stash_.empty()) {
        // A browser opens connections ahead of need: one that never spoke is closed without a word.
        if (elapsed >= (had_request_ ? limits.keep_alive : std::min(limits.header_timeout, limits.keep_alive))) {
            lose_connection();
        }
    }
}

}  // namespace soyuz::net
