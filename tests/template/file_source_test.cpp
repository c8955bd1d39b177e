#include "template/file_source.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "template/engine.hpp"

using namespace soyuz::jinja;

namespace {

class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "soyuz-templates-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
        std::filesystem::create_directories(path / "pages" / "chat");
        put("secret.txt", "secret");
        put("pages/index.html", "index");
        put("pages/chat/room.html", "room {{ name }}");
    }
    ~Folder() { std::filesystem::remove_all(path); }
    void put(std::string const& name, std::string const& text) const { std::ofstream(path / name) << text; }

    std::filesystem::path path;
};

}  // namespace

TEST_CASE("templates are read from a folder and its subfolders") {
    Folder const folder;
    TemplateEngine const engine(std::make_unique<FileTemplateSource>(folder.path / "pages"));
    CHECK(engine.render("index.html", {}) == "index");
    CHECK(engine.render("chat/room.html", {{"name", "A"}}) == "room A");
}

TEST_CASE("a file's version changes when it is written again") {
    Folder const folder;
    TemplateEngine const engine(std::make_unique<FileTemplateSource>(folder.path / "pages"));
    CHECK(engine.render("index.html", {}) == "index");
    folder.put("pages/index.html", "changed");
    CHECK(engine.render("index.html", {}) == "changed");
    // As editors do it: a new file takes the old one's place. It has the same size.
    folder.put("pages/new.html", "CHANGED");
    std::filesystem::rename(folder.path / "pages/new.html", folder.path / "pages/index.html");
    CHECK(engine.render("index.html", {}) == "CHANGED");
    std::filesystem::remove(folder.path / "pages/index.html");
    CHECK_THROWS_AS(engine.render("index.html", {}), TemplateError);
}

TEST_CASE("no name leads out of the folder") {
    Folder const folder;
    FileTemplateSource const source(folder.path / "pages");
    std::filesystem::create_symlink(folder.path / "secret.txt", folder.path / "pages" / "link.html");
    std::filesystem::create_symlink(folder.path, folder.path / "pages" / "out");
    std::filesystem::create_symlink("index.html", folder.path / "pages" / "home.html");
    for (std::string const& name :
         {std::string("../secret.txt"), std::string("chat/../../secret.txt"), (folder.path / "secret.txt").string(),
          std::string("/etc/passwd"), std::string(""), std::string("."), std::string(".."), std::string("chat"),
          std::string("chat/"), std::string("chat//room.html"), std::string("./index.html"),
          std::string("chat\\room.html"), std::string("index.html\0x", 12), std::string("link.html"),
          std::string("out/secret.txt"), std::string("nope.html")}) {
        INFO(name);
        CHECK_FALSE(source.read(name).has_value());
        CHECK(source.version(name).empty());
    }
    CHECK(source.read("home.html").value().text == "index");
    CHECK(source.read("home.html").value().version == source.version("home.html"));
}
