#include <algorithm>
#include <thread>

#include "store/check.hpp"
#include "store/workbench.hpp"

using namespace soyuz::store;
using namespace soyuz::store::test;

namespace {

struct Played {
    Batch batch;
    std::vector<Seq> seqs;
};

bool forgets(Batch const& batch) {
    return std::any_of(batch.begin(), batch.end(),
                       [](Change const& change) { return std::holds_alternative<EraseMessages>(change); });
}

/// Plays a history, with checkpoints after the batches named.
std::vector<Played> play(Store& store, unsigned seed, unsigned count, std::vector<unsigned> const& checkpoints,
                         bool may_forget = true) {
    std::vector<Played> played;
    Model model;
    History history{seed};
    for (unsigned i = 0; i < count; ++i) {
        auto batch = history.next(model);
        while (!may_forget && forgets(batch)) batch = history.next(model);
        model.apply(batch);
        auto committed = commit_later(store, batch).get();
        REQUIRE(committed.ok());
        played.push_back({std::move(batch), committed->seqs});
        if (std::find(checkpoints.begin(), checkpoints.end(), i) != checkpoints.end()) REQUIRE(store.checkpoint().ok());
    }
    return played;
}

Contents without(std::vector<Played> const& played, std::size_t left_out) {
    Model model;
    for (std::size_t i = 0; i < played.size(); ++i) {
        if (i != left_out) model.apply(played[i].batch, played[i].seqs);
    }
    return model.contents();
}

/// Every content that a folder may show after one of its bytes was changed: all, all but one batch, one message or
/// one line of a log.
std::vector<Contents> bearable(std::vector<Played> const& played) {
    auto const all = without(played, played.size());
    std::vector<Contents> bearable{all};
    for (std::size_t i = 0; i < played.size(); ++i) bearable.push_back(without(played, i));
    for (auto const& [room, messages] : all.messages) {
        for (auto const& [seq, body] : messages) {
            auto less = all;
            less.messages[room].erase(seq);
            if (less.messages[room].empty()) less.messages.erase(room);
            bearable.push_back(std::move(less));
        }
    }
    for (auto const& [log, lines] : all.logs) {
        for (std::size_t i = 0; i < lines.size(); ++i) {
            auto less = all;
            less.logs[log].erase(less.logs[log].begin() + static_cast<std::ptrdiff_t>(i));
            if (less.logs[log].empty()) less.logs.erase(log);
            bearable.push_back(std::move(less));
        }
    }
    return bearable;
}

/// Opens a copy of the folder with one byte changed.
void check_damaged(MemoryFiles const& whole, std::string const& path, std::size_t at, char byte,
                   std::vector<Contents> const& accepted) {
    auto const copy = whole.after_kill();
    auto bytes = whole.content(path);
    if (bytes[at] == byte) return;
    bytes[at] = byte;
    copy->set_content(path, bytes);
    INFO(path << ", byte " << at << " becomes " << static_cast<int>(byte));
    bool const is_noticed = check("/data", *copy).state != Report::State::clean;
    Contents served;
    {
        auto const reopened = open_store(*copy);
        served = read_contents(*reopened);
        REQUIRE(std::find(accepted.begin(), accepted.end(), served) != accepted.end());
        // Only the files of a room that is forgotten by now are of no interest.
        if (!is_noticed) REQUIRE((served == accepted.front() && path.find("/messages/") != std::string::npos));
    }
    // Closing it wrote what was read; nothing more is lost then.
    auto const again = open_store(*copy);
    REQUIRE(read_contents(*again) == served);
}

std::string newest_segment(MemoryFiles const& disk) {
    std::string newest;
    for (auto const& path : disk.paths()) {
        bool const is_later = path.size() > newest.size() || (path.size() == newest.size() && path > newest);
        if (path.starts_with("/data/journal/") && is_later) newest = path;
    }
    return newest;
}

}  // namespace

TEST_CASE("a journal cut at any byte gives back every batch whose record is whole, and no part of another") {
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    auto const played = play(*store, 3, 30, {9});
    auto const killed = disk->after_kill();
    auto const path = newest_segment(*killed);
    auto const whole = killed->content(path);
    auto const in_segment = static_cast<std::size_t>(std::count(whole.begin(), whole.end(), '\n'));
    REQUIRE(in_segment == 20);
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        auto const copy = killed->after_kill();
        copy->set_content(path, whole.substr(0, cut));
        // A record is whole without its line break.
        auto const text = whole.substr(0, cut) + (cut < whole.size() && whole[cut] == '\n' ? "\n" : "");
        auto const count =
            played.size() - in_segment + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
        Model model;
        for (std::size_t i = 0; i < count; ++i) model.apply(played[i].batch, played[i].seqs);
        INFO("cut at byte " << cut);
        bool const is_torn = cut > 0 && whole[cut - 1] != '\n' && whole[cut] != '\n';
        CHECK(check("/data", *copy).state == (is_torn ? Report::State::torn_tail : Report::State::clean));
        auto const reopened = open_store(*copy);
        REQUIRE(read_contents(*reopened) == model.contents());
        auto const again = copy->after_kill();
        REQUIRE(check("/data", *again).state == Report::State::clean);
        REQUIRE(read_contents(*open_store(*again)) == model.contents());
    }
}

TEST_CASE("a byte changed anywhere loses at most the record it is in, and is never served") {
    auto const [count, checkpoints] = GENERATE(table<unsigned, std::vector<unsigned>>({
        {22, {6, 13}},
        {12, {}},
    }));
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    auto const played = play(*store, 5, count, checkpoints);
    auto const killed = disk->after_kill();
    auto const accepted = bearable(played);
    REQUIRE(check("/data", *killed).state == Report::State::clean);
    for (auto const& path : killed->paths()) {
        auto const whole = killed->content(path);
        if (path == "/data/LOCK") continue;
        for (std::size_t at = 0; at < whole.size(); ++at) {
            // Every byte gets a bit changed or becomes a line break; bytes near a line break get both.
            auto const near_break = whole.substr(at > 2 ? at - 3 : 0, 8).find('\n') != std::string::npos;
            auto const bit = static_cast<char>(whole[at] ^ (1 << (at / 2 % 8)));
            if (near_break || at % 2 == 0) check_damaged(*killed, path, at, bit, accepted);
            if (near_break || at % 2 == 1) check_damaged(*killed, path, at, '\n', accepted);
        }
    }
}

TEST_CASE("strict recovery refuses damage and names file and byte") {
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    play(*store, 5, 30, {12, 23}, false);
    auto const killed = disk->after_kill();
    for (auto const& path : killed->paths()) {
        auto const whole = killed->content(path);
        if (path == "/data/LOCK" || whole.size() < 30) continue;
        auto const copy = killed->after_kill();
        auto damaged = whole;
        damaged[20] = static_cast<char>(damaged[20] ^ 1);
        copy->set_content(path, damaged);
        Options options;
        options.strict_recovery = true;
        auto const opened = try_open(*copy, options);
        auto const* const failure = std::get_if<OpenFailure>(&opened);
        INFO(path);
        REQUIRE(failure != nullptr);
        CHECK(failure->kind == OpenFailure::Kind::damaged);
        CHECK(failure->message.find(path.substr(std::string{"/data/"}.size()) + ", byte ") == 0);
    }
}

TEST_CASE("a missing file is noticed") {
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    auto const played = play(*store, 5, 30, {12, 23}, false);
    auto const killed = disk->after_kill();
    auto const all = without(played, played.size());
    for (auto const& path : killed->paths()) {
        if (path == "/data/LOCK" || path.find("/previous/") != std::string::npos) continue;
        auto const copy = killed->after_kill();
        copy->remove(path);
        INFO(path);
        CHECK(check("/data", *copy).state != Report::State::clean);
        auto const contents = read_contents(*open_store(*copy));
        bool const is_rebuilt =
            path == "/data/users.json" || path == "/data/rooms.json" || path == "/data/checkpoint.json";
        if (is_rebuilt) CHECK(contents == all);
    }
}

TEST_CASE("a folder of a newer version is left alone") {
    auto const name = GENERATE(as<std::string>{}, "checkpoint", "users", "rooms");
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    play(*store, 5, 30, {12, 23}, false);
    auto const killed = disk->after_kill();
    auto const path = "/data/" + name + ".json";
    // A document of version 2 with a right checksum.
    auto const members = killed->content(path).substr(std::string{R"({"version":1,"checksum":"01234567",)"}.size());
    killed->set_content(path, seal_document(members, 2));
    auto const before = killed->paths();
    auto const opened = try_open(*killed);
    auto const* const failure = std::get_if<OpenFailure>(&opened);
    REQUIRE(failure != nullptr);
    CHECK(failure->kind == OpenFailure::Kind::newer_version);
    CHECK(killed->paths() == before);
}

TEST_CASE("a mark without a version, or with none that can be read, is damage and never a new folder") {
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    play(*store, 5, 30, {12, 23}, false);
    auto const killed = disk->after_kill();
    auto const whole = killed->content("/data/checkpoint.json");
    auto const members = whole.substr(std::string{R"({"version":1,"checksum":"01234567",)"}.size());
    for (auto const& text :
         {"{" + members, R"({"version":"one","checksum":"01234567",)" + members,
          seal_document(members, 18'446'744'073'709'551'615U), std::string{"garbage"}, std::string{}}) {
        for (auto const& path : {"/data/checkpoint.json", "/data/previous/checkpoint.json"})
            killed->set_content(path, text);
        auto const before = killed->paths();
        auto const opened = try_open(*killed);
        auto const* const failure = std::get_if<OpenFailure>(&opened);
        INFO(text);
        REQUIRE(failure != nullptr);
        bool const is_newer = text.find("18446744073709551615") != std::string::npos;
        CHECK(failure->kind == (is_newer ? OpenFailure::Kind::newer_version : OpenFailure::Kind::damaged));
        CHECK(failure->message.find("checkpoint.json") != std::string::npos);
        CHECK(killed->paths() == before);
        CHECK(killed->content("/data/checkpoint.json") == text);
    }
}

TEST_CASE("a start searches for damage, sets it aside and makes the folder whole again") {
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    auto const played = play(*store, 5, 30, {12, 23}, false);
    store.reset();
    auto const accepted = bearable(played);
    for (auto const& path : disk->paths()) {
        auto const whole = disk->content(path);
        if (path == "/data/LOCK" || whole.empty()) continue;
        auto const copy = disk->after_kill();
        auto bytes = whole;
        bytes[20] = static_cast<char>(bytes[20] ^ 1);
        copy->set_content(path, bytes);
        INFO(path);
        REQUIRE(check("/data", *copy).state == Report::State::damaged);
        {
            auto const searching = open_store(*copy, {}, Tuning{});
            // The search ends before the store closes only if it is waited for.
            while (searching->figures().quarantined == 0 && searching->figures().checkpoints == 0) {
                std::this_thread::yield();
            }
            auto const served = read_contents(*searching);
            REQUIRE(std::find(accepted.begin(), accepted.end(), served) != accepted.end());
        }
        auto const report = check("/data", *copy);
        INFO((report.lines.empty() ? std::string{} : report.lines.front()));
        CHECK(report.state == Report::State::clean);
    }
}
