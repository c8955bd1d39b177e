#include "web/files/uploads.hpp"

#include <fstream>

#include "base/manual_clock.hpp"
#include "web/files/assets.hpp"
#include "web/files/upload_quota.hpp"
#include "web/forms.hpp"
#include "web/house.hpp"
#include "web/pictures.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;
using namespace std::string_literals;

namespace {

std::size_t uploads_of(House const& house) {
    std::size_t files = 0;
    std::error_code fault;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(house.folder / "uploads", fault))
        files += entry.is_regular_file() ? 1 : 0;
    return files;
}

}  // namespace

TEST_CASE("a file is written only once nothing speaks against its message") {
    House house;
    auto const sara = house.bearer("sara");
    auto const muted = house.bearer("muted");
    moderation::Sanction mute;
    mute.kind = moderation::Sanction::Kind::mute;
    mute.user = house.accounts.find_by_name("muted")->id;
    house.sanctions.impose(mute);
    REQUIRE(house.send("POST", "/api/v1/rooms", {{"name", "calm"}}, sara).status == 201);
    auto const post = [&](Headers const& who, std::string const& room, std::string const& more) {
        return house.ask("POST", "/api/v1/rooms/" + room + "/files", who + multipart_type,
                         more + multipart("file", "a.txt", "hello"));
    };
    CHECK(post(sara, "lobby", field("text", "blockme")).status == 403);
    CHECK(post(sara, "lobby", field("client_id", std::string(65, 'x'))).status == 422);
    CHECK(post(muted, "lobby", "").error() == "muted");
    CHECK(post(muted, "calm", "").error() == "not_a_member");
    CHECK(uploads_of(house) == 0);

    auto const first = post(sara, "lobby", field("client_id", "same"));
    CHECK(first.status == 201);
    for (int i = 0; i < 3; ++i) {
        auto const again = post(sara, "lobby", field("client_id", "same"));
        CHECK(again.status == 201);
        CHECK(again.json()["id"] == first.json()["id"]);
    }
    CHECK(uploads_of(house) == 1);
    // Files count as attempts to post: the ninth within ten seconds is too much, and writes nothing either.
    int refused = 0;
    for (int i = 0; i < 9; ++i) refused += post(sara, "lobby", field("text", std::to_string(i))).status == 201 ? 0 : 1;
    CHECK(refused > 0);
    CHECK(uploads_of(house) == 10U - static_cast<unsigned>(refused));
}

TEST_CASE("a file goes with its message, and comes back with it") {
    House house;
    auto const sara = house.bearer("sara");
    auto const omar = house.bearer("omar");
    auto const moderator = house.bearer("moderator", chat::Role::moderator);
    auto const post = [&](std::string const& room) {
        auto const posted = house.ask("POST", "/api/v1/rooms/" + room + "/files", sara + multipart_type,
                                      field("text", room) + multipart("file", "a.txt", "hello"));
        REQUIRE(posted.status == 201);
        return std::pair{posted.json()["id"].get<std::string>(),
                         posted.json()["attachments"][0]["url"].get<std::string>()};
    };
    auto const status = [&](std::string const& url) { return house.ask("GET", url, omar).status; };
    auto const wait = [&] {
        house.clock.advance(std::chrono::seconds{16});
        house.site->remove_dropped_files();
    };
    auto const [id, url] = post("lobby");
    auto const served = house.ask("GET", url, omar);
    CHECK(served.status == 200);
    CHECK(served.header("Cache-Control") == "private, no-cache");
    CHECK(house.ask("GET", url, omar + Headers{{"If-None-Match", served.header("ETag")}}).status == 304);

    REQUIRE(house.ask("DELETE", "/api/v1/messages/" + id, sara).status == 200);
    CHECK(status(url) == 404);
    CHECK(house.ask("GET", url, sara).status == 404);
    CHECK(uploads_of(house) == 1);
    REQUIRE(house.ask("POST", "/api/v1/messages/" + id + "/restore", sara).status == 200);
    CHECK(status(url) == 200);
    wait();
    CHECK(status(url) == 200);

    REQUIRE(house.ask("DELETE", "/api/v1/messages/" + id, moderator).status == 200);
    CHECK(status(url) == 404);
    wait();
    CHECK(uploads_of(house) == 0);
    CHECK(house.ask("POST", "/api/v1/messages/" + id + "/restore", moderator).status == 409);

    // A removal at the moderators' desk, undone there.
    house.clock.advance(std::chrono::seconds{20});
    auto const [reported, reported_url] = post("lobby");
    auto const report =
        house.send("POST", "/api/v1/reports", {{"message_id", reported}, {"reason", "harassment"}}, omar);
    REQUIRE(report.status == 201);
    auto const cases = house.ask("GET", "/api/v1/moderation/cases?status=open", moderator).json();
    auto const of_case = "/api/v1/moderation/cases/" + cases["cases"][0]["id"].get<std::string>();
    REQUIRE(house.send("POST", of_case + "/decision", {{"action", "remove"}}, moderator).status == 200);
    CHECK(status(reported_url) == 404);
    REQUIRE(house.send("POST", of_case + "/undo", nlohmann::json::object(), moderator).status == 200);
    CHECK(status(reported_url) == 200);

    // With the room.
    house.clock.advance(std::chrono::seconds{20});
    REQUIRE(house.send("POST", "/api/v1/rooms", {{"name", "club"}, {"kind", "private"}}, sara).status == 201);
    auto const [in_club, club_url] = post("club");
    CHECK(house.ask("GET", club_url, sara).status == 200);
    REQUIRE(house.ask("DELETE", "/api/v1/rooms/club", sara).status == 204);
    CHECK(house.ask("GET", club_url, sara).status == 404);
    CHECK(uploads_of(house) == 1);
}

TEST_CASE("uploads that nothing names are swept away after an hour") {
    House house;
    auto const sara = house.bearer("sara");
    auto const posted =
        house.ask("POST", "/api/v1/rooms/lobby/files", sara + multipart_type, multipart("file", "a.txt", "hello"));
    REQUIRE(posted.status == 201);
    REQUIRE(house.ask("PUT", "/api/v1/me/avatar", sara + multipart_type, multipart("avatar", "a.png", png(2, 2, 2)))
                .status == 200);
    auto const uploads = house.folder / "uploads";
    auto const lobby = house.rooms.lobby()->id.value;
    std::filesystem::create_directories(uploads / "zz");
    for (auto const& name : {"zz/" + lobby + "_orphan.txt", "zz/nowhere_orphan.txt"s, "zz/orphan.webp"s})
        std::ofstream{uploads / name} << "orphan";
    house.site->sweep_uploads();
    CHECK(uploads_of(house) == 5);
    auto const long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours{2};
    for (auto const& entry : std::filesystem::recursive_directory_iterator(uploads))
        if (entry.is_regular_file()) std::filesystem::last_write_time(entry.path(), long_ago);
    house.site->sweep_uploads();
    CHECK(uploads_of(house) == 2);
    CHECK(house.ask("GET", posted.json()["attachments"][0]["url"], sara).status == 200);
}

TEST_CASE("nobody uploads more than their share of a day") {
    base::ManualClock clock;
    web::UploadQuota quota{clock, 100};
    base::UserId const sara{"sara"};
    base::UserId const omar{"omar"};
    using namespace std::chrono_literals;
    CHECK_FALSE(quota.take(sara, 60));
    clock.advance(1h);
    CHECK(quota.take(sara, 41) == std::chrono::milliseconds{23h});
    CHECK_FALSE(quota.take(omar, 100));
    CHECK_FALSE(quota.take(sara, 40));
    CHECK(quota.take(sara, 1));
    quota.give_back(sara, 40);
    CHECK_FALSE(quota.take(sara, 1));
    clock.advance(23h);
    CHECK_FALSE(quota.take(sara, 100));
    CHECK(quota.take(sara, 1));
}

TEST_CASE("uploads leave room on the disk for everything else") {
    web::SiteOptions options;
    options.upload_reserve = std::uint64_t{1} << 62U;
    House house{options};
    auto const sara = house.bearer("sara");
    auto const posted =
        house.ask("POST", "/api/v1/rooms/lobby/files", sara + multipart_type, multipart("file", "a.txt", "hello"));
    CHECK(posted.status == 503);
    CHECK(posted.header("Retry-After") == "60");
    CHECK(house.ask("PUT", "/api/v1/me/avatar", sara + multipart_type, multipart("avatar", "a.png", png(2, 2, 2)))
              .status == 503);
    CHECK(uploads_of(house) == 0);
    CHECK(house.send("POST", "/api/v1/rooms/lobby/messages", {{"text", "still here"}}, sara).status == 201);
}

TEST_CASE("no path leads out of the uploads") {
    House house;
    std::ofstream{house.folder / "outside.txt"} << "outside";
    for (auto const* target :
         {"/uploads/../outside.txt", "/uploads/%2e%2e/outside.txt", "/uploads/aa/../../outside.txt",
          "/uploads/aa/..%2f..%2foutside.txt", "/uploads//outside.txt", "/uploads/aa", "/uploads/",
          "/uploads/aa/.hidden", "/assets/..%2f..%2fetc%2fpasswd", "/assets/manifest.json", "/assets/"}) {
        INFO(target);
        auto const heard = house.ask("GET", target, house.bearer("sara"));
        CHECK(heard.status >= 400);
        CHECK(heard.body.find("outside\n") == std::string::npos);
    }
    CHECK(web::Uploads::is_name("ab/cdefgh.png"));
    for (auto const* wrong :
         {"ab/../x.png", "abc/defgh.png", "ab/.x.png", "ab/c", "../abcdef", "ab/cd/ef.png", "AB/cdefg.png"}) {
        INFO(wrong);
        CHECK_FALSE(web::Uploads::is_name(wrong));
    }
}

TEST_CASE("what somebody uploaded today counts after a restart, too") {
    using namespace std::chrono_literals;
    web::SiteOptions options;
    options.upload_bytes_a_day = 100;
    House house{options};
    std::string const sara = "sara";
    std::string const omar = "omar";
    auto const upload = [&](std::string const& who, std::size_t bytes) {
        // With a token of this hour.
        return house
            .ask("POST", "/api/v1/rooms/lobby/files", house.bearer(who) + multipart_type,
                 multipart("file", "a.txt", std::string(bytes, 'x')))
            .status;
    };
    CHECK(upload(sara, 60) == 201);
    CHECK(upload(sara, 50) == 429);
    house.clock.advance(1h);
    house.start_site();
    house.site->recall_uploads();
    CHECK(upload(sara, 50) == 429);
    CHECK(upload(sara, 40) == 201);
    CHECK(upload(omar, 100) == 201);
    // It counts for the day that began with it.
    house.clock.advance(23h);
    CHECK(upload(sara, 50) == 201);
    house.start_site();
    house.site->recall_uploads();
    CHECK(upload(sara, 100) == 429);
}

TEST_CASE("links in folders of one's own templates and assets lead nowhere outside of them") {
    House house;
    auto const own = house.folder / "own";
    std::filesystem::create_directories(own / "parts");
    auto const write = [](std::filesystem::path const& file, std::string const& text) { std::ofstream{file} << text; };
    write(house.folder / "secret.json", "the secret");
    write(own / "page.html", "a page");
    write(own / "parts" / "a.txt", "a part");
    std::filesystem::create_symlink(own / "page.html", own / "same.html");
    std::filesystem::create_symlink(house.folder / "secret.json", own / "secret.json");
    std::filesystem::create_directory_symlink(house.folder, own / "up");

    web::Assets const assets{own.string()};
    auto const templates = web::template_source(own.string());
    for (auto const& [name, text] : {std::pair{"page.html", "a page"},
                                     {"parts/a.txt", "a part"},
                                     {"same.html", "a page"},
                                     {"secret.json", ""},
                                     {"up/secret.json", ""},
                                     {"../secret.json", ""},
                                     {"parts", ""}}) {
        INFO(name);
        auto const served = assets.serve(name, {});
        CHECK((served ? served->body : "") == text);
        auto const read = templates->read(name);
        CHECK((read ? read->text : "") == text);
        CHECK(templates->version(name).empty() == std::string{text}.empty());
    }
}
