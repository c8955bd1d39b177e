#include "socketio/engine_session.hpp"

#include <utility>

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "net/loop.hpp"

namespace soyuz::socketio {

namespace {

constexpr auto text_type = "text/plain; charset=UTF-8";
constexpr std::uint16_t policy_violation = 1008;
constexpr std::uint16_t try_again_later = 1013;

net::HttpResponse malformed(Headers const& headers) {
    return net::simple_response(400, "application/json", R"({"code":3,"message":"Bad request"})", headers);
}

net::HttpResponse unknown_session(Headers const& headers) {
    return net::simple_response(400, "application/json", R"({"code":1,"message":"Session ID unknown"})", headers);
}

}  // namespace

EngineSession::EngineSession(net::Loop& loop, std::string id, std::string limit_key, EngineOptions const& options,
                             std::unique_ptr<EngineHandler> handler, Moment now)
    : loop_(loop),
      id_(std::move(id)),
      limit_key_(std::move(limit_key)),
      options_(options),
      handler_(std::move(handler)),
      ping_due_(now + options.ping_interval) {}

EngineSession::~EngineSession() = default;

std::string EngineSession::handshake(bool over_websocket) const {
    std::string text = "0";
    base::JsonWriter out{text};
    out.object([&] {
        out("sid", id_);
        out.raw("upgrades", over_websocket ? "[]" : R"(["websocket"])");
        out("pingInterval", options_.ping_interval.count());
        out("pingTimeout", options_.ping_timeout.count());
        out("maxPayload", options_.max_payload);
    });
    return text;
}

void EngineSession::begin() { handler_->opened(*this); }

void EngineSession::begin(std::shared_ptr<SocketLink> link) {
    link_ = std::move(link);
    phase_ = Phase::websocket;
    pass_on(*link_, net::encode_text(handshake(true)));
    handler_->opened(*this);
}

bool EngineSession::send(net::SharedFrame const& frames, net::Importance importance) {
    if (is_too_slow_) return false;
    if (phase_ == Phase::websocket) {
        if (link_->loop == &loop_) return link_->socket != nullptr && link_->socket->send(frames, importance);
        if (gathered_bytes_ + frames->size() > options_.backlog_bytes) {
            if (importance == net::Importance::needed) end_as_too_slow();
            return false;
        }
        pass_on(*link_, frames);
        return true;
    }
    if (phase_ == Phase::closing || phase_ == Phase::over) return false;
    auto const bound = importance == net::Importance::droppable ? options_.backlog_bytes / 2 : options_.backlog_bytes;
    if (backlog_.size() + frames->size() > bound) {
        if (importance == net::Importance::needed) end_as_too_slow();
        return false;
    }
    append_frames(backlog_, *frames);
    // What one turn brings leaves in one answer.
    if (parked_) loop_.post([self = shared_from_this()] { self->flush_backlog(); });
    return true;
}

void EngineSession::close(std::uint16_t code, std::string_view reason) {
    if (phase_ == Phase::websocket) return end(reason, code);
    if (phase_ == Phase::over || phase_ == Phase::closing) return;
    // The last words go in an answer of their own: the stock client drops what comes in one payload with the end.
    flush_backlog();
    bool const tells_now = static_cast<bool>(parked_);
    answer_poll("1");
    if (link_) close_socket(code, reason);
    handler_->closed(reason);
    phase_ = tells_now ? Phase::over : Phase::closing;
}

std::size_t EngineSession::unsent_bytes() const {
    if (phase_ != Phase::websocket) return backlog_.size();
    if (link_->loop == &loop_ && link_->socket != nullptr) return link_->socket->unsent_bytes();
    return gathered_bytes_;
}

void EngineSession::poll(Headers const& headers, net::Respond respond, Moment now) {
    if (phase_ == Phase::closing) {
        if (backlog_.empty()) phase_ = Phase::over;
        auto const payload = backlog_.empty() ? std::string{"1"} : std::exchange(backlog_, {});
        return respond(net::simple_response(200, text_type, payload, headers));
    }
    if (phase_ == Phase::websocket || phase_ == Phase::over) return respond(unknown_session(headers));
    if (has_expired(now)) {
        respond(unknown_session(headers));
        return end("ping timeout");
    }
    if (parked_) {
        // One poll waits at a time: two mean that somebody else holds the id, or that answers get lost.
        respond(malformed(headers));
        answer_poll("1");
        return end("transport error");
    }
    if (!backlog_.empty()) return respond(net::simple_response(200, text_type, std::exchange(backlog_, {}), headers));
    if (phase_ == Phase::probing) return respond(net::simple_response(200, text_type, "6", headers));
    parked_ = std::move(respond);
    parked_headers_ = headers;
}

void EngineSession::push(std::string_view body, Headers const& headers, net::Respond const& respond, Moment now) {
    if (phase_ != Phase::polling && phase_ != Phase::probing) return respond(unknown_session(headers));
    if (has_expired(now)) {
        respond(unknown_session(headers));
        return end("ping timeout");
    }
    auto const self = shared_from_this();
    bool const is_good =
        base::is_valid_utf8(body) &&
        read_payload(body, options_.max_packets, [&](EnginePacket const& each) { return packet(each, now); });
    if (is_good || phase_ == Phase::closing) return respond(net::simple_response(200, "text/html", "ok", headers));
    respond(malformed(headers));
    answer_poll("1");
    end("parse error");
}

bool EngineSession::packet(EnginePacket const& packet, Moment now) {
    switch (packet.kind) {
        case EngineKind::pong:
            ping_sent_ = false;
            ping_due_ = now + options_.ping_interval;
            return true;
        case EngineKind::close:
            answer_poll("6");
            end("transport close");
            return true;
        case EngineKind::message:
            return phase_ == Phase::over ||
                   (packet.is_binary ? handler_->binary(packet.data) : handler_->text(packet.data));
        case EngineKind::noop: return true;
        default: return false;
    }
}

bool EngineSession::probe(std::shared_ptr<SocketLink> link, Moment now) {
    if (phase_ != Phase::polling || has_expired(now)) return false;
    link_ = std::move(link);
    phase_ = Phase::probing;
    probe_ends_ = now + options_.upgrade_time;
    return true;
}

void EngineSession::socket_text(SocketLink const& link, std::string_view message, Moment now) {
    if (&link != link_.get()) return;
    auto const self = shared_from_this();
    if (phase_ == Phase::probing) {
        if (message == "2probe") {
            pass_on(*link_, net::encode_text("3probe"));
            answer_poll("6");
        } else if (message == "5") {
            take_over();
        } else {
            close_socket(policy_violation, "not a probe");
            phase_ = Phase::polling;
        }
        return;
    }
    auto const read = read_engine_packet(message);
    if (!read || !packet(*read, now)) end("parse error");
}

void EngineSession::socket_binary(SocketLink const& link, std::string_view bytes) {
    if (&link != link_.get() || phase_ != Phase::websocket) return;
    auto const self = shared_from_this();
    if (!handler_->binary(bytes)) end("parse error");
}

void EngineSession::socket_closed(SocketLink const& link) {
    if (&link != link_.get()) return;
    auto const self = shared_from_this();
    link_ = nullptr;
    if (phase_ == Phase::probing)
        phase_ = Phase::polling;
    else
        end("transport close");
}

void EngineSession::tick(Moment now) {
    if (phase_ == Phase::over) return;
    auto const self = shared_from_this();
    if (has_expired(now)) return end("ping timeout");
    if (phase_ == Phase::closing) return;
    if (phase_ == Phase::probing && now >= probe_ends_) {
        close_socket(policy_violation, "upgrade timed out");
        phase_ = Phase::polling;
    }
    if (!ping_sent_ && now >= ping_due_) {
        ping_sent_ = true;
        static auto const ping = net::encode_text("2");
        send(ping);
    }
    handler_->tick(now);
}

void EngineSession::answer_poll(std::string_view payload) {
    if (!parked_) return;
    std::exchange(parked_, nullptr)(net::simple_response(200, text_type, payload, parked_headers_));
}

void EngineSession::flush_backlog() {
    if (!parked_ || backlog_.empty()) return;
    answer_poll(std::exchange(backlog_, {}));
}

void EngineSession::take_over() {
    phase_ = Phase::websocket;
    answer_poll("6");
    if (backlog_.empty()) return;
    auto const waiting = std::exchange(backlog_, {});
    read_payload(waiting, waiting.size() + 1, [&](EnginePacket const& each) {
        if (each.is_binary)
            pass_on(*link_, net::encode_binary(each.data));
        else
            pass_on(*link_, net::encode_text(static_cast<char>(each.kind) + std::string{each.data}));
        return true;
    });
}

void EngineSession::pass_on(SocketLink& link, net::SharedFrame const& frames) {
    if (link.loop == &loop_) {
        if (link.socket != nullptr) link.socket->send(frames, net::Importance::needed);
        return;
    }
    if (gathered_.empty()) loop_.post([self = shared_from_this()] { self->post_gathered(); });
    gathered_bytes_ += frames->size();
    gathered_.push_back(frames);
}

void EngineSession::post_gathered() {
    auto frames = std::exchange(gathered_, {});
    gathered_bytes_ = 0;
    if (!link_ || frames.empty()) return;
    link_->loop->post([link = link_, frames = std::move(frames)] {
        if (link->socket == nullptr) return;
        for (auto const& each : frames) link->socket->send(each, net::Importance::needed);
    });
}

void EngineSession::close_socket(std::uint16_t code, std::string_view reason) {
    post_gathered();
    auto close = [link = link_, code, why = std::string{reason}] {
        if (link->socket != nullptr) link->socket->close(code, why);
    };
    auto& loop = *std::exchange(link_, nullptr)->loop;
    if (&loop == &loop_) return close();
    loop.post(std::move(close));
}

void EngineSession::end_as_too_slow() {
    is_too_slow_ = true;
    loop_.post([self = shared_from_this()] { self->end("backlog", try_again_later); });
}

void EngineSession::end(std::string_view reason, std::uint16_t code) {
    if (phase_ == Phase::over) return;
    bool const had_ended = phase_ == Phase::closing;
    phase_ = Phase::over;
    if (link_) close_socket(code, reason);
    answer_poll("1");
    backlog_ = {};
    if (!had_ended) handler_->closed(reason);
}

}  // namespace soyuz::socketio
