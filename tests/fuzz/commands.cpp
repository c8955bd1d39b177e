// The native WebSocket dialect (src/realtime) over the real domain: whatever frames say, each is answered at most once
// with its ref, every answer is JSON, and the others go on. A line of the input is a frame; "&" begins one of the
// second client.
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "fuzz/fuzz.hpp"
#include "realtime/house.hpp"

using namespace soyuz;
using fuzz::must;

namespace {

/// A ref as it may come back; "" where a frame has none.
std::string ref_of(std::string_view frame) {
    auto const parsed = base::parse_json(frame);
    if (!parsed || !parsed->is_object()) return "";
    auto const ref = parsed->find("ref");
    return ref != parsed->end() && ref->is_number() ? ref->dump() : "";
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    base::log::set_level("off");
    auto input = fuzz::text_of(data, size);
    tests::House house;
    auto const sara = house.account("sara", chat::Role::owner);
    auto const omar = house.account("omar");
    house.room(*sara, "den");
    tests::Client first{house, sara}, second{house, omar, "", 1};
    std::map<std::string, int> asked[2], answered[2];
    for (int frames = 0; !input.empty() && frames < 40; ++frames) {
        auto const end = std::min(input.find('\n'), input.size());
        auto frame = input.substr(0, end);
        input.remove_prefix(std::min(end + 1, input.size()));
        bool const is_second = frame.starts_with('&');
        if (is_second) frame.remove_prefix(1);
        // net hands on nothing that isn't UTF-8.
        if (!base::is_valid_utf8(frame)) continue;
        ++asked[is_second ? 1 : 0][ref_of(frame)];
        (is_second ? second : first).say_text(std::string{frame});
        if (frame.ends_with(' ')) house.settle();
    }
    house.settle();
    house.tick();
    for (int i = 0; i < 2; ++i) {
        auto& client = i == 0 ? first : second;
        for (auto const& event : client.heard()) {
            must(event.is_object() && event.contains("type"), "an event has a type");
            if (event["type"] == "ack" || event["type"] == "error")
                ++answered[i][event.contains("ref") && !event["ref"].is_null() ? event["ref"].dump() : ""];
        }
        must(client.socket.close_code == 0, "nobody is thrown out");
        for (auto const& [ref, count] : answered[i])
            if (!ref.empty()) must(count <= asked[i][ref], "a command is answered at most once");
    }
    first.forget();
    must(first.ask({{"type", "ping"}})["type"] == "ack", "the next command is answered");
    return 0;
}
