#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "net/listener.hpp"
#include "net/test_client.hpp"

using namespace soyuz::net;
using namespace soyuz::net::test;
using namespace std::chrono_literals;

namespace {

/// Echoes; "throw" throws, "bye" closes, "quiet" gets no echo.
class Echo final : public WebSocketHandler {
public:
    Echo(std::map<std::string, WebSocket*>& sockets, std::atomic<int>& last_code, std::string name)
        : sockets_(sockets), last_code_(last_code), name_(std::move(name)) {}

    void opened(WebSocket& socket) override {
        socket_ = &socket;
        sockets_[name_] = &socket;
        socket.send(encode_text("welcome"));
    }
    void text(std::string_view message) override {
        if (message == "throw") throw std::runtime_error("thrown by the test");
        if (message == "bye") return socket_->close(4001, "as asked");
        if (message != "quiet") socket_->send(encode_text(message));
    }
    void binary(std::string_view message) override { socket_->send(encode_binary(message)); }
    void closed(std::uint16_t code) override {
        sockets_.erase(name_);
        last_code_ = code;
    }

private:
    std::map<std::string, WebSocket*>& sockets_;
    std::atomic<int>& last_code_;
    std::string name_;
    WebSocket* socket_ = nullptr;
};

/// One loop, so that the map of sockets needs no lock; `on_loop` looks into it.
struct Server {
    std::map<std::string, WebSocket*> sockets;
    std::atomic<int> last_code{0};
    WebSocketLimits websocket_limits;
    std::mutex mutex;
    Handlers::Decide held;
    std::atomic<bool> is_held{false};
    Loops loops{1};
    Listener listener;

    explicit Server(Limits limits = {}, WebSocketLimits per_socket = {})
        : websocket_limits(per_socket), listener(loops, std::move(limits), handlers()) {
        listener.start("127.0.0.1", 0);
    }

    Handlers handlers() {
        Handlers result;
        result.request = [](HttpRequest const&, Respond const& respond) {
            respond(simple_response(200, "text/plain", "plain"));
        };
        result.upgrade = [this](HttpRequest const& request, Handlers::Decide const& decide) {
            if (request.path() == "/forbidden") return decide(simple_response(403, "text/plain", "no"));
            if (request.path() == "/hold") {
                std::lock_guard const lock(mutex);
                held = decide;
                is_held = true;
                return;
            }
            decide(accept(request.target));
        };
        return result;
    }
    WebSocketAccept accept(std::string name) {
        return {std::make_unique<Echo>(sockets, last_code, std::move(name)), websocket_limits, "chat"};
    }
    template <class Work>
    auto on_loop(Work work) {
        std::promise<decltype(work())> result;
        loops.at(0).post([&] { result.set_value(work()); });
        return result.get_future().get();
    }
    std::uint16_t port() const { return listener.port(); }
};

void open(Client& client, std::string const& path = "/ws") {
    auto const head = client.upgrade(path);
    REQUIRE(head.starts_with("HTTP/1.1 101 "));
    REQUIRE(client.frame().payload == "welcome");
}

}  // namespace

TEST_CASE("a WebSocket is opened with the accepting key and echoes what comes") {
    Server server;
    Client client(server.port());
    auto const head = client.upgrade();
    CHECK(head.find("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") != std::string::npos);
    CHECK(head.find("\r\nSec-WebSocket-Protocol: chat\r\n") != std::string::npos);
    CHECK(client.frame().payload == "welcome");
    CHECK(server.listener.figures().open_websockets == 1);
    for (std::size_t size : {0U, 1U, 125U, 126U, 1023U, 1024U, 65535U, 65536U}) {
        std::string const payload(size, 'x');
        client.send_frame(2, payload);
        auto const echo = client.frame();
        CHECK(echo.opcode == 2);
        CHECK(echo.payload == payload);
    }
    client.send_frame(1, "Hel", false);
    client.send_frame(9, "between");
    client.send_frame(0, "lo");
    auto const pong = client.frame();
    CHECK(pong.opcode == 10);
    CHECK(pong.payload == "between");
    CHECK(client.frame().payload == "Hello");
}

TEST_CASE("an upgrade waits for its decision and for the answers before it") {
    Server server;
    Client client(server.port());
    client.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
    client.send(
        "GET /hold HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n" +
        masked_frame(1, "early"));
    CHECK(client.response().body == "plain");
    REQUIRE(wait_until([&] { return server.is_held.load(); }));
    std::thread([&] {
        std::lock_guard const lock(server.mutex);
        server.held(server.accept("/hold"));
    }).join();
    CHECK(client.receive_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    CHECK(client.frame().payload == "welcome");
    CHECK(client.frame().payload == "early");
}

TEST_CASE("an upgrade that is refused leaves the connection to HTTP") {
    Server server;
    Client client(server.port());
    client.send(
        "GET /forbidden HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    CHECK(client.response().status == 403);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.response().body == "plain");
    client.send(
        "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n");
    CHECK(client.response().status == 426);
}

TEST_CASE("the closing handshake is kept from both sides") {
    Server server;
    SECTION("the client begins") {
        Client client(server.port());
        open(client);
        client.send_frame(8, std::string("\x03\xe9"
                                         "away",
                                         6));
        CHECK(client.frame().close_code() == 1001);
        CHECK(client.receive_all() == "");
        CHECK(wait_until([&] { return server.last_code == 1001; }));
    }
    SECTION("the client begins without a code") {
        Client client(server.port());
        open(client);
        client.send_frame(8, "");
        auto const close = client.frame();
        CHECK(close.opcode == 8);
        CHECK(close.payload.empty());
        CHECK(wait_until([&] { return server.last_code == 1005; }));
    }
    SECTION("the server begins, and what was sent before goes out first") {
        Client client(server.port());
        open(client);
        client.send(masked_frame(1, "a") + masked_frame(1, "bye") + masked_frame(1, "b"));
        CHECK(client.frame().payload == "a");
        auto const close = client.frame();
        CHECK(close.close_code() == 4001);
        CHECK(close.payload.substr(2) == "as asked");
        CHECK(server.last_code == 0);
        client.send_frame(8, std::string("\x0f\xa1", 2));
        CHECK(client.receive_all() == "");
        CHECK(wait_until([&] { return server.last_code == 4001; }));
    }
    SECTION("the client vanishes") {
        {
            Client client(server.port());
            open(client);
        }
        CHECK(wait_until([&] { return server.last_code == 1006; }));
    }
    CHECK(wait_until([&] { return server.listener.figures().open_websockets == 0; }));
    CHECK(wait_until([&] { return server.listener.figures().open_connections == 0; }));
}

TEST_CASE("a peer that doesn't answer a close frame is dropped after its time") {
    Server server({.close_timeout = 50ms});
    Client client(server.port());
    open(client);
    client.send_frame(1, "bye");
    CHECK(client.frame().close_code() == 4001);
    CHECK(wait_until([&] { return server.last_code == 4001; }));
    CHECK(client.receive_all().value_or("").empty());
}

TEST_CASE("faults of the protocol are answered with their close code") {
    Server server({}, {.message_bytes = 1000, .fragments = 3});
    for (auto const& [bytes, code] : std::vector<std::pair<std::string, int>>{
             {"\x81\x01x", 1002},
             {masked_frame(3, ""), 1002},
             {masked_frame(1, "\xff"), 1007},
             {masked_frame(1, std::string(1001, 'x')), 1009},
             {masked_frame(1, "", false) + masked_frame(0, "", false) + masked_frame(0, "", false) +
                  masked_frame(0, ""),
              1008},
             {masked_frame(1, "throw"), 1011},
         }) {
        Client client(server.port());
        open(client);
        client.send(bytes + masked_frame(1, "never"));
        CHECK(client.frame().close_code() == code);
        CHECK(client.receive_all() == "");
        CHECK(wait_until([&, wanted = code] { return server.last_code == wanted; }));
    }
}

TEST_CASE("a silent peer is pinged and then dropped; one that answers stays") {
    Server server({.ping_interval = 50ms, .ping_timeout = 1000ms});
    Client silent(server.port());
    open(silent);
    Client lively(server.port());
    open(lively, "/lively");
    bool dropped = false;
    for (int round = 0; round < 1000 && !dropped; ++round) {
        auto const frame = lively.frame();
        REQUIRE(frame.opcode == 9);
        lively.send_frame(10, frame.payload);
        dropped = server.listener.figures().open_websockets == 1;
    }
    CHECK(dropped);
    CHECK(server.last_code == 1006);
    lively.send_frame(1, "still here");
    CHECK(lively.message().payload == "still here");
}

TEST_CASE("a reader that is too slow is closed with 1013 while the others receive everything") {
    Server server({.close_timeout = 60s}, {.outbox_bytes = 200'000});
    Client slow(server.port(), 4096);
    open(slow, "/slow");
    Client quick(server.port());
    open(quick, "/quick");

    constexpr int count = 8'000;
    std::thread reader([&] {
        for (int index = 0; index < count; ++index) {
            if (quick.frame().payload != std::to_string(index) + std::string(900, '.')) return;
        }
        quick.send_frame(1, "quiet");
    });
    int refused = 0;
    std::size_t most_waiting = 0;
    for (int index = 0; index < count; ++index) {
        auto const message = encode_text(std::to_string(index) + std::string(900, '.'));
        server.on_loop([&] {
            if (auto const found = server.sockets.find("/slow"); found != server.sockets.end()) {
                if (!found->second->send(message)) ++refused;
                most_waiting = std::max(most_waiting, found->second->unsent_bytes());
            }
            server.sockets.at("/quick")->send(message);
            return 0;
        });
        // The quick one reads on a thread of its own; it is not the subject to overrun it.
        wait_until(
            [&] { return server.on_loop([&] { return server.sockets.at("/quick")->unsent_bytes() < 50'000; }); });
    }
    reader.join();
    CHECK(refused == 1);
    CHECK(most_waiting <= 200'000 + 200);
    CHECK(server.last_code == 1013);
    CHECK(server.listener.figures().dropped_slow == 1);
    CHECK(server.on_loop([&] { return server.sockets.count("/quick"); }) == 1);

    // When it reads on in time it gets what was sent, and learns why it ends.
    int received = 0;
    for (;;) {
        auto const frame = slow.frame();
        if (frame.opcode != 1) {
            CHECK(frame.close_code() == 1013);
            break;
        }
        CHECK(frame.payload == std::to_string(received++) + std::string(900, '.'));
    }
    CHECK(received > 200);
    // The kernel holds no megabytes for it either.
    CHECK(received < 1000);
}

TEST_CASE("droppable frames are left out beyond half of the bound, needed ones are not") {
    Server server({}, {.outbox_bytes = 100'000});
    Client client(server.port(), 4096);
    open(client);
    auto const filler = encode_binary(std::string(1000, 'x'));
    auto const state = server.on_loop([&] {
        auto& socket = *server.sockets.at("/ws");
        while (socket.unsent_bytes() <= 50'000) socket.send(filler);
        bool const dropped = !socket.send(filler, Importance::droppable);
        bool const kept = socket.send(filler, Importance::needed);
        return dropped && kept;
    });
    CHECK(state);
    CHECK(server.listener.figures().outbox_bytes > 50'000);
}

TEST_CASE("a flood of pings does not fill the outbox of a peer that doesn't read") {
    Server server({}, {.outbox_bytes = 100'000});
    Client client(server.port(), 4096);
    open(client);
    std::string flood;
    for (int index = 0; index < 1000; ++index) flood += masked_frame(9, std::string(125, 'p'));
    // Far more than the buffers of the kernel hold; what the server doesn't queue costs nothing.
    for (int round = 0; round < 100; ++round) REQUIRE(client.send(flood));
    client.send_frame(9, "last");
    client.send_frame(1, "done");
    CHECK(server.listener.figures().outbox_bytes < 100'000 + 200);
    int pongs = 0;
    std::string last;
    for (auto frame = client.frame(); frame.opcode != -1; frame = client.frame()) {
        if (frame.opcode == 10) {
            ++pongs;
            last = frame.payload;
        }
        if (last == "last") break;
    }
    CHECK(last == "last");
    CHECK(pongs < 100'000);
}

TEST_CASE("draining closes WebSockets with 1001 and waits for them") {
    Server server;
    Client client(server.port());
    open(client);
    std::thread drain([&] { server.listener.drain(10s); });
    auto const close = client.frame();
    CHECK(close.close_code() == 1001);
    client.send_frame(8, close.payload.substr(0, 2));
    CHECK(client.receive_all() == "");
    { Client gone = std::move(client); }
    drain.join();
    CHECK(server.listener.figures().open_connections == 0);
    CHECK(server.last_code == 1001);
}

TEST_CASE("a listener that is destroyed tells every handler") {
    std::map<std::string, WebSocket*> sockets;
    std::atomic<int> last_code{0};
    Loops loops(1);
    auto listener = std::make_unique<Listener>(
        loops, Limits{}, Handlers{{}, [&](HttpRequest const&, Handlers::Decide const& decide) {
                                      decide(WebSocketAccept{std::make_unique<Echo>(sockets, last_code, "x"), {}, {}});
                                  }});
    listener->start("127.0.0.1", 0);
    Client client(listener->port());
    open(client);
    listener.reset();
    CHECK(last_code == 1006);
    CHECK(sockets.empty());
}
