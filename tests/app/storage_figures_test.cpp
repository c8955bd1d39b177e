#include "app/storage_figures.hpp"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <variant>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "base/manual_clock.hpp"
#include "store/backup.hpp"
#include "store/commit_later.hpp"
#include "store/store.hpp"

using namespace soyuz;
using namespace std::chrono_literals;

namespace {

class Folder {
public:
    Folder() : path(std::filesystem::temp_directory_path() / ("soyuz-storage-figures-" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path / "uploads" / "ab");
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    std::filesystem::path const path;
};

base::Timestamp at(char const* text) { return *base::parse_rfc3339(text); }

std::unique_ptr<store::Store> open(Folder const& folder, base::Clock const& clock) {
    store::Options options;
    options.folder = folder.path / "data";
    return std::move(std::get<std::unique_ptr<store::Store>>(store::Store::open(options, clock)));
}

void post(store::Store& store, std::string const& room, std::string const& sent_at, int count = 1) {
    for (int i = 0; i < count; ++i)
        REQUIRE(store::commit_later(store, {store::AppendMessage{base::RoomId{room},
                                                                 R"({"text":"hello","sent_at":")" + sent_at + "\"}"}})
                    .get());
}

}  // namespace

TEST_CASE("today's messages are counted over all rooms, also where some tell no time") {
    Folder const folder;
    base::ManualClock clock;
    clock.set(at("2026-11-21T09:30:00Z") - base::ManualClock::start);
    auto const opened = open(folder, clock);
    auto& store = *opened;
    for (auto const* room : {"lobby", "quiet", "empty", "new"})
        REQUIRE(store::commit_later(store, {store::Put{"rooms", room, "{}"}}).get().ok());

    app::StorageFigures storage_figures(store, clock, folder.path / "data", folder.path / "uploads");
    CHECK(storage_figures.values().messages_today == 0);

    post(store, "lobby", "2026-11-19T10:00:00Z", 70);
    post(store, "lobby", "2026-11-20T23:59:59.999Z", 3);
    post(store, "lobby", "no time", 2);
    post(store, "lobby", "2026-11-21T00:00:00Z", 5);
    post(store, "lobby", "2026-11-21T09:00:00Z", 1);
    post(store, "quiet", "2026-11-20T12:00:00Z", 4);
    post(store, "new", "2026-11-21T08:00:00Z", 130);
    CHECK(storage_figures.values().messages_today == 0);  // remembered
    clock.advance(31s);
    // Messages without a time count with those before or after them; here two stand between two days.
    auto const today = storage_figures.values().messages_today;
    CHECK(today >= 136);
    CHECK(today <= 138);

    clock.advance(std::chrono::hours{24});
    CHECK(storage_figures.values().messages_today == 0);
}

TEST_CASE("storage is what the files hold, and the newest backup is known by its time") {
    Folder const folder;
    base::ManualClock clock;
    auto const opened = open(folder, clock);
    auto& store = *opened;
    std::ofstream(folder.path / "uploads" / "ab" / "picture") << std::string(1234, 'x');
    app::StorageFigures storage_figures(store, clock, folder.path / "data", folder.path / "uploads");
    auto const values = storage_figures.values();
    CHECK(values.uploads_bytes == 1234);
    CHECK(values.data_bytes > 100);
    CHECK_FALSE(values.last_backup);

    auto const before = base::SystemClock{}.now();
    REQUIRE(store::backup(folder.path / "data", folder.path / "backup.tar", folder.path / "uploads"));
    clock.advance(31s);
    auto const known = storage_figures.values().last_backup;
    REQUIRE(known);
    CHECK(*known >= before);
    CHECK(*known <= base::SystemClock{}.now());
}
