#include "socketio/engine_packet.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "net/websocket.hpp"

using namespace soyuz::socketio;

namespace {

struct Read {
    bool good = false;
    std::vector<std::string> packets;  ///< "4hello"; "b" before bytes
};

Read read(std::string_view body, std::size_t max = 100) {
    Read result;
    result.good = read_payload(body, max, [&](EnginePacket const& packet) {
        result.packets.push_back((packet.is_binary ? "b" : std::string{static_cast<char>(packet.kind)}) +
                                 std::string{packet.data});
        return true;
    });
    return result;
}

}  // namespace

TEST_CASE("a payload is read packet by packet") {
    struct {
        char const* body;
        bool good;
        std::vector<std::string> packets;
    } const cases[] = {
        {"4hello", true, {"4hello"}},
        {"4a\x1e"
         "4b\x1e"
         "2",
         true,
         {"4a", "4b", "2"}},
        {"4hello\x1e"
         "bAQIDBA==",
         true,
         {"4hello", "b\x01\x02\x03\x04"}},
        {"3", true, {"3"}},
        {"4", true, {"4"}},
        {"", false, {}},
        {"abc", false, {}},
        {"7x", false, {}},
        {"4a\x1e", false, {"4a"}},
        {"bAQI=", true, {"b\x01\x02"}},
        {"bAQI", false, {}},
        {"bAQI*", false, {}},
        {"bA", false, {}},
    };
    for (auto const& each : cases) {
        CAPTURE(each.body);
        auto const result = read(each.body);
        CHECK(result.good == each.good);
        CHECK(result.packets == each.packets);
    }
}

TEST_CASE("a payload holds so many packets and no more") {
    std::string body = "4x";
    for (int i = 1; i < 5; ++i)
        body +=
            "\x1e"
            "4x";
    CHECK(read(body, 5).good);
    CHECK_FALSE(read(body, 4).good);
    CHECK(read(body, 4).packets.size() == 4);
}

TEST_CASE("frames for many receivers become packets for those who poll") {
    for (std::size_t const length : {std::size_t{0}, std::size_t{125}, std::size_t{126}, std::size_t{70'000}}) {
        CAPTURE(length);
        std::string frames;
        soyuz::net::append_text(frames, "4" + std::string(length, 'x'));
        frames += *soyuz::net::encode_binary(std::string("\x01\x02\x03\x04", 4));
        soyuz::net::append_text(frames, "2");
        std::string payload;
        append_frames(payload, frames);
        auto const result = read(payload);
        CHECK(result.good);
        CHECK(result.packets == std::vector<std::string>{"4" + std::string(length, 'x'), "b\x01\x02\x03\x04", "2"});
    }
}

TEST_CASE("a field of a query is found by its whole name") {
    CHECK(query_field("EIO=4&transport=polling&sid=ab", "sid") == "ab");
    CHECK(query_field("xsid=1&sid=2", "sid") == "2");
    CHECK(query_field("sid", "sid").empty());
    CHECK(query_field("", "sid").empty());
    CHECK(query_field("sid=&EIO=4", "EIO") == "4");
}
