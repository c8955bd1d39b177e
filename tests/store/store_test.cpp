#include "store/store.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "store/workbench.hpp"

using namespace soyuz::store;
using namespace soyuz::store::test;
using soyuz::base::Code;

namespace {

std::unique_ptr<MemoryFiles> new_disk() { return std::make_unique<MemoryFiles>(); }

Seq append(Store& store, std::string const& room, std::string const& text) {
    auto const committed = commit_later(store, {message(room, text)}).get();
    REQUIRE(committed.ok());
    return committed->seqs.at(0);
}

}  // namespace

TEST_CASE("messages of a room get the places 1, 2, 3 and are read by place") {
    auto const disk = new_disk();
    auto const store = open_store(*disk);
    CHECK(store->last_seq(RoomId{"lobby"}) == 0);
    CHECK(append(*store, "lobby", "a") == 1);
    CHECK(append(*store, "lobby", "b") == 2);
    CHECK(append(*store, "den", "c") == 1);
    CHECK(store->last_seq(RoomId{"lobby"}) == 2);
    auto const read = store->messages(RoomId{"lobby"}, 2, 7);
    REQUIRE(read.ok());
    REQUIRE(read->size() == 1);
    CHECK(read->front().seq == 2);
    CHECK(read->front().body == R"({"text":"b"})");
}

TEST_CASE("what was committed is there after closing, after a kill and after a power cut") {
    auto const checkpointed = GENERATE(false, true);
    auto const disk = new_disk();
    auto store = open_store(*disk);
    Model model;
    History history{7};
    for (int i = 0; i < 60; ++i) {
        auto const batch = history.next(model);
        model.apply(batch);
        REQUIRE(commit_later(*store, batch).get().ok());
        if (checkpointed && i % 20 == 10) REQUIRE(store->checkpoint().ok());
    }
    CHECK(read_contents(*store) == model.contents());
    auto const killed = disk->after_kill();
    auto const cut = disk->after_power_cut(0);
    CHECK(read_contents(*open_store(*killed)) == model.contents());
    CHECK(read_contents(*open_store(*cut)) == model.contents());
    store.reset();
    CHECK(read_contents(*open_store(*disk)) == model.contents());
}

TEST_CASE("a batch that could not be read back is refused") {
    auto const disk = new_disk();
    auto const store = open_store(*disk);
    std::string const deep(80, '[');
    auto const cases = std::vector<std::pair<Change, Code>>{
        {AppendMessage{RoomId{"lobby"}, "{\"a\":1}\n"}, Code::bad_request},
        {AppendMessage{RoomId{"lobby"}, "{\"a\":\n1}"}, Code::bad_request},
        {AppendMessage{RoomId{"lobby"}, "[1]"}, Code::bad_request},
        {AppendMessage{RoomId{"lobby"}, "{\"a\":1"}, Code::bad_request},
        {AppendMessage{RoomId{"lobby"}, "{\"a\":\"\xff\"}"}, Code::bad_request},
        {AppendMessage{RoomId{"lobby"}, "{\"a\":" + deep + std::string(80, ']') + "}"}, Code::bad_request},
        {AppendMessage{RoomId{"../lobby"}, "{}"}, Code::bad_request},
        {AppendMessage{RoomId{""}, "{}"}, Code::bad_request},
        {Put{"Users", "1", "{}"}, Code::bad_request},
        {Put{"users", "\xff", "{}"}, Code::bad_request},
        {Put{"users", "1", "7"}, Code::bad_request},
        {AppendLog{"spam.log", "{\"a\":1}"}, Code::bad_request},
        {AppendLog{"spam_log", "{ }"}, Code::bad_request},
        {ReplaceMessage{RoomId{"lobby"}, 1, "{}"}, Code::not_found},
        {ReplaceMessage{RoomId{"lobby"}, 0, "{}"}, Code::not_found},
    };
    for (auto const& [change, code] : cases) {
        // The message before it must not take a place either.
        auto const committed = commit_later(*store, {message("den", "lost"), change}).get();
        REQUIRE_FALSE(committed.ok());
        CHECK(committed.error().code == code);
    }
    CHECK(append(*store, "den", "first") == 1);
    CHECK(append(*store, "lobby", "first") == 1);
}

TEST_CASE("texts come back byte for byte from memory, from the journal and from the files") {
    auto const disk = new_disk();
    auto const bodies = std::vector<std::string>{
        "{}",
        R"({"seq":9,"crc":"00000000"})",
        R"({"a":1.50,"b":-0.0e+5})",
        "{\"\\u00e9\":\"\xc3\xa9\\n\\\"}{\"}",
        R"({"n":{"n":[{},[],"x",null,true,false]}})",
        R"({ "spaced" : [ 1 , 2 ] })",
    };
    auto const check = [&](Store const& store) {
        auto const read = store.messages(RoomId{"lobby"}, 1, 100);
        REQUIRE(read.ok());
        REQUIRE(read->size() == bodies.size());
        for (std::size_t i = 0; i < bodies.size(); ++i) CHECK((*read)[i].body == bodies[i]);
    };
    Options options;
    options.recent_messages = 0;
    auto store = open_store(*disk, options);
    for (auto const& body : bodies) REQUIRE(commit_later(*store, {AppendMessage{RoomId{"lobby"}, body}}).get().ok());
    check(*store);
    auto const killed = disk->after_kill();
    check(*open_store(*killed));
    REQUIRE(store->checkpoint().ok());
    check(*store);
}

TEST_CASE("a second store on the same folder is refused and told who holds it") {
    auto const disk = new_disk();
    auto const store = open_store(*disk);
    auto const second = try_open(*disk);
    auto const* failure = std::get_if<OpenFailure>(&second);
    REQUIRE(failure != nullptr);
    CHECK(failure->kind == OpenFailure::Kind::locked);
    CHECK(failure->message.find(std::to_string(::getpid())) != std::string::npos);
}
