#include "net/deflate.hpp"

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "net/websocket_codec.hpp"

using namespace soyuz::net;
using namespace std::string_literals;

namespace {

constexpr std::size_t bound = 1000;

/// Bytes that don't get smaller.
std::string noise(std::size_t size) {
    std::string bytes;
    std::uint32_t state = 1;
    while (bytes.size() < size) {
        state = state * 1664525 + 1013904223;
        bytes.push_back(static_cast<char>(state >> 24U));
    }
    return bytes;
}

/// The payload of a frame that the deflater made of `payload`.
std::string deflated(std::string const& payload) {
    Deflater deflater;
    auto const frames = deflater.compress(encode_text(payload), 0).frames;
    REQUIRE((frames->at(0) & 0x40) != 0);
    auto const marker = static_cast<unsigned char>(frames->at(1));
    return frames->substr(marker < 126 ? 2 : marker == 126 ? 4 : 10);
}

}  // namespace

TEST_CASE("messages in every form that RFC 7692, 7.2.3 shows are decompressed") {
    Inflater inflater;
    for (auto const& [bytes, message] : std::vector<std::pair<std::string, std::string>>{
             {"\xf2\x48\xcd\xc9\xc9\x07\x00"s, "Hello"},
             {"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"s, "Hello"},
             {"\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s, "Hello"},
             {"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"s, "Hello"},
             {"\xf3\x48\xcd\xc9\xc9\x07\x00\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s, "HelloHello"},
             {"\x00"s, ""},
             {"\x02\x00"s, ""},
             {"\x03\x00\x00"s, ""},
             {"\x01"s, ""},
             {""s, ""},
             {"\x00\x00\x00\xff\xff\x00\x00\x00\xff\xff\x00"s, ""},
         }) {
        CAPTURE(bytes);
        CHECK(inflater.inflate(bytes, bound) == Inflater::Outcome::done);
        CHECK(inflater.message() == message);
    }
}

TEST_CASE("what is no deflated message is invalid, and the next message is none the worse") {
    Inflater inflater;
    auto const whole = deflated("the river runs past the old mill, the river runs past the old mill");
    std::vector<std::string> broken{"\xff"s, "\x06"s, "\x07\x00"s, "Hello", "\x00\x05\x00\xfa\xfe\x48"s, noise(500),
                                    // no byte behind a final block
                                    "\xf3\x48\xcd\xc9\xc9\x07\x00"s,
                                    // a distance before the beginning
                                    "\xca\x21\x00\x00"s,
                                    // the end that belongs left out
                                    whole + "\x00\x00\xff\xff"s + "\x05"s};
    for (std::size_t size = 1; size < whole.size(); ++size) broken.push_back(whole.substr(0, size));
    for (auto const& bytes : broken) {
        CAPTURE(bytes);
        CHECK(inflater.inflate(bytes, bound) == Inflater::Outcome::invalid);
        CHECK(inflater.inflate("\xf2\x48\xcd\xc9\xc9\x07\x00"s, bound) == Inflater::Outcome::done);
        CHECK(inflater.message() == "Hello");
    }
}

TEST_CASE("a message may be as large as its bound and not a byte larger") {
    Inflater inflater;
    for (std::size_t size : {1U, 2U, 999U, 1000U, 1001U, 5000U, 16383U, 16384U, 16385U, 40000U}) {
        auto const bytes = deflated(std::string(size + 20, 'x').substr(0, size + 20));
        for (std::size_t most : {size + 19, size + 20, size + 21, std::size_t{100'000}}) {
            INFO(size << " within " << most);
            auto const outcome = inflater.inflate(bytes, most);
            CHECK(outcome == (size + 20 > most ? Inflater::Outcome::too_large : Inflater::Outcome::done));
            if (outcome == Inflater::Outcome::done) CHECK(inflater.message() == std::string(size + 20, 'x'));
        }
    }
    // A thousandfold bomb is left as soon as it passes the bound.
    CHECK(inflater.inflate(deflated(std::string(16U << 20U, '\0')), bound) == Inflater::Outcome::too_large);
}

TEST_CASE("nothing is remembered from one message to the next") {
    Inflater inflater;
    // "Hello" once, then a second time as a reference to the first (RFC 7692, 7.2.3.2).
    CHECK(inflater.inflate("\xf2\x48\xcd\xc9\xc9\x07\x00"s, bound) == Inflater::Outcome::done);
    CHECK(inflater.inflate("\xf2\x00\x11\x00\x00"s, bound) == Inflater::Outcome::invalid);
    CHECK(deflated(std::string(100, 'a')) == deflated(std::string(100, 'a')));
}

TEST_CASE("messages from the threshold on are compressed, each for itself, the others are left") {
    Deflater deflater;
    std::string const small = "short";
    std::string const large(2000, 'y');
    std::string const other(70'000, 'z');
    auto const row =
        std::make_shared<std::string const>(*encode_text(small) + *encode_text(large) + *encode_binary(other) +
                                            *encode_text(small) + *encode_text(noise(3000)));
    auto const& [frames, largest] = deflater.compress(row, 1000);
    CHECK(frames->size() < row->size() - 70'000);
    CHECK(largest == 70'000);
    CHECK(*frames == *encode_text(small) + encode_frame(Opcode::text, deflated(large), true) +
                         encode_frame(Opcode::binary, deflated(other), true) + *encode_text(small) +
                         *encode_text(noise(3000)));
}

TEST_CASE("a row in which nothing gets smaller is handed back itself") {
    Deflater deflater;
    for (auto const& row :
         {encode_text("short"), encode_text(""), encode_text(noise(5000)),
          std::make_shared<std::string const>(*encode_text("a") + *encode_text("b")),
          std::make_shared<std::string const>(encode_frame(Opcode::text, std::string(5000, 'x'), true)),
          std::make_shared<std::string const>(encode_frame(Opcode::text, std::string(5000, 'x'), false, false)),
          std::make_shared<std::string const>(encode_text(std::string(5000, 'x'))->substr(0, 4000)),
          std::make_shared<std::string const>(), std::make_shared<std::string const>("\x81")}) {
        auto const& result = deflater.compress(row, 0);
        CHECK(result.frames == row);
        CHECK(result.largest == 0);
    }
}

TEST_CASE("what goes to many is compressed once") {
    Deflater deflater;
    auto const row = encode_text(std::string(5000, 'x'));
    auto const first = deflater.compress(row, 1024).frames;
    CHECK(first != row);
    CHECK(deflater.compress(row, 1024).frames == first);
    CHECK(deflater.compress(row, 6000).frames == row);
    deflater.trim();
    CHECK(row.use_count() == 1);
    CHECK(first.use_count() == 1);
    CHECK(*deflater.compress(row, 1024).frames == *first);
}
