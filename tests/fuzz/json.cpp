// JSON from outside (src/base/json) and strings on their way out (src/base/text).
#include "base/json.hpp"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "base/visible_text.hpp"
#include "fuzz/fuzz.hpp"

using namespace soyuz;
using fuzz::must;

namespace {

std::size_t depth_of(base::Json const& value) {
    std::size_t deepest = 0;
    if (value.is_structured()) {
        for (auto const& each : value) deepest = std::max(deepest, depth_of(each));
        ++deepest;
    }
    return deepest;
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::text_of(data, size);
    bool const is_utf8 = base::is_valid_utf8(input);
    auto const parsed = base::parse_json(input, 8);
    if (parsed) {
        must(is_utf8 && base::Json::accept(input), "only JSON is taken for JSON");
        must(depth_of(*parsed) <= 8, "nesting keeps to its limit");
        auto const text = parsed->dump();
        auto const again = base::parse_json(text, 8);
        must(again.ok() && again->dump() == text, "what was parsed can be written and read again");
    } else {
        must(!parsed.error().message.empty(), "an error has words");
        must(base::is_valid_utf8(parsed.error().message), "an error can be shown");
    }
    if (is_utf8) {
        std::string quoted;
        base::append_json_string(quoted, input);
        auto const back = base::parse_json(quoted);
        must(back.ok() && back->get<std::string>() == input, "a string comes back as it was");
        base::has_hidden_characters(input);
        must(base::is_valid_utf8(base::fold_case(input)), "folding keeps UTF-8");
        must(base::is_valid_utf8(base::trim(input)), "trimming keeps UTF-8");
        must(base::count_code_points(input) <= input.size(), "a code point has a byte");
    }
    return 0;
}
