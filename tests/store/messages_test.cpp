#include <algorithm>
#include <thread>

#include "store/check.hpp"
#include "store/workbench.hpp"

using namespace soyuz::store;
using namespace soyuz::store::test;

namespace {

constexpr Seq per_segment = MessageFiles::segment_places;

/// A room of many messages, written in large batches so that it is there quickly.
void fill(Store& store, Model& model, Seq count) {
    while (count > 0) {
        Batch batch;
        for (; count > 0 && batch.size() < 1'000; --count) {
            batch.push_back(message("lobby", std::to_string(model.last("lobby") + batch.size() + 1)));
        }
        model.apply(batch);
        REQUIRE(commit_later(store, std::move(batch)).get().ok());
    }
}

void edit(Store& store, Model& model, Seq seq, std::string const& text) {
    Batch const batch{ReplaceMessage{RoomId{"lobby"}, seq, R"({"edited":")" + text + R"("})"}};
    model.apply(batch);
    REQUIRE(commit_later(store, batch).get().ok());
}

void check_ranges(Store const& store, Model const& model) {
    auto const last = model.last("lobby");
    REQUIRE(store.last_seq(RoomId{"lobby"}) == last);
    auto const& expected = model.contents().messages.at("lobby");
    std::vector<Seq> edges{0, 1, 2, 60, last, last + 1, UINT64_MAX};
    for (Seq edge = per_segment; edge <= last + per_segment; edge += per_segment) {
        for (Seq const near : {edge - 1, edge, edge + 1, edge + 2, edge + 500}) edges.push_back(near);
    }
    for (Seq const first : edges) {
        for (Seq const length : {Seq{0}, Seq{1}, Seq{50}, per_segment, 2 * per_segment + 3}) {
            Seq const to = first > UINT64_MAX - length ? UINT64_MAX : first + length;
            auto const read = store.messages(RoomId{"lobby"}, first, to);
            REQUIRE(read.ok());
            std::map<Seq, std::string> found;
            for (auto const& stored : *read) found[stored.seq] = stored.body;
            INFO(first << " to " << to);
            REQUIRE(found.size() == read->size());
            REQUIRE(std::is_sorted(read->begin(), read->end(), [](auto& a, auto& b) { return a.seq < b.seq; }));
            REQUIRE(found == std::map<Seq, std::string>{expected.lower_bound(first), expected.upper_bound(to)});
        }
    }
    auto const backwards = store.messages(RoomId{"lobby"}, 9, 3);
    REQUIRE((backwards.ok() && backwards->empty()));
}

}  // namespace

TEST_CASE("messages are found by range across segments, edits, checkpoints and starts") {
    auto const recent = GENERATE(as<std::size_t>{}, 0, 256, 1'000'000);
    auto const disk = std::make_unique<MemoryFiles>();
    Options options;
    options.recent_messages = recent;
    auto store = open_store(*disk, options);
    Model model;
    fill(*store, model, per_segment + 700);
    check_ranges(*store, model);
    REQUIRE(store->checkpoint().ok());
    check_ranges(*store, model);

    for (Seq const seq : {Seq{1}, per_segment, per_segment + 1, per_segment + 700}) edit(*store, model, seq, "first");
    check_ranges(*store, model);
    fill(*store, model, 2 * per_segment);
    check_ranges(*store, model);
    REQUIRE(store->checkpoint().ok());
    check_ranges(*store, model);

    edit(*store, model, 7, "twice");
    edit(*store, model, 7, "thrice, and longer than before");
    edit(*store, model, model.last("lobby"), "x");
    auto const killed = disk->after_kill();
    check_ranges(*open_store(*killed, options), model);
    check_ranges(*open_store(*killed, options), model);
    store.reset();
    store = open_store(*disk, options);
    check_ranges(*store, model);
    fill(*store, model, 3);
    check_ranges(*store, model);
}

TEST_CASE("a room that is forgotten begins anew, and its old messages leave the disk") {
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    Model model;
    fill(*store, model, per_segment + 20);
    REQUIRE(store->checkpoint().ok());
    Batch const forget{EraseMessages{RoomId{"lobby"}}};
    model.apply(forget);
    REQUIRE(commit_later(*store, forget).get().ok());
    CHECK(store->last_seq(RoomId{"lobby"}) == 0);
    CHECK(store->messages(RoomId{"lobby"}, 1, 100)->empty());

    SECTION("for good") {
        REQUIRE(store->checkpoint().ok());
        for (auto const& path : disk->paths()) CHECK(path.find("/messages/") == std::string::npos);
    }
    SECTION("and used again before the checkpoint") {
        fill(*store, model, 5);
        CHECK(read_contents(*store) == model.contents());
        auto const killed = disk->after_kill();
        CHECK(read_contents(*open_store(*killed)) == model.contents());
        REQUIRE(store->checkpoint().ok());
    }
    SECTION("and used again after it") {
        REQUIRE(store->checkpoint().ok());
        fill(*store, model, 5);
    }
    CHECK(read_contents(*store) == model.contents());
    store.reset();
    CHECK(read_contents(*open_store(*disk)) == model.contents());
}

TEST_CASE("a damaged message is left out, set aside, and its neighbours are served") {
    auto const disk = std::make_unique<MemoryFiles>();
    Options options;
    options.recent_messages = 0;
    auto store = open_store(*disk, options);
    Model model;
    fill(*store, model, 100);
    REQUIRE(store->checkpoint().ok());
    std::string const path = "/data/messages/lobby/1.jsonl";
    auto text = disk->content(path);
    // A digit of the place itself: 50 claims to be 90.
    auto const at = text.find("{\"seq\":50,");
    REQUIRE(at != std::string::npos);
    text[at + 7] = '9';
    store.reset();
    disk->set_content(path, text);
    store = open_store(*disk, options);

    for (auto const& [first, last, count] : std::vector<std::tuple<Seq, Seq, std::size_t>>{
             {40, 60, 20}, {50, 50, 0}, {90, 90, 1}, {49, 51, 2}, {85, 95, 11}, {1, 100, 99}}) {
        auto const read = store->messages(RoomId{"lobby"}, first, last);
        REQUIRE(read.ok());
        INFO(first << " to " << last);
        CHECK(read->size() == count);
        for (auto const& stored : *read) CHECK(stored.body == model.contents().messages.at("lobby").at(stored.seq));
    }
    REQUIRE(store->checkpoint().ok());
    CHECK(store->figures().quarantined == 1);
    auto const report = disk->content("/data/quarantine/report.jsonl");
    CHECK(report.find("messages/lobby/1.jsonl") != std::string::npos);
    CHECK(disk->content(path).find("\"seq\":51,") != std::string::npos);
    CHECK(disk->content(path).find("\"seq\":90,") == disk->content(path).rfind("\"seq\":90,"));
    CHECK(store->messages(RoomId{"lobby"}, 1, 100)->size() == 99);
}

TEST_CASE("the newest lines of a log are given oldest first, in the files or not") {
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    std::vector<std::string> lines;
    CHECK(store->log_tail("spam_log", 10).empty());
    for (int i = 0; i < 3'000; ++i) {
        lines.push_back(R"({"n":)" + std::to_string(i) + R"(,"text":")" +
                        std::string(static_cast<std::size_t>(i % 90), 'x') + "\"}");
        store->commit({AppendLog{"spam_log", lines.back()}}, nullptr);
        if (i == 1'000 || i == 2'500) REQUIRE(store->checkpoint().ok());
    }
    REQUIRE(commit_later(*store, {message("lobby", "all before are committed")}).get().ok());
    for (std::size_t const limit : {0U, 1U, 499U, 500U, 501U, 2'998U, 3'000U, 9'000U}) {
        auto const count = std::min(limit, lines.size());
        std::vector<std::string> const expected{lines.end() - static_cast<std::ptrdiff_t>(count), lines.end()};
        INFO(limit);
        CHECK(store->log_tail("spam_log", limit) == expected);
    }
}

TEST_CASE("messages of very different lengths are found without reading those before them") {
    auto const disk = std::make_unique<MemoryFiles>();
    Options options;
    options.recent_messages = 0;
    auto store = open_store(*disk, options);
    std::vector<std::string> bodies;
    std::uint64_t random = 7;
    while (bodies.size() < per_segment + 900) {
        Batch batch;
        for (int i = 0; i < 500; ++i) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            // Mostly short, now and then of many kilobytes, and a long run of large ones.
            bool const is_long = random >> 56U < 3 || (bodies.size() > 3'000 && bodies.size() < 3'100);
            auto const length = (random >> 33U) % (is_long ? 40'000U : 90U);
            bodies.push_back(R"({"text":")" + std::string(length, 'a') + "\"}");
            batch.push_back(AppendMessage{RoomId{"lobby"}, bodies.back()});
        }
        REQUIRE(commit_later(*store, std::move(batch)).get().ok());
    }
    REQUIRE(store->checkpoint().ok());
    for (Seq first = 1; first <= bodies.size(); first += 37) {
        auto const last = std::min<Seq>(first + first % 60, bodies.size());
        auto const read = store->messages(RoomId{"lobby"}, first, last);
        REQUIRE(read.ok());
        INFO(first << " to " << last);
        REQUIRE(read->size() == last - first + 1);
        for (auto const& stored : *read) REQUIRE(stored.body == bodies[stored.seq - 1]);
    }
}

TEST_CASE("messages that were lost are told of once, not at each start") {
    auto const lost = GENERATE(as<Seq>{}, 1, per_segment + 1);
    auto const by_removal = GENERATE(true, false);
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    Model model;
    fill(*store, model, per_segment + 100);
    store.reset();
    auto const path = "/data/messages/lobby/" + std::to_string(lost) + ".jsonl";
    if (by_removal) {
        disk->remove(path);
    } else {
        auto text = disk->content(path);
        text[text.size() - 30] ^= 1;
        disk->set_content(path, text);
    }
    INFO(path);
    CHECK(check("/data", *disk).state == Report::State::damaged);

    store = open_store(*disk, {}, Tuning{});
    while (store->figures().checkpoints == 0) std::this_thread::yield();
    store.reset();
    CHECK(check("/data", *disk).state == Report::State::clean);
    auto const settled = disk->content("/data/checkpoint.json");
    store = open_store(*disk);
    store.reset();
    CHECK(disk->content("/data/checkpoint.json") == settled);

    store = open_store(*disk);
    fill(*store, model, 10);
    store.reset();
    store = open_store(*disk);
    auto const& expected = model.contents().messages.at("lobby");
    for (Seq seq = per_segment + 101; seq <= per_segment + 110; ++seq) {
        auto const read = store->messages(RoomId{"lobby"}, seq, seq);
        REQUIRE(read.ok());
        REQUIRE(read->size() == 1);
        CHECK(read->front().body == expected.at(seq));
    }
}
