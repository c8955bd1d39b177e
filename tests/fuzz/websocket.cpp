// WebSocket frames (src/net/websocket_codec): how bytes are cut changes nothing, limits hold, text is UTF-8, and what
// the encoder writes the decoder reads. The same with compression, whose bounds hold whatever a client sends.
#include <string>
#include <tuple>
#include <vector>

#include "base/text.hpp"
#include "fuzz/fuzz.hpp"
#include "net/deflate.hpp"
#include "net/websocket_codec.hpp"

using namespace soyuz;
using fuzz::must;

namespace {

constexpr net::FrameDecoder::Limits limits{2000, 8, false};

class Sink final : public net::FrameSink {
public:
    void message(net::Opcode kind, std::string_view payload, bool compressed) override {
        must(payload.size() <= limits.message_bytes, "a message keeps to its limit");
        must(kind == net::Opcode::text || kind == net::Opcode::binary, "a message is text or binary");
        must(!compressed, "nothing is compressed unless that was agreed");
        if (kind == net::Opcode::text) must(base::is_valid_utf8(payload), "text is UTF-8");
        note(static_cast<int>(kind), payload);
    }
    void ping(std::string_view payload) override { control(9, payload); }
    void pong(std::string_view payload) override { control(10, payload); }
    void peer_closed(std::uint16_t code, std::string_view reason) override {
        must(code == net::close_code::none || net::is_valid_close_code(code), "a close code may be sent");
        must(base::is_valid_utf8(reason) && reason.size() <= 123, "a reason is short UTF-8");
        note(8 + code * 16, reason);
        closed = true;
    }

    std::vector<std::pair<int, std::string>> heard;
    bool closed = false;

private:
    void control(int kind, std::string_view payload) {
        must(payload.size() <= 125, "a control frame is short");
        note(kind, payload);
    }
    void note(int kind, std::string_view payload) {
        must(!closed, "nothing follows a close frame");
        heard.emplace_back(kind, payload);
    }
};

std::string masked(std::string frame) {
    auto const size = static_cast<unsigned char>(frame[1]);
    std::size_t const at = size < 126 ? 2 : size == 126 ? 4 : 10;
    frame[1] = static_cast<char>(size | 0x80U);
    frame.insert(at, {'\x11', '\x22', '\x33', '\x44'});
    net::unmask(frame.data() + at + 4, frame.size() - at - 4, {0x11, 0x22, 0x33, 0x44}, 0);
    return frame;
}

/// Inflates what is compressed, and keeps the rest.
class InflatingSink final : public net::FrameSink {
public:
    void message(net::Opcode, std::string_view payload, bool compressed) override {
        static net::Inflater inflater;
        last = payload;
        if (!compressed) return;
        auto const outcome = inflater.inflate(payload, most);
        if (outcome != net::Inflater::Outcome::done) return last.clear();
        last = inflater.message();
        must(last.size() <= most, "an inflated message keeps to its limit");
        must(inflater.inflate(payload, most) == outcome && inflater.message() == last, "it inflates the same again");
    }
    void ping(std::string_view) override {}
    void pong(std::string_view) override {}
    void peer_closed(std::uint16_t, std::string_view) override {}

    static constexpr std::size_t most = 20'000;
    std::string last;
};

void check_compression(std::string_view input) {
    InflatingSink sink;
    std::string bytes{input};
    net::FrameDecoder reader{{2000, 8, true}};
    reader.feed(bytes.data(), bytes.size(), sink);

    static net::Deflater deflater;
    auto const plain = std::make_shared<std::string const>(net::encode_frame(net::Opcode::binary, input));
    auto const& compressed = deflater.compress(plain, 1);
    must(compressed.frames->size() <= plain->size(), "compression makes nothing larger");
    auto frame = masked(*compressed.frames);
    net::FrameDecoder again{{input.size() + 100, 8, true}};
    must(again.feed(frame.data(), frame.size(), sink) == 0, "what was compressed is a frame");
    if (input.size() <= InflatingSink::most) must(sink.last == input, "what was compressed comes back");
    deflater.trim();
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::text_of(data, size);
    Sink whole, pieces;

    std::string bytes{input};
    net::FrameDecoder decoder{limits};
    auto const code = decoder.feed(bytes.data(), bytes.size(), whole);

    bytes = input;
    net::FrameDecoder again{limits};
    std::uint16_t piece_code = 0;
    fuzz::Cuts cuts{input};
    for (std::size_t at = 0; at < size && piece_code == 0;) {
        auto const count = std::min(cuts.next(), size - at);
        piece_code = again.feed(bytes.data() + at, count, pieces);
        at += count;
    }
    must(code == piece_code && whole.heard == pieces.heard, "how bytes are cut changes nothing");
    must(code == 0 || net::is_valid_close_code(code), "a failure has a code that may be sent");

    for (auto const& [kind, payload] : whole.heard) {
        if (kind > 2) continue;
        auto frame = masked(net::encode_frame(static_cast<net::Opcode>(kind), payload));
        Sink echoed;
        net::FrameDecoder reader{limits};
        must(reader.feed(frame.data(), frame.size(), echoed) == 0, "what the encoder writes is in order");
        must(echoed.heard.size() == 1 && echoed.heard[0].second == payload, "what the encoder writes comes back");
    }
    check_compression(input);
    if (!input.empty()) {
        auto const close = net::encode_close(1000, input);
        must(close.size() <= 127, "a close frame is short");
        if (base::is_valid_utf8(input))
            must(base::is_valid_utf8(std::string_view{close}.substr(4)), "a reason is cut between two characters");
    }
    net::Utf8Validator validator;
    must((validator.feed(input) && validator.is_complete()) == base::is_valid_utf8(input),
         "both checks of UTF-8 agree");
    return 0;
}
