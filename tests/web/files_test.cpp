#include <fstream>

#include "base/manual_clock.hpp"
#include "web/files/assets.hpp"
#include "web/files/embedded.hpp"
#include "web/files/upload_quota.hpp"
#include "web/files/uploads.hpp"
#include "web/house.hpp"
#include "web/pictures.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;
using namespace std::string_literals;

namespace {

std::string multipart(std::string const& field, std::string const& file_name, std::string const& content) {
    return "--b\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename=\"" + file_name +
           "\"\r\nContent-Type: text/html\r\n\r\n" + content + "\r\n--b--\r\n";
}

std::string field(std::string const& name, std::string const& value) {
    return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}

Headers const multipart_type{{"Content-Type", "multipart/form-data; boundary=b"}};

std::size_t uploads_of(House const& house) {
    std::size_t files = 0;
    std::error_code fault;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(house.folder / "uploads", fault))
        files += entry.is_regular_file() ? 1 : 0;
    return files;
}

}  // namespace

TEST_CASE("an avatar is put, shown and taken away") {
    House house;
    auto const sara = house.bearer("sara");
    auto const put =
        house.ask("PUT", "/api/v1/me/avatar", sara + multipart_type, multipart("avatar", "a.png", png(20, 20, 20)));
    REQUIRE(put.status == 200);
    auto const url = put.json()["avatar_url"].get<std::string>();
    CHECK(url.starts_with("/uploads/"));
    auto const shown = house.ask("GET", url);
    CHECK(shown.status == 200);
    CHECK(shown.header("Content-Type") == "image/webp");
    CHECK(shown.header("Content-Security-Policy") == "default-src 'none'; sandbox");
    CHECK(house.ask("GET", url, {{"If-None-Match", shown.header("ETag")}}).status == 304);
    CHECK(house.ask("DELETE", "/api/v1/me/avatar", sara).status == 204);
    CHECK(house.ask("GET", url).status == 404);
    CHECK(house.ask("PUT", "/api/v1/me/avatar", sara + multipart_type, multipart("avatar", "a.png", "<svg/>")).status ==
          415);
}

TEST_CASE("a file comes as a message's attachment, and is never run or shown to strangers") {
    House house;
    auto const sara = house.bearer("sara");
    auto const omar = house.bearer("omar");
    REQUIRE(house.send("POST", "/api/v1/rooms", {{"name", "secret"}, {"kind", "private"}}, sara).status == 201);
    auto const text = "<script>alert(1)</script>"s;
    auto const posted = house.ask("POST", "/api/v1/rooms/secret/files", sara + multipart_type,
                                  multipart("file", "..\\\\..//notes.html", text));
    REQUIRE(posted.status == 201);
    auto const attachment = posted.json()["attachments"][0];
    CHECK(attachment["name"] == "notes.html");
    CHECK(attachment["type"] == "text/plain; charset=utf-8");
    auto const url = attachment["url"].get<std::string>();
    auto const served = house.ask("GET", url, sara);
    CHECK(served.status == 200);
    CHECK(served.body == text);
    CHECK(served.header("Content-Disposition") == "attachment");
    CHECK(served.header("X-Content-Type-Options") == "nosniff");
    CHECK(house.ask("GET", url, omar).status == 404);
    // Whether there is such a room is nothing for strangers to learn.
    for (auto const* other : {"/uploads/ab/nosuchroom12_abcdefgh.txt", "/uploads/ab/lobby_abcdefgh.txt"}) {
        CHECK(house.ask("GET", other).status == 303);
        CHECK(house.ask("GET", other, omar).status == 404);
    }
    CHECK(house.ask("GET", url).status == 303);
    CHECK(house.ask("POST", "/api/v1/rooms/secret/files", omar + multipart_type, multipart("file", "a", "b")).status ==
          404);

    struct Case {
        char const* range;
        int status;
        std::string body;
    };
    for (auto const& [range, status, body] :
         {Case{"bytes=0-6", 206, "<script"}, Case{"bytes=20-", 206, "ript>"}, Case{"bytes=-5", 206, "ript>"},
          Case{"bytes=-500", 206, text}, Case{"bytes=20-900", 206, "ript>"}, Case{"bytes=25-", 416, ""},
          Case{"bytes=5-2", 200, text}, Case{"bytes=0-1,3-4", 200, text}, Case{"lines=1-2", 200, text},
          Case{"bytes=x-y", 200, text}, Case{"bytes=", 200, text}, Case{"bytes=99999999999999999999-", 416, ""},
          Case{"bytes=-0", 416, ""}}) {
        INFO(range);
        auto const part = house.ask("GET", url, sara + Headers{{"Range", range}});
        CHECK(part.status == status);
        CHECK(part.body == body);
    }
}

TEST_CASE("a large file is sent in blocks, whole or in part") {
    House house;
    auto const sara = house.bearer("sara");
    std::string content;
    while (content.size() < 1'000'000) content += "line " + std::to_string(content.size()) + "\n";
    auto const posted =
        house.ask("POST", "/api/v1/rooms/lobby/files", sara + multipart_type, multipart("file", "a.txt", content));
    REQUIRE(posted.status == 201);
    auto const url = posted.json()["attachments"][0]["url"].get<std::string>();
    auto const whole = house.ask("GET", url, sara);
    CHECK(whole.header("Content-Length") == std::to_string(content.size()));
    CHECK(whole.body == content);
    auto const head = house.ask("HEAD", url, sara);
    CHECK(head.header("Content-Length") == std::to_string(content.size()));
    CHECK(head.body.empty());
    for (auto const& [first, last] : {std::pair{0U, 0U}, {5U, 300'004U}, {500'000U, 999'999U}, {262'144U, 524'288U}}) {
        INFO(first << "-" << last);
        auto const range = "bytes=" + std::to_string(first) + "-" + std::to_string(last);
        auto const part = house.ask("GET", url, sara + Headers{{"Range", range}});
        CHECK(part.status == 206);
        CHECK(part.body == content.substr(first, last - first + 1));
    }
    auto const file = house.folder / url.substr(1);
    using std::filesystem::perms;
    CHECK(std::filesystem::status(file).permissions() == (perms::owner_read | perms::owner_write));
    CHECK(std::filesystem::status(file.parent_path()).permissions() == perms::owner_all);
    CHECK(std::filesystem::status(house.folder / "uploads").permissions() == perms::owner_all);
}

TEST_CASE("what a stored file is, its ending says: the one that its first bytes were given") {
    for (auto const& content :
         {"\x89PNG\r\n\x1A\n"s, "\xFF\xD8\xFF"s, "GIF89a"s, "RIFF....WEBP"s, "RIFF....WAVE"s, "%PDF-"s, "PK\x03\x04"s,
          "\x1F\x8B"s, "OggS"s, "ID3"s, "\x1A\x45\xDF\xA3"s, "....ftyp"s, "<script>"s, "\0"s}) {
        auto const kind = web::recognise(content);
        auto const stored = web::kind_of_stored("ab/cdef" + kind.ending);
        INFO(kind.ending);
        CHECK(stored.type == kind.type);
        CHECK(stored.is_image == kind.is_image);
    }
    CHECK(web::kind_of_stored("ab/cdef").type == "application/octet-stream");
    CHECK(web::kind_of_stored("ab/cdef.html").type == "application/octet-stream");
}

TEST_CASE("sound, films and pictures of one family of formats are told apart by their brands") {
    struct Case {
        std::string brands, type, ending;
    };
    for (auto const& [brands, type, ending] : {
             Case{"heic\0\0\0\0mif1heic"s, "image/heic", ".heic"},
             Case{"mif1\0\0\0\0mif1"s, "image/heif", ".heif"},
             Case{"avif\0\0\0\0mif1avif"s, "image/avif", ".avif"},
             Case{"M4A \0\0\0\0mif1M4A "s, "audio/mp4", ".m4a"},
             Case{"qt  \0\0\0\0qt  "s, "video/quicktime", ".mov"},
             Case{"3gp4\0\0\0\0isom3gp4"s, "video/3gpp", ".3gp"},
             Case{"3g2a\0\0\0\0"s, "video/3gpp2", ".3g2"},
             Case{"isom\0\0\2\0isomiso2avc1mp41"s, "video/mp4", ".mp4"},
             Case{"mp42\0\0\0\0"s, "video/mp4", ".mp4"},
             Case{"", "video/mp4", ".mp4"},
             Case{"mif1", "image/heif", ".heif"},
         }) {
        INFO(brands);
        auto const kind = web::recognise(big_endian(static_cast<std::uint32_t>(8 + brands.size())) + "ftyp" + brands);
        CHECK(kind.type == type);
        CHECK(kind.ending == ending);
        CHECK_FALSE(kind.is_image);
        CHECK(web::kind_of_stored("ab/cdef" + ending).type == type);
    }
}

TEST_CASE("an empty file and a missing file are told apart") {
    House house;
    auto const sara = house.bearer("sara");
    struct Case {
        char const* method;
        char const* target;
        char const* field;
        char const* missing;
        char const* empty;
    };
    for (auto const& [method, target, field, missing, empty] :
         {Case{"POST", "/api/v1/rooms/lobby/files", "file", "Send a file in the field \"file\".",
               "This file is empty. Choose another one."},
          Case{"PUT", "/api/v1/me/avatar", "avatar", "Send a picture in the field \"avatar\".",
               "This picture is empty. Choose another one."}}) {
        INFO(target);
        auto const reason = [&](std::string const& body) {
            auto const heard = house.ask(method, target, sara + multipart_type, body);
            CHECK(heard.status == 422);
            return heard.json()["fields"].value(field, "");
        };
        CHECK(reason(multipart("other", "a.txt", "x")) == missing);
        CHECK(reason(multipart(field, "", "")) == missing);
        CHECK(reason(multipart(field, "a.txt", "")) == empty);
    }
}

TEST_CASE("an attachment keeps the name that its sender gave it") {
    House house;
    int people = 0;
    std::string long_name, long_parameter = "filename=\"";
    for (int i = 0; i < 60; ++i) long_parameter += "é";
    for (int i = 0; i < 57; ++i) long_name += "é";
    long_parameter += "é.jpeg\"";
    long_name += ".jpeg";
    struct Case {
        char const* parameter;
        char const* name;
    };
    for (auto const& [parameter, name] :
         {Case{"filename*=utf-8''caf%C3%A9.txt", "caf\xC3\xA9.txt"}, Case{"filename=plain.txt", "plain.txt"},
          Case{R"(filename="a\"b.txt")", "ab.txt"}, Case{R"(filename="C:\fakepath\a.txt")", "a.txt"},
          Case{"filename=\"he said %22hi%22.txt\"", "he said hi.txt"},
          Case{"filename=\"\u200eWhatsApp Image.txt\"", "WhatsApp Image.txt"},
          Case{"filename=\"نوٹس\u200f \u200b1.txt\"", "نوٹس\u200f 1.txt"},
          Case{"filename=\"party \U0001FAE9.txt\"", "party \U0001FAE9.txt"},
          Case{"filename=\"photo\u202egpj.txt\"", "photogpj.txt"}, Case{"filename=\"\u3164\"", "file.txt"},
          Case{long_parameter.c_str(), long_name.c_str()}}) {
        INFO(parameter);
        auto const sender = house.bearer("sara" + std::to_string(people++));
        auto const body = "--b\r\nContent-Disposition: form-data; name=\"file\"; "s + parameter + "\r\n\r\n" +
                          parameter + "\r\n--b--";
        auto const posted = house.ask("POST", "/api/v1/rooms/lobby/files", sender + multipart_type, body);
        INFO(posted.body);
        REQUIRE(posted.status == 201);
        CHECK(posted.json()["attachments"][0]["name"] == name);
    }
}

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

TEST_CASE("embedded files stand in order and are served as the client takes them") {
    auto const files = web::embedded_files();
    REQUIRE(files.size() > 20);
    CHECK(std::is_sorted(files.begin(), files.end(),
                         [](auto const& one, auto const& other) { return one.name < other.name; }));
    House house;
    auto const page = house.ask("GET", "/login").body;
    auto const at = page.find("/assets/style");
    REQUIRE(at != std::string::npos);
    auto const url = page.substr(at, page.find('"', at) - at);
    auto const plain = house.ask("GET", url);
    REQUIRE(plain.status == 200);
    CHECK(plain.header("Content-Type") == "text/css; charset=utf-8");
    CHECK(plain.header("Cache-Control") == "public, max-age=31536000, immutable");
    for (auto const* coding : {"br", "gzip"}) {
        INFO(coding);
        auto const packed = house.ask("GET", url, {{"Accept-Encoding", coding}});
        CHECK(packed.header("Content-Encoding") == coding);
        CHECK(packed.body.size() < plain.body.size() / 2);
        CHECK(packed.header("ETag") != plain.header("ETag"));
        CHECK(house.ask("GET", url, {{"Accept-Encoding", coding}, {"If-None-Match", packed.header("ETag")}}).status ==
              304);
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

TEST_CASE("what a microphone records is told from a film by its tracks") {
    auto const begin = "\x1A\x45\xDF\xA3"s + "webm";
    CHECK(web::recognise(begin + "V_VP8" + "A_OPUS").type == "video/webm");
    CHECK(web::recognise(begin + "V_VP9").type == "video/webm");
    CHECK(web::recognise(begin + "A_OPUS").type == "audio/webm");
    CHECK(web::kind_of_stored("ab/cdef" + web::recognise(begin + "A_OPUS").ending).type == "audio/webm");
}
