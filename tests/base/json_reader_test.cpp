#include "base/json_reader.hpp"

#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/json_members.hpp"
#include "base/json_writer.hpp"

using namespace soyuz::base;

TEST_CASE("the end of a JSON value is found as the grammar has it") {
    struct Case {
        char const* text;
        bool is_value;
    };
    for (auto const& [text, is_value] : {
             Case{"{}", true},
             {"[]", true},
             {"0", true},
             {"-0.5e+10", true},
             {R"("a\"\\\/\b\f\n\r\tA")", true},
             {R"({"a":[1,2,{"b":null}],"c":true,"d":false})", true},
             {R"({ "a" : [ 1 , 2 ] })", true},
             {"", false},
             {"01", false},
             {"-", false},
             {"1.", false},
             {"1e", false},
             {".5", false},
             {"+1", false},
             {"nul", false},
             {"truex", false},
             {R"("\x")", false},
             {R"("\u12g4")", false},
             {"\"a\nb\"", false},
             {"\"open", false},
             {"[1,]", false},
             {"[1 2]", false},
             {"{,}", false},
             {R"({"a"})", false},
             {R"({"a":1,})", false},
             {R"({a:1})", false},
             {"[1\n]", false},
         }) {
        INFO(text);
        CHECK((end_of_value(text, 0) == std::string_view{text}.size()) == is_value);
        // Line breaks between values are the one thing that we refuse and the grammar allows.
        if (std::string_view{text}.find('\n') == std::string_view::npos)
            CHECK(nlohmann::json::accept(text) == is_value);
    }
    CHECK(end_of_value(R"([1],"next")", 0) == 3);
    CHECK(end_of_value(R"([1],"next")", 4) == 10);
}

TEST_CASE("a reader goes through a record whose layout it knows, and stops being ok where it is otherwise") {
    JsonReader reader{R"({"id":"a\n","n":17,"f":-2.5e1,"any":[{"x":1}]})"};
    reader.expect("{\"id\":");
    CHECK(reader.string() == "a\n");
    reader.expect(",\"n\":");
    CHECK(reader.number() == 17);
    reader.expect(",\"f\":");
    CHECK(reader.fraction() == -25);
    reader.expect(",\"any\":");
    CHECK(reader.value() == R"([{"x":1}])");
    reader.expect("}");
    CHECK(reader.ok());
    CHECK(reader.at_end());
    reader.expect("}");
    CHECK_FALSE(reader.ok());
}

TEST_CASE("a reader passes over white space where it is told to, and gives plain strings as they stand") {
    JsonReader reader{" \t\r\n\"plain\"  \"a\\tb\""};
    reader.space();
    CHECK(reader.plain_string() == "plain");
    reader.space();
    CHECK_FALSE(reader.plain_string());
    CHECK(reader.string() == "a\tb");
    CHECK(reader.at_end());
}

TEST_CASE("a writer puts commas, quotes and escapes where they belong") {
    std::string text;
    JsonWriter out{text};
    out.object([&] {
        out("id", UserId{"u1"});
        out("text", "a \"b\"");
        out("n", 17U);
        out("less", -3);
        out("on", true);
        out.null("none");
        out.fraction("score", 0.25);
        out("at", Timestamp{std::chrono::milliseconds{1}});
        out("tags", std::vector<std::string>{"x", "y"});
        out.array("empty", [] {});
        out.object("in", [&] { out.named("a\n", std::vector<UserId>{}); });
        out.array("list", [&] {
            out.element(1U);
            out.object([&] { out("deep", false); });
            out.raw_element("{}");
        });
        out.raw("raw", "[1]");
    });
    CHECK(text == R"({"id":"u1","text":"a \"b\"","n":17,"less":-3,"on":true,"none":null,"score":0.25,)"
                  R"("at":"1970-01-01T00:00:00.001Z","tags":["x","y"],"empty":[],"in":{"a\n":[]},)"
                  R"("list":[1,{"deep":false},{}],"raw":[1]})");
    CHECK(nlohmann::json::accept(text));
}

TEST_CASE("members that are missing or of another kind read as empty") {
    auto const json = nlohmann::json::parse(
        R"({"t":"x","n":3,"neg":-1,"f":0.5,"on":true,"at":"1970-01-01T00:00:00.001Z","list":["a",1,"b"]})");
    Members const members{json};
    CHECK(members.text("t") == "x");
    CHECK(members.text("n").empty());
    CHECK(members.number("n") == 3);
    CHECK(members.number("neg") == 0);
    CHECK(members.fraction("f") == 0.5);
    CHECK(members.flag("on"));
    CHECK_FALSE(members.flag("t"));
    CHECK(members.time("at") == Timestamp{std::chrono::milliseconds{1}});
    CHECK_FALSE(members.time("t"));
    CHECK(members.texts("list") == std::vector<std::string>{"a", "b"});
    CHECK(members.texts("none").empty());
    CHECK(members.find("none") == nullptr);
    auto const list = nlohmann::json::array();
    CHECK(Members{list}.text("t").empty());
}
