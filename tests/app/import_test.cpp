#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "app/failure.hpp"
#include "app/offline/administration.hpp"
#include "app/offline/commands.hpp"

using namespace soyuz;

namespace {

struct Folders {
    Folders() : root(std::filesystem::temp_directory_path() / ("soyuz-import-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(from);
    }
    ~Folders() { std::filesystem::remove_all(root); }
    void write(std::string const& name, std::string const& text) const { std::ofstream(from / name) << text; }
    void make_owner() const {
        app::Administration folder(data);
        REQUIRE(folder.accounts.create_owner({"teacher", "a fine passphrase", "", "", chat::Role::owner}));
        folder.finish();
    }
    std::string import() const {
        std::ostringstream out;
        app::import_folder(from, data, root / "uploads", out);
        return out.str();
    }

    std::filesystem::path const root;
    std::filesystem::path const from = root / "old";
    std::filesystem::path const data = root / "data";
};

}  // namespace

TEST_CASE("accounts and bans are taken over, and what could not be is said") {
    Folders const folders;
    folders.make_owner();
    folders.write("users.json", R"([
        {"username": "ali", "password": "an old password", "name": "Ali"},
        {"username": "weak", "password": "abc", "name": "Weak"},
        {"username": "bina", "password": "another old one", "name": "Bina", "profile_picture": "../../secret.png"},
        {"username": "carl", "password": "yet another one"},
        {"password": "no name"}, 5, {"username": "a b", "password": "a bad name here"}])");
    folders.write("perma_banned.json", R"(["bina", "stranger", 7])");
    folders.write("temp_bans.json",
                  R"json({"('carl', '192.0.2.1')": 4102444800.5, "ali": 1000000000, "weak": "soon"})json");
    auto const said = folders.import();
    for (auto const* line :
         {"imported ali\n", "imported weak with a random password", "picture of bina", "secret.png is not there",
          "banned bina for good", "banned carl until 2100-01-01T00:00:00.500Z", "no such account",
          "without a user name", "skipped a b", "skipped the ban of weak"}) {
        INFO(said);
        CHECK_THAT(said, Catch::Contains(line));
    }

    app::Administration folder(folders.data);
    CHECK(folder.accounts.count() == 5);
    auto const ali = folder.accounts.authenticate("ali", "an old password", "192.0.2.1");
    REQUIRE(ali);
    CHECK((*ali)->display_name == "Ali");
    CHECK_FALSE(folder.accounts.authenticate("weak", "abc", "192.0.2.1"));
    CHECK_FALSE(folder.sanctions.ban_of((*ali)->id));
    auto const bina = folder.sanctions.ban_of(folder.accounts.find_by_name("bina")->id);
    REQUIRE(bina);
    CHECK_FALSE(bina->until);
    auto const carl = folder.sanctions.ban_of(folder.accounts.find_by_name("carl")->id);
    REQUIRE(carl);
    CHECK(carl->until);
}

TEST_CASE("who is imported before there is an owner leaves the set-up open") {
    Folders const folders;
    folders.write("users.json", R"([{"username": "ali", "password": "an old password"}])");
    folders.import();
    app::Administration folder(folders.data);
    CHECK(folder.accounts.count() == 1);
    CHECK_FALSE(folder.accounts.has_owner());
}

TEST_CASE("importing twice changes nothing") {
    Folders const folders;
    folders.make_owner();
    folders.write("users.json", R"([{"username": "ali", "password": "an old password", "name": "Ali"}])");
    folders.import();
    folders.write("users.json", R"([{"username": "ALI", "password": "a new password", "name": "Else"}])");
    CHECK_THAT(folders.import(), Catch::Contains("the name exists already"));
    app::Administration folder(folders.data);
    CHECK(folder.accounts.authenticate("ali", "an old password", "192.0.2.1"));
    CHECK(folder.accounts.count() == 2);
}

TEST_CASE("a folder that is no such folder is refused before anything is made") {
    for (auto const* text : {"", "nonsense", "{}", "[{\"username\":\"a\",\"username\":\"b\"}]"}) {
        INFO(text);
        Folders const folders;
        if (*text != '\0') folders.write("users.json", text);
        CHECK_THROWS_AS(folders.import(), app::Failure);
        CHECK_FALSE(std::filesystem::exists(folders.data));
    }
}
