#include "store/backup.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/check.hpp"
#include "store/restore.hpp"
#include "store/workbench.hpp"

using namespace soyuz::store;
using namespace soyuz::store::test;
using soyuz::base::Code;
namespace fs = std::filesystem;

TEST_CASE("a store on a real disk is found again, with modes that keep others out") {
    TemporaryFolder folder;
    auto const data = folder.path / "data";
    Model model;
    History history{21};
    for (int round = 0; round < 3; ++round) {
        auto const store = open_folder(data);
        CHECK(read_contents(*store) == model.contents());
        for (int i = 0; i < 10; ++i) {
            auto const batch = history.next(model);
            model.apply(batch);
            REQUIRE(commit_later(*store, batch).get().ok());
        }
    }
    CHECK(check(data).state == Report::State::clean);
    for (auto const& entry : fs::recursive_directory_iterator{data}) {
        INFO(entry.path());
        CHECK((entry.status().permissions() & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
    }
}

TEST_CASE("after a purge nothing in the folder tells of what was erased or replaced") {
    TemporaryFolder folder;
    auto const data = folder.path / "data";
    auto const store = open_folder(data);
    RoomId const room{"room"};
    REQUIRE(commit_later(*store, {Put{"users", "a", R"({"name":"forgetme"})"}, Put{"users", "b", R"({"name":"stays"})"},
                                  AppendMessage{room, R"({"text":"forgetme"})"}})
                .get()
                .ok());
    REQUIRE(store->checkpoint().ok());
    REQUIRE(commit_later(*store, {Erase{"users", "a"}, ReplaceMessage{room, 1, R"({"text":"stays"})"}}).get().ok());
    auto const files_with = [&](std::string_view text) {
        std::size_t count = 0;
        for (auto const& entry : fs::recursive_directory_iterator{data}) {
            if (!entry.is_regular_file()) continue;
            std::ifstream in{entry.path(), std::ios::binary};
            std::string const bytes{std::istreambuf_iterator<char>{in}, {}};
            count += bytes.find(text) == std::string::npos ? 0 : 1;
        }
        return count;
    };
    CHECK(files_with("forgetme") > 0);
    store->purge();
    REQUIRE(store->checkpoint().ok());
    CHECK(files_with("forgetme") == 0);
    CHECK(files_with("stays") > 1);
    CHECK(check(data).state == Report::State::clean);
}

TEST_CASE("check says what a start would do, and changes nothing") {
    TemporaryFolder folder;
    auto const data = folder.path / "data";
    CHECK(check(data).state == Report::State::damaged);  // nothing there
    {
        auto const store = open_folder(data);
        REQUIRE(commit_later(*store, {message("lobby", "a")}).get().ok());
        auto const report = check(data);
        CHECK(report.state == Report::State::clean);
        REQUIRE(report.lines.size() == 1);
        CHECK(report.lines.front().find(std::to_string(::getpid())) != std::string::npos);
    }
    std::uint64_t newest = 0;
    for (auto const& entry : fs::directory_iterator{data / "journal"}) {
        newest = std::max<std::uint64_t>(newest, std::stoull(entry.path().stem()));
    }
    auto const segment = data / "journal" / (std::to_string(newest) + ".jsonl");
    std::ofstream{segment, std::ios::app} << "{\"n\":2,\"chan";
    auto const size = fs::file_size(segment);
    auto const report = check(data);
    CHECK(report.state == Report::State::torn_tail);
    REQUIRE(report.lines.size() == 1);
    CHECK(report.lines.front().find("journal/" + std::to_string(newest) + ".jsonl, byte 0: ") == 0);
    CHECK(fs::file_size(segment) == size);
    open_folder(data);
    CHECK(check(data).state == Report::State::clean);
}

TEST_CASE("a backup made while commits go on restores to a prefix that has all that came before it") {
    TemporaryFolder folder;
    auto const data = folder.path / "data";
    auto const tar = folder.path / "backup.tar";
    Options options;
    options.folder = data;
    options.checkpoint_interval = std::chrono::milliseconds{2};
    auto store = open_store(system_files(), options);
    load_or_make_secret(data);
    std::atomic<Seq> acknowledged{0};
    std::atomic<bool> is_done{false};
    std::thread writer{[&] {
        while (!is_done && acknowledged < 20'000) {
            Seq const next = acknowledged + 1;
            auto const committed = commit_later(*store, {message("lobby", "x"), AppendLog{"spam_log", "{\"a\":1}"},
                                                         Put{"users", std::to_string(next % 7), "{}"},
                                                         ReplaceMessage{RoomId{"lobby"}, (next + 1) / 2, "{}"}})
                                       .get();
            if (committed.ok()) acknowledged = committed->seqs.at(0);
        }
    }};
    while (acknowledged < 20) std::this_thread::yield();
    Seq const before = acknowledged;
    auto const written = backup(data, tar);
    is_done = true;
    writer.join();
    REQUIRE(written.ok());
    CHECK((fs::status(tar).permissions() & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
    CHECK_FALSE(backup(data, data / "inside.tar").ok());

    auto const restored = folder.path / "restored";
    REQUIRE(restore(tar, restored).ok());
    CHECK(check(restored).state != Report::State::damaged);
    CHECK(load_or_make_secret(restored) == load_or_make_secret(data));
    auto const again = open_folder(restored);
    auto const last = again->last_seq(RoomId{"lobby"});
    CHECK(last >= before);
    CHECK(last <= store->last_seq(RoomId{"lobby"}));
    CHECK(again->messages(RoomId{"lobby"}, 1, last)->size() == last);
    CHECK(again->log_tail("spam_log", SIZE_MAX).size() == last);
    int users = 0;
    again->each_document("users", [&](std::string const&, nlohmann::json const&) { ++users; });
    CHECK(users == 7);

    auto const refused = restore(tar, restored);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Code::conflict);
}

TEST_CASE("a backup of a closed folder goes into an empty folder; a cut one goes nowhere") {
    TemporaryFolder folder;
    auto const data = folder.path / "data";
    auto const tar = folder.path / "backup.tar";
    Model model;
    {
        auto const store = open_folder(data);
        Batch const batch{message("lobby", "a"), Put{"users", "1", "{}"}};
        model.apply(batch);
        REQUIRE(commit_later(*store, batch).get().ok());
    }
    REQUIRE(backup(data, tar).ok());
    auto const target = folder.path / "target";
    fs::create_directory(target);
    REQUIRE(restore(tar, target).ok());
    CHECK(read_contents(*open_folder(target)) == model.contents());

    fs::resize_file(tar, fs::file_size(tar) / 2);
    auto const nowhere = folder.path / "nowhere";
    CHECK_FALSE(restore(tar, nowhere).ok());
    CHECK_FALSE(fs::exists(nowhere));
    CHECK_FALSE(backup(folder.path / "absent", tar).ok());
}

TEST_CASE("the secret is made once, kept from others, and made anew when damaged") {
    TemporaryFolder folder;
    auto const secret = load_or_make_secret(folder.path / "data");
    CHECK(secret.size() == 43);
    CHECK(load_or_make_secret(folder.path / "data") == secret);
    auto const file = folder.path / "data" / "secret.json";
    CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    std::fstream{file, std::ios::in | std::ios::out}.seekp(60).put('!');
    auto const anew = load_or_make_secret(folder.path / "data");
    CHECK(anew.size() == 43);
    CHECK(anew != secret);
    CHECK(load_or_make_secret(folder.path / "data") == anew);
}

TEST_CASE("a process killed while it commits loses nothing that it acknowledged") {
    TemporaryFolder folder;
    auto const data = folder.path / "data";
    Seq acknowledged = 0;
    for (int round = 0; round < 8; ++round) {
        int pipes[2];
        REQUIRE(::pipe(pipes) == 0);
        auto const child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::close(pipes[0]);
            Options options;
            options.folder = data;
            options.checkpoint_journal_bytes = 3'000;
            options.checkpoint_interval = std::chrono::milliseconds{3};
            auto opened = Store::open(options, test_clock());
            auto const* const store = std::get_if<std::unique_ptr<Store>>(&opened);
            while (store != nullptr) {
                auto const committed =
                    commit_later(**store, {message("lobby", "x"), AppendLog{"spam_log", "{\"a\":1}"}}).get();
                // Where checkpoints lag behind, the store asks its callers to wait.
                if (!committed && committed.error().code == soyuz::base::Code::rate_limited) continue;
                if (!committed.ok() || ::write(pipes[1], &committed->seqs[0], sizeof(Seq)) < 0) break;
            }
            ::_exit(1);
        }
        ::close(pipes[1]);
        for (int i = 0; i < 20 + 9 * round; ++i) {
            REQUIRE(::read(pipes[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged);
        }
        ::kill(child, SIGKILL);
        Seq more = 0;
        while (::read(pipes[0], &more, sizeof more) == sizeof more) acknowledged = more;
        ::close(pipes[0]);
        ::waitpid(child, nullptr, 0);
        CHECK(check(data).state != Report::State::damaged);
        auto const store = open_folder(data);
        auto const last = store->last_seq(RoomId{"lobby"});
        CHECK(last >= acknowledged);
        CHECK(store->messages(RoomId{"lobby"}, 1, last)->size() == last);
        CHECK(store->log_tail("spam_log", SIZE_MAX).size() == last);
    }
}
