#include "socketio/packet.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "socketio/engine_packet.hpp"
#include "socketio/packet_reader.hpp"

using namespace soyuz::socketio;

namespace {

/// A packet as it would be sent: what was read, written again.
std::string as_payload(soyuz::net::SharedFrame const& frames) {
    std::string payload;
    append_frames(payload, *frames);
    return payload;
}

}  // namespace

TEST_CASE("packets are read as they are written") {
    for (char const* const text :
         {"0", R"(0{"token":"x"})", "0/admin,", R"(0/admin,{"sid":"x"})", "1", "1/admin,", R"(2["a"])",
          R"(2/admin,["a",1])", R"(212["a"])", R"(2/admin,456["a"])", R"(313[])", R"(4{"message":"no"})"}) {
        CAPTURE(text);
        auto const packet = read_packet(text);
        REQUIRE(packet);
        CHECK(as_payload(encode_packet(*packet)) == "4" + std::string{text});
    }
    auto const binary = read_packet(R"(52-/admin,7["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])");
    REQUIRE(binary);
    CHECK(binary->attachments == 2);
    CHECK(binary->name_space == "/admin");
    CHECK(binary->id == 7);
    CHECK(as_payload(encode_packet(*binary, {std::string("\x01", 1), std::string("\x02", 1)})) ==
          R"(452-/admin,7["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])"
          "\x1e"
          "bAQ==\x1e"
          "bAg==");
}

TEST_CASE("a namespace may end with the packet") {
    CHECK(read_packet("0/custom")->name_space == "/custom");
    CHECK(read_packet("0/custom?token=x,")->name_space == "/custom?token=x");
}

TEST_CASE("malformed packets are refused") {
    auto const long_name = "0/" + std::string(max_name_space, 'x') + ",";
    for (std::string const& text : {std::string{""},
                                    std::string{"7"},
                                    std::string{"abc"},
                                    std::string{"5["},
                                    std::string{"5-[]"},
                                    std::string{R"(511-["a"])"},
                                    std::string{R"(2999999999999999999999["a"])"},
                                    std::string{"2{}"},
                                    std::string{"2[]"},
                                    std::string{"2[{}]"},
                                    std::string{R"(2abc["a"])"},
                                    std::string{R"(2["connect"])"},
                                    std::string{R"(2["disconnecting"])"},
                                    std::string{"0[]"},
                                    std::string{R"(0"x")"},
                                    std::string{"1{}"},
                                    std::string{"3[]"},
                                    std::string{"31{}"},
                                    std::string{R"(4{"message":"x"})"},
                                    std::string{R"(2["a")"},
                                    long_name}) {
        CAPTURE(text);
        PacketReader reader{1000};
        CHECK(reader.text(text) == PacketReader::Outcome::malformed);
    }
}

TEST_CASE("attachments complete a packet, within their bound") {
    PacketReader reader{100};
    REQUIRE(reader.text(R"(52-["a",{"_placeholder":true,"num":0}])") == PacketReader::Outcome::unfinished);
    REQUIRE(reader.binary("one") == PacketReader::Outcome::unfinished);
    REQUIRE(reader.binary("two") == PacketReader::Outcome::complete);
    auto const packet = reader.take();
    CHECK(packet.attachments == std::vector<std::string>{"one", "two"});
    CHECK(reader.binary("three") == PacketReader::Outcome::malformed);

    REQUIRE(reader.text(R"(51-["a"])") == PacketReader::Outcome::unfinished);
    CHECK(reader.text(R"(2["b"])") == PacketReader::Outcome::malformed);
    PacketReader other{100};
    REQUIRE(other.text(R"(51-["a"])") == PacketReader::Outcome::unfinished);
    CHECK(other.binary(std::string(101, 'x')) == PacketReader::Outcome::malformed);
}
