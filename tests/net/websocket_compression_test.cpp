#include <atomic>
#include <future>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "net/deflate.hpp"
#include "net/listener.hpp"
#include "net/test_client.hpp"

using namespace soyuz::net;
using namespace soyuz::net::test;
using namespace std::string_literals;

namespace {

constexpr std::string_view offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
constexpr int compressed = 0x40;
auto const hello = "\xf2\x48\xcd\xc9\xc9\x07\x00"s;

/// Echoes, and is in the set while it is open.
class Echo final : public WebSocketHandler {
public:
    explicit Echo(std::set<WebSocket*>& open) : open_(open) {}
    void opened(WebSocket& socket) override {
        socket_ = &socket;
        open_.insert(socket_);
    }
    void text(std::string_view message) override { socket_->send(encode_text(message)); }
    void binary(std::string_view message) override { socket_->send(encode_binary(message)); }
    void closed(std::uint16_t) override { open_.erase(socket_); }

private:
    std::set<WebSocket*>& open_;
    WebSocket* socket_ = nullptr;
};

struct Server {
    std::set<WebSocket*> open;  // touched on the one loop only
    Loops loops{1};
    Listener listener;

    explicit Server(WebSocketLimits limits = {})
        : listener(loops, Limits{}, Handlers{{}, [this, limits](HttpRequest const&, Handlers::Decide const& decide) {
                                                 decide(WebSocketAccept{std::make_unique<Echo>(open), limits, {}});
                                             }}) {
        listener.start("127.0.0.1", 0);
    }
    void broadcast(SharedFrame const& frame) {
        std::promise<void> done;
        loops.at(0).post([&] {
            for (auto* const socket : open) socket->send(frame);
            done.set_value();
        });
        done.get_future().wait();
    }
};

std::string inflated(std::string const& bytes) {
    Inflater inflater;
    REQUIRE(inflater.inflate(bytes, 1U << 20U) == Inflater::Outcome::done);
    return std::string(inflater.message());
}

std::string deflated(std::string const& message) {
    Deflater deflater;
    auto const frames = deflater.compress(encode_binary(message), 0).frames;
    auto const marker = static_cast<unsigned char>(frames->at(1));
    return frames->substr(marker < 126 ? 2 : marker == 126 ? 4 : 10);
}

}  // namespace

TEST_CASE("permessage-deflate is agreed on where it is offered") {
    Server server;
    Client with(server.listener.port());
    CHECK(with.upgrade("/ws", offer)
              .find("\r\nSec-WebSocket-Extensions: permessage-deflate; "
                    "server_no_context_takeover; client_no_context_takeover\r\n") != std::string::npos);
    Client without(server.listener.port());
    CHECK(without.upgrade("/ws").find("Extensions") == std::string::npos);
    Client malformed(server.listener.port());
    CHECK(malformed.upgrade("/ws", "Sec-WebSocket-Extensions: permessage-deflate;\r\n").starts_with("HTTP/1.1 400 "));
    Client declined(server.listener.port());
    auto const head =
        declined.upgrade("/ws", "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits\r\n");
    CHECK(head.starts_with("HTTP/1.1 101 "));
    CHECK(head.find("Extensions") == std::string::npos);
    declined.send_frame(1 | compressed, hello);
    CHECK(declined.frame().close_code() == 1002);
}

TEST_CASE("compressed messages come whole, in fragments, and beside plain ones") {
    Server server;
    Client client(server.listener.port());
    client.upgrade("/ws", offer);
    client.send_frame(1 | compressed, hello);
    CHECK(client.frame().payload == "Hello");
    client.send_frame(1, "plain");
    CHECK(client.frame().payload == "plain");
    client.send_frame(1 | compressed, "\0"s);
    CHECK(client.frame().payload.empty());
    client.send_frame(1 | compressed, hello.substr(0, 3), false);
    client.send_frame(9, "between");
    client.send_frame(0, "", false);
    client.send_frame(0, hello.substr(3));
    CHECK(client.frame().payload == "between");
    CHECK(client.frame().payload == "Hello");
    for (auto const& message : {std::string(1023, 'x'), std::string(1024, 'x'), std::string(65536, 'x')}) {
        client.send_frame(2 | compressed, deflated(message));
        auto const echo = client.frame();
        CHECK(echo.compressed == (message.size() >= 1024));
        CHECK((echo.compressed ? inflated(echo.payload) : echo.payload) == message);
    }
}

TEST_CASE("faults of compressed messages are answered with their close code") {
    Server server({.message_bytes = 1000});
    for (auto const& [bytes, code] : std::vector<std::pair<std::string, int>>{
             {masked_frame(1 | compressed, "nonsense"), 1007},
             {masked_frame(1 | compressed, hello.substr(0, 4)), 1007},
             {masked_frame(1 | compressed, deflated(std::string(100, '\xff'))), 1007},
             {masked_frame(1 | compressed, deflated(std::string(99, 'x') + "\xc3")), 1007},
             {masked_frame(2 | compressed, deflated(std::string(1001, 'x'))), 1009},
             {masked_frame(2 | compressed, deflated(std::string(4U << 20U, 'x'))), 1009},
             {masked_frame(2 | compressed, std::string(2000, '\0')), 1009},
             {masked_frame(1 | compressed, hello.substr(0, 4), false) + masked_frame(0 | compressed, hello), 1002},
             {masked_frame(9 | compressed, "x"), 1002},
             {masked_frame(10 | compressed, "x"), 1002},
             {masked_frame(8 | compressed, ""), 1002},
             {masked_frame(1 | 0x20, "x"), 1002},
             {masked_frame(1 | 0x10 | compressed, hello), 1002},
         }) {
        CAPTURE(bytes.substr(0, 20));
        Client client(server.listener.port());
        client.upgrade("/ws", offer);
        client.send(bytes);
        CHECK(client.frame().close_code() == code);
    }
}

TEST_CASE("one frame goes compressed to those who agreed, within their window, and as it is to the others") {
    Server server;
    struct Receiver {
        std::string headers;
        std::size_t compressed_up_to;
    };
    std::string const window = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=";
    for (auto const& [headers, up_to] : std::vector<Receiver>{{std::string(offer), 1U << 20U},
                                                              {"", 0},
                                                              {window + "15\r\n", 1U << 20U},
                                                              {window + "11\r\n", 2048},
                                                              {window + "8\r\n", 0}}) {
        INFO(headers);
        Client client(server.listener.port());
        client.upgrade("/ws", headers);
        REQUIRE(wait_until([&] { return server.listener.figures().open_websockets >= 1; }));
        for (std::size_t size : {100U, 1023U, 1024U, 2048U, 2049U, 100'000U}) {
            std::string const message(size, 'm');
            server.broadcast(encode_text(message));
            auto const frame = client.frame();
            CHECK(frame.compressed == (size >= 1024 && size <= up_to));
            CHECK((frame.compressed ? inflated(frame.payload) : frame.payload) == message);
        }
        client.send_frame(8, "");
        client.receive_all();
    }
}
