// Frames, outboxes and requests.
#include <array>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "net/deflate.hpp"
#include "net/http_parser.hpp"
#include "net/outbox.hpp"
#include "net/websocket_codec.hpp"

using namespace soyuz;

namespace {

void count_bytes(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}

void frame_encode(benchmark::State& state) {
    std::string const payload(static_cast<std::size_t>(state.range(0)), 'x');
    for (auto _ : state) benchmark::DoNotOptimize(net::encode_frame(net::Opcode::text, payload));
    count_bytes(state, payload.size());
}
BENCHMARK(frame_encode)->Arg(150)->Arg(4096)->Arg(65536);

class Nothing final : public net::FrameSink {
    void message(net::Opcode, std::string_view payload, bool) override { benchmark::DoNotOptimize(payload.data()); }
    void ping(std::string_view) override {}
    void pong(std::string_view) override {}
    void peer_closed(std::uint16_t, std::string_view) override {}
};

/// One masked text frame, unmasked and checked for UTF-8.
void frame_decode(benchmark::State& state) {
    std::string const payload(static_cast<std::size_t>(state.range(0)), 'x');
    auto frame = net::encode_frame(net::Opcode::text, payload);
    std::size_t const header = frame.size() - payload.size();
    frame[1] = static_cast<char>(frame[1] | '\x80');
    frame.insert(header, "\0\0\0\0", 4);
    net::FrameDecoder decoder{{1U << 20U, 16}};
    Nothing sink;
    for (auto _ : state) {
        if (decoder.feed(frame.data(), frame.size(), sink) != 0) state.SkipWithError("the frame is refused");
    }
    count_bytes(state, payload.size());
}
BENCHMARK(frame_decode)->Arg(150)->Arg(4096)->Arg(65536);

/// What a turn of the loop does for one receiver: so many frames in, gathered for one write, and gone.
void outbox_turn(benchmark::State& state) {
    net::BlockPool pool;
    net::Outbox outbox(pool);
    auto const frame = std::make_shared<std::string const>(static_cast<std::size_t>(state.range(1)), 'x');
    std::array<iovec, 64> parts;
    for (auto _ : state) {
        for (std::int64_t i = 0; i < state.range(0); ++i) outbox.append(frame);
        while (!outbox.empty()) {
            std::size_t bytes = 0;
            for (std::size_t i = 0, count = outbox.gather(parts); i < count; ++i) bytes += parts[i].iov_len;
            outbox.consume(bytes);
        }
    }
    state.SetItemsProcessed(state.range(0) * state.iterations());
}
BENCHMARK(outbox_turn)->Args({1, 150})->Args({16, 150})->Args({256, 150})->Args({16, 4096});

/// A message as everybody who follows the room gets it, with so many bytes of plain words in it.
std::string envelope(std::size_t text_bytes) {
    constexpr std::array<std::string_view, 8> words{"river ", "school ", "homework ", "the ",
                                                    "we ",    "answer ", "question ", "tomorrow "};
    std::string text;
    for (std::uint32_t state = 1; text.size() < text_bytes; state = state * 1664525 + 1013904223)
        text += words[state >> 29U];
    text.resize(text_bytes);
    return R"({"type":"message","message":{"id":"room_4k2m9x7q1w8e5r3t-1204","room":"room_4k2m9x7q1w8e5r3t",)"
           R"("seq":1204,"sender":{"id":"user_9d8f7g6h5j4k3l2m","username":"sara","display_name":"Sara","avatar_url":)"
           R"("/uploads/avatars/9d8f7g6h.webp"},"text":")" +
           text +
           R"(","sent_at":"2026-11-21T10:43:07.123Z","mentions":[],"reactions":{},"attachments":[],)"
           R"("moderation":{"action":"allow","severity":"none","score":0.01,"reasons":[]}}})";
}

/// What one broadcast costs beside those who get it uncompressed; a second receiver costs a look-up.
void deflate_broadcast(benchmark::State& state) {
    net::Deflater deflater;
    auto const text = envelope(static_cast<std::size_t>(state.range(0)));
    std::array<net::SharedFrame, 2> const frames{net::encode_text(text), net::encode_text(text)};
    std::size_t bytes = 0, turn = 0;
    for (auto _ : state) bytes = deflater.compress(frames[++turn % 2], 0).frames->size();
    state.counters["bytes"] = static_cast<double>(frames[0]->size());
    state.counters["compressed"] = static_cast<double>(bytes);
}
BENCHMARK(deflate_broadcast)->Arg(60)->Arg(300)->Arg(600)->Arg(1000)->Arg(3900);

void deflate_next_receiver(benchmark::State& state) {
    net::Deflater deflater;
    auto const frame = net::encode_text(envelope(1000));
    for (auto _ : state) benchmark::DoNotOptimize(&deflater.compress(frame, 1024));
}
BENCHMARK(deflate_next_receiver);

void inflate_message(benchmark::State& state) {
    net::Deflater deflater;
    net::Inflater inflater;
    auto const text = envelope(static_cast<std::size_t>(state.range(0)));
    auto const frame = deflater.compress(net::encode_text(text), 0).frames;
    auto const payload = std::string_view(*frame).substr(frame->size() < 128 ? 2 : 4);
    for (auto _ : state) {
        if (inflater.inflate(payload, 1U << 16U) != net::Inflater::Outcome::done) state.SkipWithError("it is invalid");
    }
    count_bytes(state, text.size());
}
BENCHMARK(inflate_message)->Arg(60)->Arg(3900);

constexpr std::string_view browser =
    "GET /chat/lobby HTTP/1.1\r\nHost: chat.example.org\r\nConnection: keep-alive\r\nUser-Agent: Mozilla/5.0 (X11; "
    "Linux "
    "x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36\r\nAccept: text/html,*/*;q=0.8\r\n"
    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nReferer: https://chat.example.org/chat\r\n"
    "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en,ur;q=0.8\r\n"
    "Cookie: soyuz_session=0123456789abcdef0123456789abcdef0123456789a; soyuz_theme=dark\r\n\r\n";
constexpr std::string_view program =
    "POST /api/v1/rooms/lobby/messages HTTP/1.1\r\nHost: chat.example.org\r\nContent-Type: application/json\r\n"
    "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl\r\nContent-Length: 44\r\n\r\n"
    R"({"text":"I think question 3 is the river.."})";

void http_parse(benchmark::State& state, std::string_view request) {
    net::HttpParser parser{{}};
    for (auto _ : state) {
        auto bytes = request;
        bool const read = parser.feed(bytes) == net::HttpParser::Event::head && parser.allow_body(1000) &&
                          parser.feed(bytes) == net::HttpParser::Event::complete;
        if (!read) state.SkipWithError("the request is refused");
        benchmark::DoNotOptimize(parser.take());
    }
    count_bytes(state, request.size());
}
BENCHMARK_CAPTURE(http_parse, browser, browser);
BENCHMARK_CAPTURE(http_parse, program, program);

}  // namespace
