#include "realtime/post_command.hpp"

#include <string>
#include <tuple>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/json.hpp"

using soyuz::realtime::read_post_command;

TEST_CASE("a message command reads the same straight from its text as through a document") {
    for (std::string const json : {
             R"({"type":"message","room":"lobby","text":"salaam"})",
             R"({"type":"message","room":"lobby","text":"salaam","ref":17,"client_id":"a-1","reply_to":3})",
             "{ \"ref\" : 0 ,\t\"text\":\"two\\nlines \\\"quoted\\\" \\\\ \\/ \\b\\f\\r\\t\",\r\n\"room\":\"lobby\", "
             "\"type\":\"message\" } ",
             R"({"type":"message","room":"","text":""})",
             R"({"type":"message","room":"lobby","text":"\u0041 \ud83d\ude42 \u0000"})",
             "{\"type\":\"message\",\"room\":\"lobby\",\"text\":\"سلام 🙂\"}",
         }) {
        INFO(json);
        auto const read = read_post_command(json);
        REQUIRE(read);
        auto const document = soyuz::base::parse_json(json);
        REQUIRE(document);
        CHECK(read->room == document->value("room", "?"));
        CHECK(read->text == document->value("text", "?"));
        CHECK(read->client_id == document->value("client_id", ""));
        CHECK(read->reply_to == document->value("reply_to", 0U));
        CHECK(read->ref == (document->contains("ref") ? (*document)["ref"].dump() : ""));
    }
}

TEST_CASE("whatever is unusual about a message command is left to the general way") {
    for (std::string const json : {
             R"({"type":"join","room":"lobby"})",
             R"({"type":"message","room":"lobby"})",
             R"({"type":"message","text":"no room"})",
             R"({"room":"lobby","text":"no type"})",
             R"({"type":"message","room":"lobby","text":"a","text":"b"})",
             R"({"type":"message","type":"message","room":"lobby","text":"a"})",
             R"({"type":"message","room":"lobby","text":"a","ref":1,"ref":1})",
             R"({"type":"message","room":"lobby","text":"a","extra":1})",
             R"({"type":"message","room":"lobby","text":"a","ref":1.5})",
             R"({"type":"message","room":"lobby","text":"a","ref":-1})",
             R"({"type":"message","room":"lobby","text":"a","ref":007})",
             R"({"type":"message","room":"lobby","text":"a","ref":1234567890123456})",
             R"({"type":"message","room":"lobby","text":"a","ref":"1"})",
             R"({"type":"message","room":"lobby","text":"a","reply_to":null})",
             R"({"type":"message","room":"lobby","text":"a","reply_to":"x-1"})",
             R"({"type":"message","room":"lobby","text":"\ud800"})",
             R"({"type":"message","room":"lobby","text":"\x"})",
             R"({"type":"message","room":"lo\u0062by","text":"a"})",
             R"({"type":"message","room":"lobby","text":["a"]})",
             R"({"type":"message","room":"lobby","text":"a",})",
             R"({"type":"message","room":"lobby","text":"a"} {})",
             R"({"type":"message","room":"lobby","text":"a")",
             R"({"type":"message","room":"lobby","text":"a)",
             R"({"type":"message","room":"lobby","text":"a\)",
             "{\"type\":\"message\",\"room\":\"lobby\",\"text\":\"line\nbreak\"}",
             "{\"type\":\"message\",\"room\":\"lobby\",\"text\":\"\xC3\x28\"}",
             "{}",
             "[]",
             "",
             "{",
         }) {
        INFO(json);
        CHECK_FALSE(read_post_command(json));
    }
}
