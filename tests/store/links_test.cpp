#include <fstream>
#include <iterator>

#include "store/backup.hpp"
#include "store/workbench.hpp"

using namespace soyuz::store;
using namespace soyuz::store::test;
namespace fs = std::filesystem;

namespace {

/// A folder with a file that links lead to.
struct Trap {
    TemporaryFolder folder;
    fs::path const data = folder.path / "data";
    fs::path const victim = folder.path / "victim";

    Trap() { std::ofstream{victim} << "precious"; }

    void lay(fs::path const& link) const {
        fs::remove(link);
        fs::create_symlink(victim, link);
    }
    bool is_untouched() const {
        std::ifstream file{victim};
        return std::string{std::istreambuf_iterator<char>{file}, {}} == "precious";
    }
};

void use(fs::path const& data) {
    auto const store = open_folder(data);
    REQUIRE(commit_later(*store, {message("lobby", "a"), Put{"users", "1", "{}"}, AppendLog{"spam_log", "{\"a\":1}"}})
                .get()
                .ok());
}

}  // namespace

TEST_CASE("a store writes over links that stand where it writes anew") {
    Trap const trap;
    use(trap.data);
    for (auto const* name : {"users.json.tmp", "checkpoint.json.tmp", "previous/users.json.tmp", "last_backup.tmp"})
        trap.lay(trap.data / name);
    use(trap.data);
    CHECK(open_folder(trap.data)->last_seq(RoomId{"lobby"}) == 2);
    trap.lay(trap.folder.path / "out.tar.tmp");
    trap.lay(trap.folder.path / "out.tar");
    trap.lay(trap.data / "last_backup");
    REQUIRE(backup(trap.data, trap.folder.path / "out.tar").ok());
    CHECK(last_backup(trap.data));
    CHECK(fs::is_regular_file(fs::symlink_status(trap.folder.path / "out.tar")));
    CHECK(trap.is_untouched());
}

TEST_CASE("a store refuses links that stand where it goes on") {
    Trap const trap;
    use(trap.data);
    auto const name = GENERATE(as<std::string>{}, "LOCK", "users.json", "checkpoint.json", "secret.json");
    INFO(name);
    trap.lay(trap.data / name);
    if (name == "secret.json") {
        CHECK_THROWS(load_or_make_secret(trap.data));
    } else {
        Options options;
        options.folder = trap.data;
        CHECK(std::holds_alternative<OpenFailure>(try_open(system_files(), options)));
    }
    CHECK(trap.is_untouched());
    if (name == "LOCK") CHECK_FALSE(backup(trap.data, trap.folder.path / "out.tar").ok());
}

TEST_CASE("a log that is a link is not written to, and the store says that it can't") {
    Trap const trap;
    use(trap.data);
    auto const store = open_folder(trap.data);
    trap.lay(trap.data / "spam_log.jsonl");
    REQUIRE(commit_later(*store, {AppendLog{"spam_log", "{\"a\":1}"}}).get().ok());
    CHECK_FALSE(store->checkpoint().ok());
    CHECK(trap.is_untouched());
}
