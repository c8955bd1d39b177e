#include "app/control.hpp"

#include <filesystem>
#include <string>

#include <catch2/catch.hpp>
#include <unistd.h>

using namespace soyuz;

namespace {

class Folder {
public:
    explicit Folder(std::string const& name)
        : path(std::filesystem::temp_directory_path() / (name + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path const path;
};

}  // namespace

TEST_CASE("a backup is asked of the server that holds the folder, by whatever path it is named") {
    Folder const folder("soyuz-control-");
    std::string asked;
    app::Control const control(folder.path, [&](std::filesystem::path const& tar) -> base::Result<void> {
        asked = tar.string();
        if (tar.filename() == "refused.tar") return base::Error{base::Code::conflict, "Not now."};
        return {};
    });
    auto const done = app::ask_for_backup(folder.path / ".." / folder.path.filename(), folder.path / "b.tar");
    REQUIRE(done);
    CHECK(done->ok());
    CHECK(asked == (folder.path / "b.tar").string());

    auto const refused = app::ask_for_backup(folder.path, "refused.tar");
    REQUIRE(refused);
    REQUIRE_FALSE(refused->ok());
    CHECK(refused->error().message == "Not now.");
    // The server may run elsewhere: it gets a path that means the same there.
    CHECK(std::filesystem::path(asked).is_absolute());
}

TEST_CASE("nobody answers for a folder without a server") {
    Folder const folder("soyuz-control-none-");
    CHECK_FALSE(app::ask_for_backup(folder.path, "b.tar"));
    CHECK_FALSE(app::ask_for_backup(folder.path / "absent", "b.tar"));
    {
        app::Control const control(folder.path, [](auto const&) { return base::Result<void>{}; });
    }
    CHECK_FALSE(app::ask_for_backup(folder.path, "b.tar"));
}
