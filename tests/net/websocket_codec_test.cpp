#include "net/websocket_codec.hpp"

#include <array>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "net/test_client.hpp"
#include "net/websocket.hpp"

using namespace soyuz::net;
using soyuz::net::test::masked_frame;

namespace {

/// Writes down what a decoder finds: "text:…", "binary:…", "ping:…", "pong:…", "close:<code>:…", "fail:<code>".
struct Script : FrameSink {
    std::vector<std::string> lines;

    void message(Opcode kind, std::string_view payload, bool compressed) override {
        lines.push_back(std::string(kind == Opcode::text ? "text:" : "binary:") + (compressed ? "deflated:" : "") +
                        std::string(payload));
    }
    void ping(std::string_view payload) override { lines.push_back("ping:" + std::string(payload)); }
    void pong(std::string_view payload) override { lines.push_back("pong:" + std::string(payload)); }
    void peer_closed(std::uint16_t code, std::string_view reason) override {
        lines.push_back("close:" + std::to_string(code) + ":" + std::string(reason));
    }
    void feed(FrameDecoder& decoder, std::string bytes) {
        if (auto const code = decoder.feed(bytes.data(), bytes.size(), *this))
            lines.push_back("fail:" + std::to_string(code));
    }
};

constexpr FrameDecoder::Limits generous{.message_bytes = 100'000, .fragments = 10};

std::vector<std::string> decode(std::string const& bytes, FrameDecoder::Limits limits = generous) {
    Script whole;
    FrameDecoder decoder(limits);
    whole.feed(decoder, bytes);

    Script single;
    FrameDecoder byte_by_byte(limits);
    for (char const byte : bytes) single.feed(byte_by_byte, {byte});
    CHECK(single.lines == whole.lines);
    for (std::size_t cut = 1; cut < bytes.size() && bytes.size() < 400; ++cut) {
        Script split;
        FrameDecoder pieces(limits);
        split.feed(pieces, bytes.substr(0, cut));
        split.feed(pieces, bytes.substr(cut));
        INFO("cut at " << cut);
        CHECK(split.lines == whole.lines);
    }
    return whole.lines;
}

using Lines = std::vector<std::string>;

std::string close_payload(int code, std::string const& reason = {}) {
    return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)} + reason;
}

}  // namespace

TEST_CASE("frames are encoded as in the examples of RFC 6455, 5.7") {
    CHECK(*encode_text("Hello") == std::string("\x81\x05Hello"));
    CHECK(encode_frame(Opcode::text, "Hel", false, false) == std::string("\x01\x03Hel"));
    CHECK(encode_frame(Opcode::continuation, "lo") == std::string("\x80\x02lo"));
    CHECK(encode_frame(Opcode::ping, "Hello") == std::string("\x89\x05Hello"));
    CHECK(encode_binary(std::string(256, 'x'))->substr(0, 4) == std::string("\x82\x7e\x01\x00", 4));
    CHECK(encode_binary(std::string(65536, 'x'))->substr(0, 10) == std::string("\x82\x7f\0\0\0\0\0\x01\0\0", 10));
    CHECK(encode_binary(std::string(125, 'x'))->size() == 127);
    CHECK(encode_binary(std::string(126, 'x'))->size() == 130);
    CHECK(encode_binary(std::string(65535, 'x'))->size() == 65539);
    CHECK(encode_frame(Opcode::text, "", true) == std::string("\xc1\x00", 2));
    CHECK(encode_close(1000, "bye") == std::string("\x88\x05\x03\xe8"
                                                   "bye"));
    CHECK(encode_close(1005, "ignored") == std::string("\x88\x00", 2));
}

TEST_CASE("the reason of a close frame is cut between two characters") {
    std::string reason(122, 'a');
    CHECK(encode_close(1000, reason + "b").size() == 2 + 2 + 123);
    CHECK(encode_close(1000, reason + "\xc3\xa9").size() == 2 + 2 + 122);
    CHECK(encode_close(1000, std::string(121, 'a') + "\xc3\xa9z").size() == 2 + 2 + 123);
}

TEST_CASE("messages and control frames are decoded, however the bytes are cut") {
    CHECK(decode(std::string("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58")) == Lines{"text:Hello"});
    CHECK(decode(masked_frame(2, "a") + masked_frame(1, "") + masked_frame(1, "\xc3\xa9")) ==
          Lines{"binary:a", "text:", "text:\xc3\xa9"});
    CHECK(decode(masked_frame(1, "Hel", false) + masked_frame(9, "p") + masked_frame(0, "", false) +
                 masked_frame(10, "") + masked_frame(0, "lo")) == Lines{"ping:p", "pong:", "text:Hello"});
    CHECK(decode(masked_frame(1, "\xe2\x82", false) + masked_frame(0, "\xac")) == Lines{"text:\xe2\x82\xac"});
    CHECK(decode(masked_frame(8, close_payload(1000, "bye")) + masked_frame(1, "after")) == Lines{"close:1000:bye"});
    CHECK(decode(masked_frame(8, "")) == Lines{"close:1005:"});
    for (std::size_t size : {125U, 126U, 127U, 65535U, 65536U}) {
        std::string payload;
        for (std::size_t index = 0; index < size; ++index) payload.push_back(static_cast<char>('a' + index % 26));
        CHECK(decode(masked_frame(1, payload) + masked_frame(2, payload)) ==
              Lines{"text:" + payload, "binary:" + payload});
    }
}

TEST_CASE("what the RFC forbids fails the connection with its code") {
    std::string const text = masked_frame(1, "x");
    auto const with_first_byte = [&](int byte) {
        auto frame = text;
        frame[0] = static_cast<char>(byte);
        return frame;
    };
    struct Case {
        char const* name;
        std::string bytes;
        int code;
    };
    std::vector<Case> cases{
        {"unmasked", "\x81\x01x", 1002},
        {"RSV1", with_first_byte(0xC1), 1002},
        {"RSV2", with_first_byte(0xA1), 1002},
        {"RSV3", with_first_byte(0x91), 1002},
        {"fragmented ping", masked_frame(9, "x", false), 1002},
        {"fragmented close", masked_frame(8, "", false), 1002},
        {"ping of 126 bytes", masked_frame(9, std::string(126, 'x')), 1002},
        {"continuation of nothing", masked_frame(0, "x"), 1002},
        {"unfinished continuation of nothing", masked_frame(0, "x", false), 1002},
        {"message within a message", masked_frame(1, "x", false) + masked_frame(1, "y"), 1002},
        {"length of 125 in 16 bits", std::string("\x82\xfe\x00\x7d\0\0\0\0", 8), 1002},
        {"length of 65535 in 64 bits", std::string("\x82\xff\0\0\0\0\0\0\xff\xff\0\0\0\0", 14), 1002},
        {"highest bit of a length", std::string("\x82\xff\x80\0\0\0\0\0\0\0\0\0\0\0", 14), 1002},
        {"message over the limit", std::string("\x82\xff\0\0\0\0\0\x01\x86\xa1\0\0\0\0", 14), 1009},
        {"enormous message", std::string("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14), 1009},
        {"fragments over the limit",
         masked_frame(2, std::string(60'000, 'x'), false) + masked_frame(0, std::string(60'000, 'x')), 1009},
        {"invalid text", masked_frame(1, "a\xff"), 1007},
        {"text that ends within a character", masked_frame(1, "\xe2\x82"), 1007},
        {"impossible byte in an unfinished frame", masked_frame(1, "\xed\xa0" + std::string(100, 'x')).substr(0, 8),
         1007},
        {"impossible byte in a later fragment", masked_frame(1, "\xe2", false) + masked_frame(0, "x", false), 1007},
        {"close with one byte", masked_frame(8, "x"), 1002},
        {"close with invalid text", masked_frame(8, close_payload(1000, "\xff")), 1007},
        {"close with half a character", masked_frame(8, close_payload(1000, "\xc3")), 1007},
    };
    for (int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
        cases.push_back({"unknown opcode", with_first_byte(0x80 | opcode), 1002});
    }
    for (int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
        cases.push_back({"forbidden close code", masked_frame(8, close_payload(code)), 1002});
    }
    for (auto const& [name, bytes, code] : cases) {
        INFO(name);
        auto const lines = decode(bytes + masked_frame(1, "never"));
        CHECK(lines == Lines{"fail:" + std::to_string(code)});
    }
    for (int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999}) {
        CHECK(decode(masked_frame(8, close_payload(code))) == Lines{"close:" + std::to_string(code) + ":"});
    }
}

TEST_CASE("a message has as many fragments as the limit allows") {
    auto const message = [](int fragments) {
        std::string bytes;
        for (int index = 0; index < fragments; ++index)
            bytes += masked_frame(index == 0 ? 2 : 0, "", index == fragments - 1);
        return bytes;
    };
    CHECK(decode(message(10) + message(10)) == Lines{"binary:", "binary:"});
    CHECK(decode(message(11)) == Lines{"fail:1008"});
}

TEST_CASE("RSV1 marks a compressed message once it is negotiated") {
    auto const compressed = [](std::string frame) {
        frame[0] = static_cast<char>(static_cast<unsigned char>(frame[0]) | 0x40U);
        return frame;
    };
    auto limits = generous;
    limits.compression_negotiated = true;
    // The text is checked after inflating, so not here.
    CHECK(decode(compressed(masked_frame(1, "\xff")) + masked_frame(1, "a"), limits) ==
          Lines{"text:deflated:\xff", "text:a"});
    CHECK(decode(compressed(masked_frame(1, "a", false)) + masked_frame(0, "b"), limits) == Lines{"text:deflated:ab"});
    CHECK(decode(masked_frame(1, "a", false) + compressed(masked_frame(0, "b")), limits) == Lines{"fail:1002"});
    CHECK(decode(compressed(masked_frame(9, "a")), limits) == Lines{"fail:1002"});
}

TEST_CASE("unmasking is the same from any phase and for any length") {
    std::array<std::uint8_t, 4> const mask{0x12, 0x34, 0x56, 0x78};
    for (std::size_t phase = 0; phase < 4; ++phase) {
        for (std::size_t size = 0; size < 40; ++size) {
            std::string data(size, 'x');
            unmask(data.data(), size, mask, phase);
            for (std::size_t index = 0; index < size; ++index) {
                CHECK(static_cast<std::uint8_t>(data[index]) == ('x' ^ mask[(phase + index) % 4]));
            }
        }
    }
}

TEST_CASE("damaged frames are decoded the same however they are cut") {
    std::mt19937 random(20'261'121);
    std::string const seed = masked_frame(1, "Hel", false) + masked_frame(9, "ping") + masked_frame(0, "l\xc3\xb6") +
                             masked_frame(2, std::string(130, 'b')) + masked_frame(8, close_payload(1000, "bye"));
    auto const below = [&](std::size_t bound) {
        return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
    };
    for (int round = 0; round < 3000; ++round) {
        auto bytes = seed;
        for (std::size_t count = 1 + below(3); count > 0; --count)
            bytes[below(bytes.size())] = static_cast<char>(below(256));
        Script whole, pieces;
        FrameDecoder whole_decoder(generous), pieces_decoder(generous);
        whole.feed(whole_decoder, bytes);
        for (std::size_t at = 0; at < bytes.size();) {
            auto const count = 1 + below(20);
            pieces.feed(pieces_decoder, bytes.substr(at, count));
            at += count;
        }
        CHECK(pieces.lines == whole.lines);
    }
}
