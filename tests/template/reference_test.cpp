// Renders every case by our engine and by Jinja, and compares them byte for byte.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

#include "template/memory_source.hpp"

namespace {

using Json = nlohmann::json;

struct Result {
    std::optional<std::string> output;
    std::string error;
};

std::string quoted(std::string const& text) {
    std::string out = "'";
    for (char const c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::optional<Json> run_reference(std::string const& python, std::string const& script, std::string const& folder) {
    auto* const pipe = popen((quoted(python) + " " + quoted(script) + " " + quoted(folder)).c_str(), "r");
    if (pipe == nullptr) return std::nullopt;
    std::string text;
    char buffer[65536];
    for (std::size_t count = 0; (count = fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, count);
    if (pclose(pipe) != 0) return std::nullopt;
    return Json::parse(text);
}

std::string upper(std::string text) {
    for (auto& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

std::string text_of(Json const& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// Another value of the same shape, so that what a page shows of it differs.
Json altered(Json const& value) {
    if (value.is_string()) return value.get<std::string>() + "?";
    if (value.is_boolean()) return !value.get<bool>();
    if (value.is_number_integer()) return value.get<std::int64_t>() + 1;
    if (!value.is_structured()) return value;
    auto other = value;
    for (auto& each : other) each = altered(each);
    return other;
}

/// With `folded`, a page that was rendered with something else before must not remember any of it.
Result render(Json const& test_case, bool folded) {
    auto source = std::make_unique<MemorySource>();
    source->fixed = folded;
    if (test_case.contains("templates"))
        for (auto const& [name, text] : test_case["templates"].items()) source->put(name, text);
    if (test_case.contains("template")) source->put("main", test_case["template"]);
    soyuz::jinja::TemplateEngine engine(std::move(source));
    engine.add_stable_function("shout", [](std::vector<Json> const& arguments, std::string_view) -> Json {
        auto const times = arguments.size() > 1 ? arguments[1].get<std::size_t>() : 1;
        return upper(text_of(arguments.at(0))) + std::string(times, '!');
    });
    engine.add_function("pair", [](std::vector<Json> const& arguments, std::string_view) -> Json {
        return Json::array({arguments.at(0), {{"second", arguments.at(1)}}});
    });
    Result result;
    auto const context = test_case.value("context", Json::object());
    if (folded) {
        for (auto const& other : {altered(context), Json::object(), context}) {
            try {
                engine.render("main", other, "variant");
            } catch (soyuz::jinja::TemplateError const&) {
            }
        }
    }
    try {
        result.output = engine.render("main", context, folded ? "variant" : "");
    } catch (soyuz::jinja::TemplateError const& error) {
        result.error = error.what();
    }
    return result;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 4) {
        std::cerr << "usage: template_reference_test PYTHON SCRIPT FOLDER\n";
        return 2;
    }
    auto const reference = run_reference(arguments[1], arguments[2], arguments[3]);
    if (!reference) {
        std::cerr << "The reference could not be run. Is jinja2 installed (Debian: python3-jinja2)?\n";
        return 1;
    }
    std::size_t ran = 0;
    std::size_t different = 0;
    for (auto const& entry : std::filesystem::directory_iterator(arguments[3])) {
        if (entry.path().extension() != ".json") continue;
        std::ifstream file(entry.path());
        for (auto const& test_case : Json::parse(file)) {
            auto const name = entry.path().stem().string() + ": " + test_case["name"].get<std::string>();
            auto const& expected = reference->at(name);
            ++ran;
            bool same = true;
            Result result;
            for (bool const folded : {false, true}) {
                if (!same) break;
                result = render(test_case, folded);
                same = expected.contains("output") ? result.output == expected["output"].get<std::string>()
                                                   : !result.output.has_value();
            }
            if (same) continue;
            ++different;
            std::cerr << "DIFFERENT " << name << "\n  template: " << test_case.value("template", "(several)")
                      << "\n  jinja:    " << expected.dump()
                      << "\n  ours:     " << (result.output ? Json(*result.output).dump() : "error " + result.error)
                      << "\n";
        }
    }
    std::cout << ran << " cases, " << different << " different\n";
    if (ran != reference->size()) {
        std::cerr << "Some cases share a name: " << ran << " ran, " << reference->size() << " have results.\n";
        return 1;
    }
    return different == 0 && ran >= 250 ? 0 : 1;
}
