#include "socketio/engine_server.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/ids.hpp"
#include "net/loop.hpp"
#include "socketio/engine_socket.hpp"

namespace soyuz::socketio {

namespace {

constexpr std::uint16_t going_away = 1001;

/// The error bodies of the reference server, which clients show as they are.
net::HttpResponse refusal(int code, std::string_view message, Headers const& headers, int status = 400) {
    return net::simple_response(
        status, "application/json",
        R"({"code":)" + std::to_string(code) + R"(,"message":")" + std::string{message} + R"("})", headers);
}

std::chrono::milliseconds tick_interval(EngineOptions const& options) {
    using namespace std::chrono_literals;
    return std::clamp<std::chrono::milliseconds>(std::min(options.ping_interval, options.ping_timeout) / 20, 5ms, 1s);
}

/// What is wrong with a handshake's query; nothing where it is good.
std::optional<net::HttpResponse> refuse_query(std::string_view query, std::string_view transport,
                                              Headers const& headers) {
    if (query_field(query, "transport") != transport) return refusal(0, "Transport unknown", headers);
    if (query_field(query, "EIO") != "4") return refusal(5, "Unsupported protocol version", headers);
    // A script of another host could read the answers: no client of today needs it.
    if (!query_field(query, "j").empty()) return refusal(3, "JSONP is not supported", headers);
    return std::nullopt;
}

}  // namespace

EngineServer::EngineServer(net::Loops& loops, EngineOptions options, base::Clock const& clock, MakeHandler make_handler)
    : loops_(loops), options_(options), clock_(clock), make_handler_(std::move(make_handler)) {
    for (std::size_t i = 0; i < loops.size(); ++i)
        shards_.push_back(std::make_shared<EngineShard>(
            loops.at(i), tick_interval(options_), [this] { return now(); },
            [this](EngineSession const& session) { forget(session); }));
}

EngineServer::~EngineServer() = default;

void EngineServer::request(net::HttpRequest request, Opening opening, Headers headers, net::Respond respond) {
    auto const query = request.query();
    if (auto refused = refuse_query(query, "polling", headers)) return respond(std::move(*refused));
    auto const id = query_field(query, "sid");
    bool const is_get = request.method == "GET";
    if (id.empty()) {
        if (!is_get) return respond(refusal(2, "Bad handshake method", headers));
        if (!has_room_for(opening.limit_key)) return respond(refusal(4, "Too many sessions", headers, 429));
        auto const session = make_session(next_loop(), std::move(opening));
        respond(net::simple_response(200, "text/plain; charset=UTF-8", session->handshake(false), headers));
        return session->loop().post([session] { session->begin(); });
    }
    auto const session = find(id);
    if (!session || (!is_get && request.method != "POST")) return respond(refusal(1, "Session ID unknown", headers));
    auto& loop = session->loop();
    if (is_get) {
        loop.post([session, headers = std::move(headers), respond = std::move(respond), now = now()]() mutable {
            session->poll(headers, std::move(respond), now);
        });
    } else {
        loop.post([session, headers = std::move(headers), respond = std::move(respond), now = now(),
                   body = std::move(request.body)] { session->push(body, headers, respond, now); });
    }
}

std::variant<net::HttpResponse, net::WebSocketAccept> EngineServer::upgrade(Opening opening) {
    auto const query = std::string_view{opening.query};
    if (auto refused = refuse_query(query, "websocket", {})) return std::move(*refused);
    net::WebSocketLimits limits;
    limits.message_bytes = options_.max_payload;
    limits.outbox_bytes = options_.backlog_bytes;
    auto const id = query_field(query, "sid");
    if (id.empty()) {
        if (!has_room_for(opening.limit_key)) return refusal(4, "Too many sessions", {}, 429);
        return net::WebSocketAccept{std::make_unique<EngineSocket>(*this, std::move(opening)), limits, ""};
    }
    auto session = find(id);
    if (!session) return refusal(1, "Session ID unknown", {});
    return net::WebSocketAccept{std::make_unique<EngineSocket>(*this, std::move(session)), limits, ""};
}

void EngineServer::end_all() {
    for (std::size_t i = 0; i < shards_.size(); ++i)
        loops_.at(i).post([shard = shards_[i]] { shard->end_all(going_away, "the server is stopping"); });
}

std::shared_ptr<EngineSession> EngineServer::make_session(net::Loop& loop, Opening opening) {
    auto limit_key = opening.limit_key;
    // The id is all that a polling client shows: 120 bits that nobody guesses.
    auto id = base::random_id() + base::random_id();
    auto session =
        std::make_shared<EngineSession>(loop, id, limit_key, options_, make_handler_(std::move(opening)), now());
    {
        std::lock_guard const lock{mutex_};
        sessions_.emplace(std::move(id), session);
        ++by_limit_key_[limit_key];
    }
    loop.post([shard = shards_[loop.index()], session] { shard->add(session); });
    return session;
}

std::shared_ptr<EngineSession> EngineServer::find(std::string_view id) const {
    std::lock_guard const lock{mutex_};
    auto const found = sessions_.find(std::string{id});
    return found == sessions_.end() ? nullptr : found->second;
}

bool EngineServer::has_room_for(std::string const& limit_key) const {
    std::lock_guard const lock{mutex_};
    auto const found = by_limit_key_.find(limit_key);
    return found == by_limit_key_.end() || found->second < options_.sessions_per_address();
}

void EngineServer::forget(EngineSession const& session) {
    std::lock_guard const lock{mutex_};
    sessions_.erase(session.id());
    auto const found = by_limit_key_.find(session.limit_key());
    if (found != by_limit_key_.end() && --found->second == 0) by_limit_key_.erase(found);
}

net::Loop& EngineServer::next_loop() {
    std::lock_guard const lock{mutex_};
    return loops_.at(next_loop_++ % loops_.size());
}

}  // namespace soyuz::socketio
