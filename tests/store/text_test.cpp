#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "store/changes.hpp"
#include "store/documents.hpp"
#include "store/seal.hpp"
#include "store/workbench.hpp"

using namespace soyuz::store;

TEST_CASE("a sealed line opens, and no line that differs in one bit does") {
    std::string line = R"({"seq":1,"text":"hello")";
    auto const members = line;
    seal_line(line, 0);
    REQUIRE(line.ends_with("\"}\n"));
    REQUIRE(nlohmann::json::accept(line));
    line.pop_back();
    REQUIRE(open_line(line) == members);
    for (std::size_t i = 0; i < line.size() * 8; ++i) {
        auto damaged = line;
        damaged[i / 8] = static_cast<char>(damaged[i / 8] ^ (1 << (i % 8)));
        CHECK_FALSE(open_line(damaged));
    }
}

TEST_CASE("records come back as they were written") {
    Batch const batch{
        Put{"users", "a \"quoted\" id\n", R"({"name":"\u00e9","n":1.0})"},
        Erase{"users", "b"},
        AppendMessage{RoomId{"lobby"}, R"({"text":"}]"})"},
        ReplaceMessage{RoomId{"lobby"}, 7, "{}"},
        EraseMessages{RoomId{"den-1_A"}},
        AppendLog{"spam_log", R"({"a":[]})"},
        AppendMessage{RoomId{"lobby"}, "{}"},
    };
    REQUIRE(check_batch(batch).ok());
    std::string line;
    append_record(line, 42, batch, {8, 9});
    REQUIRE(nlohmann::json::accept(line));
    line.pop_back();
    auto const opened = open_line(line);
    REQUIRE(opened);
    auto const record = parse_record(*opened);
    REQUIRE(record);
    CHECK(record->number == 42);
    CHECK(record->seqs == std::vector<Seq>{8, 9});
    REQUIRE(record->batch.size() == batch.size());
    std::string again;
    append_record(again, 42, record->batch, record->seqs);
    again.pop_back();
    CHECK(again == line);
    CHECK(std::get<Put>(record->batch[0]).id == "a \"quoted\" id\n");
    for (auto const* text : {"", "{}", R"({"n":1,"changes":[)", R"({"n":1,"changes":[{"put":"a"}])"}) {
        CHECK_FALSE(parse_record(text));
    }
}

TEST_CASE("a document file is JSON that people can read, one document a line") {
    Documents const documents{{"b", std::make_shared<std::string const>(R"({"name":"Bo"})")},
                              {"a", std::make_shared<std::string const>(R"({"name":"Al"})")}};
    auto const text = print_collection("users", 17, documents);
    auto const json = nlohmann::json::parse(text);
    CHECK(json["version"] == 1);
    CHECK(json["journal"] == 17);
    CHECK(json["collection"] == "users");
    CHECK(json["documents"]["a"]["name"] == "Al");
    CHECK(text.find("\n\"a\":{\"name\":\"Al\"},\n\"b\":{\"name\":\"Bo\"}\n") != std::string::npos);
    auto const read = parse_collection("users", text);
    CHECK(read.state == OpenedDocument::State::good);
    CHECK(read.number == 17);
    CHECK(*read.documents.at("b") == R"({"name":"Bo"})");
    CHECK(parse_collection("rooms", text).state == OpenedDocument::State::damaged);
    CHECK(parse_collection("users", print_collection("users", 0, {})).state == OpenedDocument::State::good);
}

TEST_CASE("names that were read are held to the same as those that are written, whatever the checksum says") {
    for (std::string const name : {"../../etc/passwd", "a/b", "..", "", "a\\\\y", "a\\u0000", "a.json"}) {
        INFO(name);
        for (auto const& change : {R"({"message":"$","seq":1,"body":{}})", R"({"replace":"$","seq":1,"body":{}})",
                                   R"({"erase_messages":"$"})", R"({"put":"$","id":"a","value":{}})",
                                   R"({"erase":"$","id":"a"})", R"({"log":"$","line":{"a":1}})"}) {
            std::string record = std::string{R"({"n":1,"changes":[)"} + change + "]";
            record.replace(record.find('$'), 1, name);
            CHECK_FALSE(parse_record(record));
        }
        auto const rooms =
            "\"journal\":1,\"rooms\":{\n\"" + name + "\":{\"last_seq\":1,\"bytes\":1}\n},\"logs\":{\n}}\n";
        auto const logs = "\"journal\":1,\"rooms\":{\n},\"logs\":{\n\"" + name + "\":{\"bytes\":1}\n}}\n";
        CHECK(parse_mark(seal_document(rooms)).state == OpenedDocument::State::damaged);
        CHECK(parse_mark(seal_document(logs)).state == OpenedDocument::State::damaged);
    }
    CHECK(parse_record(R"({"n":1,"changes":[{"message":"a","seq":1,"body":{}}])"));
    CHECK_FALSE(parse_record(R"({"n":1,"changes":[{"message":"a","seq":0,"body":{}}])"));
    CHECK_FALSE(parse_record(R"({"n":1,"changes":[{"replace":"a","seq":0,"body":{}}])"));
    CHECK(parse_mark(seal_document("\"journal\":1,\"rooms\":{\n\"a\":{\"last_seq\":1,\"bytes\":1}\n},\"logs\":{\n}}\n"))
              .state == OpenedDocument::State::good);
}
