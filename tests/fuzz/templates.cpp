// Templates (src/template): whatever they say, they end within their limits, with a text or with an error that
// says where. An input holds several templates: a line "==== NAME" begins the next one; the first is rendered.
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "fuzz/fuzz.hpp"
#include "template/engine.hpp"
#include "template/memory_source.hpp"

using namespace soyuz;
using fuzz::must;

namespace {

constexpr jinja::Limits limits{8, 32, 100'000, 20'000};

nlohmann::json const& context() {
    static auto const value = nlohmann::json::parse(R"({
        "name": "<Amina & \"Bilal\">", "count": 3, "price": 2.5, "yes": true, "none": null, "empty": "",
        "list": [3, 1, 2, "b", "a", null], "user": {"name": "sara", "role": "owner", "tags": ["x", "y"]},
        "users": [{"name": "a", "age": 3}, {"name": "B", "age": null}, {"name": "ç", "age": -1}],
        "text": "The quick brown fox jumps over http://example.com/a?b=c&d and سلام 👋 \n twice", "big": 9007199254740993
    })");
    return value;
}

std::unique_ptr<MemorySource> source_of(std::string_view input) {
    auto source = std::make_unique<MemorySource>();
    std::string name = "page.html";
    while (true) {
        auto const end = input.find("\n==== ");
        source->put(name, std::string{input.substr(0, end)});
        if (end == std::string_view::npos) return source;
        input.remove_prefix(end + 6);
        auto const line = std::min(input.find('\n'), input.size());
        name = input.substr(0, line);
        input.remove_prefix(std::min(line + 1, input.size()));
    }
}

struct Outcome {
    std::string text;
    bool failed = false;
    bool operator==(Outcome const&) const = default;
};

Outcome render(jinja::TemplateEngine const& engine) {
    try {
        return {engine.render("page.html", context()), false};
    } catch (jinja::TemplateError const& error) {
        must(!error.file.empty() && std::string_view{error.what()}.size() > error.file.size(), "an error says where");
        return {error.what(), true};
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::text_of(data, size);
    if (input.find("random") != input.npos) return 0;
    jinja::TemplateEngine const engine{source_of(input), limits};
    auto const first = render(engine);
    must(first.failed || first.text.size() <= limits.output_bytes, "output keeps to its limit");
    must(render(engine) == first, "the same page comes out twice");
    return 0;
}
