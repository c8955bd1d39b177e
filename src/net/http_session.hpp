#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/body_intake.hpp"
#include "net/http_parser.hpp"
#include "net/listener.hpp"
#include "net/tls.hpp"
#include "net/websocket_extensions.hpp"

namespace soyuz::net {

class Connection;

/// HTTP/1.1 on one connection: keep-alive, pipelining, time limits. Lives on one loop.
class HttpSession {
public:
    using Moment = std::chrono::steady_clock::time_point;
    using Outcome = std::variant<HttpResponse, WebSocketAccept>;

    explicit HttpSession(Connection& connection);

    /// The clock of the first request starts (again) now: TLS is set up.
    void begin();
    void consume(std::string_view bytes);
    void input_ended();
    void writable();
    void sweep(Moment now);
    void drain();
    /// The answer to request `number` of this connection. May end this session's life at the end of the turn.
    void answered(std::uint64_t number, Outcome outcome);
    /// What BodyIntake had to write was written, or could not be kept.
    void body_written(std::shared_ptr<BodySpool> spool, bool is_kept);

private:
    /// One request that is not fully answered yet.
    struct Slot {
        std::string bytes;
        std::size_t sent = 0;
        std::unique_ptr<WebSocketAccept> accept;
        bool answered = false;
        bool close = false;
        bool heavy = false;          ///< its body is so large that the next request waits for the answer
        bool complete = false;       ///< the request has been read to its end
        bool owes_continue = false;  ///< 100 is due once all before it is sent
        std::shared_ptr<BodySource> rest;
        std::uint64_t rest_bytes = 0;  ///< still to be asked of `rest`
        bool fetching = false;         ///< a block is on its way
    };

    void resume();
    void head_read();
    void request_complete();
    void fail(int status, std::string_view reason);
    void write_out();
    void note_sent(Transfer const& result);
    bool finish_front();
    void stop_reading();
    void lose_connection();
    bool may_begin_request() const;
    void refuse_body();
    void fetch_block();
    void block_came(std::uint64_t number, std::string block);
    bool is_idle() const;

    Connection& connection_;
    HttpParser parser_;
    BodyIntake body_;  ///< of the request under way
    std::vector<Slot> slots_;
    std::uint64_t first_number_ = 0;  ///< of slots_.front()
    std::string stash_;               ///< read while nothing may be parsed
    std::string upgrade_key_;
    std::optional<Compression> upgrade_compression_;
    Moment input_since_;   ///< begin of the head, of the body, or of idleness
    Moment output_since_;  ///< since when a write is blocked
    std::size_t output_sent_ = 0;
    bool is_whole_once_written_ = false;  ///< the piece of the body that is being written is the last one
    bool upgrading_ = false;              ///< nothing is parsed until the decision
    bool input_over_ = false;
    bool blocked_ = false;  ///< waits for the socket to take more
    bool stalled_ = false;  ///< was blocked since the last time that everything was written
    bool had_request_ = false;
    bool parsing_ = false;
    bool gone_ = false;  ///< the connection lingers, closed or speaks WebSocket now
};

}  // namespace soyuz::net
