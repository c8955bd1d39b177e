#include "search/index.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "search/database.hpp"
#include "search/matcher.hpp"
#include "support/folder.hpp"
#include "support/memory_store.hpp"

using namespace soyuz;
using namespace soyuz::search;
using namespace std::chrono_literals;

namespace {

/// Commits at once, and tells its hook.
class Store final : public tests::MemoryStore {
public:
    void commit(store::Batch batch, store::Done done) override { apply(batch, done); }
};

/// Bodies here are "time sender text", and nothing where it was deleted.
std::optional<Document> read_body(std::string_view body) {
    Document document;
    std::istringstream in{std::string{body}};
    std::int64_t time = 0;
    in >> time >> document.sender;
    document.sent_at = base::Timestamp{std::chrono::seconds{time}};
    std::getline(in >> std::ws, document.text);
    document.is_gone = document.text.empty();
    if (document.text.find("http") != std::string::npos) document.has = has_link;
    return document;
}

struct World {
    tests::Folder folder;
    Store store;
    std::unique_ptr<Index> index;
    std::vector<base::RoomId> rooms{base::RoomId{"one"}, base::RoomId{"two"}};
    std::int64_t time = 0;

    World() { open(); }
    ~World() { store.detach(); }

    std::filesystem::path file() const { return folder.path / "search.db"; }
    void open() {
        index = std::make_unique<Index>(store, Index::Options{file(), read_body, [this] { return rooms; }});
        store.attach({{}, {}, [this](auto const& changes) { index->note(changes); }});
        index->start();
        index->settle();
    }
    void close() {
        store.detach();
        index.reset();
    }
    /// As after a loss of power: what was not closed in order is not trusted.
    void crash() {
        store.detach();
        index->settle();
        std::filesystem::copy(folder.path, folder.path.string() + "-kept", std::filesystem::copy_options::recursive);
        index.reset();
        std::filesystem::remove_all(folder.path);
        std::filesystem::rename(folder.path.string() + "-kept", folder.path);
    }

    void post(std::string const& room, std::string const& sender, std::string const& text) {
        store.commit({store::AppendMessage{base::RoomId{room}, std::to_string(++time) + ' ' + sender + ' ' + text}},
                     {});
    }
    void change(std::string const& room, base::Seq seq, std::string const& body) {
        store.commit({store::ReplaceMessage{base::RoomId{room}, seq, body}}, {});
    }

    /// "room seq" of what answers, newest first.
    std::vector<std::string> find(std::string const& text, std::string const& sender = "", std::string const& in = "") {
        auto const query = parse_query(text);
        Request request;
        request.clauses = query.clauses;
        request.has = query.has;
        request.sender = sender;
        request.before = query.before;
        request.after = query.after;
        if (!in.empty()) request.room = base::RoomId{in};
        request.may_read = [](base::RoomId const& room) { return room.value != "secret"; };
        std::set<std::pair<base::Timestamp, std::string>> found;
        Matcher const matcher{query.clauses};
        auto const candidates = index->look(std::move(request));
        REQUIRE(candidates);
        base::Timestamp last = base::Timestamp::max();
        while (auto const stretch = candidates->next()) {
            CHECK(stretch->ended <= last);
            last = stretch->ended;
            auto const messages = store.messages(stretch->room, stretch->first, stretch->last);
            for (auto const& [seq, body] : *messages) {
                auto const document = read_body(body);
                if (document->is_gone || (!sender.empty() && document->sender != sender)) continue;
                if ((document->has & query.has) != query.has) continue;
                if (matcher.match(document->text))
                    found.emplace(document->sent_at, stretch->room.value + ' ' + std::to_string(seq));
            }
        }
        std::vector<std::string> list;
        for (auto each = found.rbegin(); each != found.rend(); ++each) list.push_back(each->second);
        return list;
    }

    /// Does the index's file, or what lies beside it, hold these bytes?
    bool file_holds(std::string const& bytes) const {
        for (auto const& entry : std::filesystem::recursive_directory_iterator{folder.path}) {
            std::ifstream in{entry.path(), std::ios::binary};
            std::ostringstream all;
            all << in.rdbuf();
            if (all.str().find(bytes) != std::string::npos) return true;
        }
        return false;
    }
};

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("what was committed is found at once, in blocks or not") {
    World world;
    world.post("one", "sara", "hello there");
    CHECK(world.find("hello") == List{"one 1"});
    for (int i = 0; i < 40; ++i)
        world.post(i % 2 == 0 ? "one" : "two", "omar", "number" + std::to_string(i) + " common");
    world.index->settle();
    CHECK(world.index->figures().messages == 32);
    // Eight messages fill a block; five of the one room and four of the other wait for more.
    CHECK(world.index->figures().fresh == 9);
    CHECK(world.find("hello") == List{"one 1"});
    CHECK(world.find("number7") == List{"two 4"});
    CHECK(world.find("common").size() == 40);
    CHECK(world.find("omm").size() == 40);
    CHECK(world.find("number39") == List{"two 20"});
    CHECK(world.find("\"number3 common\"") == List{"two 2"});
    CHECK(world.find("\"common number3\"").empty());
    CHECK(world.find("nothing").empty());
}

TEST_CASE("a room, a person and a kind narrow what is found") {
    World world;
    for (int i = 0; i < 20; ++i) {
        world.post("one", i % 2 == 0 ? "sara" : "omar", "word");
        world.post("two", "sara", i == 3 ? "word http://example.org" : "word");
    }
    world.index->settle();
    CHECK(world.find("word").size() == 40);
    CHECK(world.find("word", "omar").size() == 10);
    CHECK(world.find("word", "sara", "one").size() == 10);
    CHECK(world.find("has:link") == List{"two 4"});
    CHECK(world.find("", "omar").size() == 10);
    CHECK(world.find("word before:1970-01-01").empty());
    CHECK(world.find("word after:1969-12-30").size() == 40);
}

TEST_CASE("rooms that one may not read give nothing") {
    World world;
    world.rooms.emplace_back("secret");
    for (int i = 0; i < 20; ++i) world.post("secret", "sara", "hidden");
    CHECK(world.find("hidden").empty());
    world.index->settle();
    CHECK(world.find("hidden").empty());
    CHECK(world.find("", "sara").empty());
}

TEST_CASE("an edit is found as it is now, and a deletion not at all") {
    World world;
    for (int i = 0; i < 16; ++i) world.post("one", "sara", i == 5 ? "original wording" : "filler");
    world.index->settle();
    world.change("one", 6, "6 sara changed wording");
    CHECK(world.find("original").empty());
    CHECK(world.find("changed") == List{"one 6"});
    CHECK(world.find("wording") == List{"one 6"});
    world.index->settle();
    CHECK(world.find("changed") == List{"one 6"});
    world.change("one", 6, "6 sara ");
    CHECK(world.find("changed").empty());
    world.index->settle();
    CHECK(world.find("changed").empty());
    world.change("one", 6, "6 sara changed wording");
    CHECK(world.find("changed") == List{"one 6"});
}

TEST_CASE("what is gone is gone from the file, too") {
    World world;
    for (int i = 0; i < 16; ++i) world.post("one", "sara", i == 5 ? "unspeakable secretword" : "filler");
    world.index->settle();
    CHECK(world.file_holds("secretword"));
    world.change("one", 6, "6 sara ");
    world.index->settle();
    CHECK_FALSE(world.file_holds("secretword"));
    CHECK_FALSE(world.file_holds("unspeakable"));
    CHECK(world.find("filler").size() == 15);
    world.change("one", 1, "1 sara lastword");
    world.close();
    CHECK_FALSE(world.file_holds("secretword"));
    world.open();
    CHECK(world.find("lastword") == List{"one 1"});
    CHECK(world.find("filler").size() == 14);
}

TEST_CASE("a room that is forgotten is no longer found, and may begin again") {
    World world;
    for (int i = 0; i < 20; ++i) world.post("one", "sara", "olden");
    for (int i = 0; i < 20; ++i) world.post("two", "sara", "olden");
    world.index->settle();
    world.store.commit({store::EraseMessages{base::RoomId{"one"}}}, {});
    CHECK(world.find("olden").size() == 20);
    world.post("one", "sara", "newly");
    CHECK(world.find("newly") == List{"one 1"});
    world.index->settle();
    CHECK(world.find("olden").size() == 20);
    for (int i = 0; i < 20; ++i) world.post("one", "sara", "newly");
    world.index->settle();
    CHECK(world.find("newly").size() == 21);
}

TEST_CASE("the index is as it was after a restart, and made again where it is absent or can't be trusted") {
    auto const kind = GENERATE(as<std::string>{}, "closed", "absent", "damaged", "cut", "crashed", "another version");
    INFO(kind);
    World world;
    for (int i = 0; i < 100; ++i)
        world.post(i % 3 == 0 ? "one" : "two", "sara", "word" + std::to_string(i) + " common");
    world.index->settle();
    if (kind == "crashed") {
        world.crash();
        // Committed while nobody listened.
        world.change("two", 1, "2 sara rewritten");
    } else {
        world.close();
    }
    if (kind == "absent") std::filesystem::remove(world.file());
    if (kind == "damaged") {
        std::fstream out{world.file(), std::ios::binary | std::ios::in | std::ios::out};
        out.seekp(4096);
        out << std::string(8192, 'x');
    }
    if (kind == "cut") std::filesystem::resize_file(world.file(), 5000);
    if (kind == "another version") {
        Database database{world.file(), Database::Mode::write};
        database.run("UPDATE meta SET value = 99 WHERE name = 'version'");
    }
    world.open();
    CHECK(world.find("common").size() == (kind == "crashed" ? 99 : 100));
    CHECK(world.find("word42") == List{"one 15"});
    CHECK(world.find("rewritten") == (kind == "crashed" ? List{"two 1"} : List{}));
    CHECK(world.find("word1 common").size() == (kind == "crashed" ? 10 : 11));
}

TEST_CASE("a long history is indexed in the order of its messages") {
    World world;
    world.close();
    for (int i = 0; i < 9000; ++i)
        world.post(i % 2 == 0 ? "one" : "two", i % 10 == 0 ? "omar" : "sara",
                   "message number" + std::to_string(i) + (i % 1000 == 0 ? " rare" : ""));
    world.open();
    CHECK(world.index->figures().messages == 8992);
    CHECK(world.find("rare").size() == 9);
    CHECK(world.find("rare").front() == "one 4001");
    CHECK(world.find("number8999") == List{"two 4500"});
    CHECK(world.find("umber123").size() == 11);
}

TEST_CASE("a file that can't be written does no harm") {
    tests::Folder folder;
    Store store;
    Index index{store, Index::Options{folder.path / "absent" / "search.db", read_body,
                                      [] { return std::vector<base::RoomId>{}; }}};
    index.start();
    index.settle();
    CHECK_FALSE(index.figures().is_ready);
    Request request;
    request.may_read = [](auto const&) { return true; };
    CHECK(index.look(request) == nullptr);
}

TEST_CASE("the file is for its owner alone") {
    World world;
    for (int i = 0; i < 20; ++i) world.post("one", "sara", "word");
    world.index->settle();
    for (auto const& entry : std::filesystem::directory_iterator{world.folder.path}) {
        INFO(entry.path());
        CHECK((entry.status().permissions() & std::filesystem::perms{0077}) == std::filesystem::perms::none);
    }
}
