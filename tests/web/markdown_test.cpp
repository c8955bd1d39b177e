#include "web/pages/markdown.hpp"

#include <fstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using soyuz::web::markdown_html;

TEST_CASE("Markdown reads as the cases that the browser's side is held to say") {
    std::ifstream file{SOYUZ_SOURCE_FOLDER "/browser/tests/markdown-cases.json"};
    auto const cases = nlohmann::json::parse(file);
    REQUIRE(cases.size() > 100);
    for (auto const& each : cases) {
        INFO(each["name"].get<std::string>());
        CHECK(markdown_html(each["text"].get<std::string>()) == each["html"].get<std::string>());
    }
}

TEST_CASE("hostile lines of 4,000 characters bring no markup of their own and end") {
    for (std::string const unit : {"*a ", "**a *b ", "[a](", "`", "` ``", "_a_ *", "https://a)", "@", "```x\n", "> ",
                                   "\\", "[`a]", "<b>", "\"'", "\\*", "\\_a_ ", "https://a（", "1. a\n5. b\n"}) {
        std::string text;
        while (text.size() < 4000) text += unit;
        INFO(unit);
        auto const html = markdown_html(text);
        CHECK(html.size() >= text.size() / 4);
        CHECK(html.find("<b>") == std::string::npos);
    }
}
