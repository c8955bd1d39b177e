#include "base/json.hpp"

#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace soyuz::base;

TEST_CASE("JSON from outside is refused where it is malformed, too deep or ambiguous") {
    auto const nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK(parse_json(R"({"a":[1,{"b":null}],"c":{"a":1}})"));
    CHECK(parse_json(nested(32)));
    for (auto const& text :
         {std::string{""}, std::string{"{"}, std::string{"{} x"}, nested(33), nested(100'000), std::string("{}\0", 3),
          std::string{R"({"a":1,"a":2})"}, std::string{"\"\xff\""}, std::string{R"("\ud800")"}}) {
        INFO(text.substr(0, 40));
        auto const parsed = parse_json(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == Code::bad_request);
    }
}
