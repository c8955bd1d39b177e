// permessage-deflate (src/net/deflate, websocket_extensions): bounds hold, what is compressed comes back, rows of
// frames stay rows of the same messages, and an agreement can be read again.
#include "net/deflate.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "net/http_rules.hpp"
#include "net/websocket_codec.hpp"
#include "net/websocket_extensions.hpp"

using namespace soyuz;
using fuzz::must;
using Outcome = net::Inflater::Outcome;

namespace {

constexpr std::size_t bound = 3000;

/// Inflates as it came, with a bound it just fits in, and with one that it doesn't.
void inflate(net::Inflater& inflater, std::string_view input) {
    auto const outcome = inflater.inflate(input, bound);
    if (outcome == Outcome::invalid) return;
    if (outcome == Outcome::too_large) {
        must(inflater.inflate(input, bound / 2) == Outcome::too_large, "too large for more is too large for less");
        return;
    }
    std::string const message{inflater.message()};
    must(message.size() <= bound, "a message keeps to its bound");
    must(inflater.inflate(input, message.size()) == Outcome::done, "a message may be as large as its bound");
    must(inflater.message() == message, "nothing is remembered from one message to the next");
    if (!message.empty())
        must(inflater.inflate(input, message.size() - 1) == Outcome::too_large, "a byte beyond is too large");
}

/// Payload of the first frame of a row, and how many bytes it takes; npos where it isn't whole.
std::size_t first_frame(std::string_view row, std::string_view& payload) {
    if (row.size() < 2) return std::string_view::npos;
    auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(row[at]); };
    std::size_t const extended = byte(1) == 126 ? 2 : byte(1) == 127 ? 8 : 0;
    if (byte(1) > 127 || row.size() < 2 + extended) return std::string_view::npos;
    std::uint64_t size = extended == 0 ? byte(1) : 0;
    for (std::size_t at = 0; at < extended; ++at) size = size << 8U | byte(2 + at);
    if (size > row.size() - 2 - extended) return std::string_view::npos;
    payload = row.substr(2 + extended, static_cast<std::size_t>(size));
    return 2 + extended + payload.size();
}

void compress(net::Inflater& inflater, net::Deflater& deflater, net::SharedFrame const& row, std::size_t from) {
    auto const [frames, largest] = deflater.compress(row, from);
    must(frames->size() <= row->size(), "compressing makes nothing larger");
    must((frames == row) == (largest == 0), "a row without gain is handed back");
    std::string_view before = *row, after = *frames, wanted, got;
    for (;;) {
        auto const old_size = first_frame(before, wanted);
        if (old_size == std::string_view::npos) break;
        auto const new_size = first_frame(after, got);
        must(new_size != std::string_view::npos, "a row keeps its frames");
        bool const compressed = (after[0] & 0x40) != (before[0] & 0x40);
        must((after[0] & 0xBF) == (before[0] & 0xBF), "a frame keeps its kind");
        if (compressed) {
            must(wanted.size() >= from && wanted.size() <= largest, "only large messages are compressed");
            must(inflater.inflate(got, wanted.size()) == Outcome::done && inflater.message() == wanted,
                 "what is compressed comes back");
        } else {
            must(got == wanted, "what isn't compressed stays");
        }
        before.remove_prefix(old_size);
        after.remove_prefix(new_size);
    }
    must(before == after, "what is no frame stays");
}

void negotiate(std::string_view input) {
    std::string value{input};
    std::erase_if(value, [](char letter) { return letter == '\r' || letter == '\n'; });
    net::HttpRequest request;
    request.headers.emplace_back("Sec-WebSocket-Extensions", value);
    auto const extensions = net::negotiate_extensions(request);
    if (!extensions.compression) return;
    must(extensions.well_formed, "nothing is agreed on where the grammar is broken");
    auto const answer = net::agreement(*extensions.compression);
    must(net::is_field_value(answer), "an agreement fits into a header");
    request.headers[0].second = answer;
    auto const again = net::negotiate_extensions(request);
    must(again.well_formed && again.compression && net::agreement(*again.compression) == answer,
         "an agreement can be read again");
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::text_of(data, size);
    static net::Inflater inflater;
    static net::Deflater deflater;
    inflate(inflater, input);
    auto const text = net::encode_text(input);
    compress(inflater, deflater, text, 0);
    compress(inflater, deflater, std::make_shared<std::string const>(*text + *net::encode_binary(input) + *text), 20);
    compress(inflater, deflater, std::make_shared<std::string const>(input), 0);
    negotiate(input);
    return 0;
}
