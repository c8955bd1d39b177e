
#include "web/files/assets.hpp"
#include "web/files/embedded.hpp"
#include "web/files/uploads.hpp"
#include "web/forms.hpp"
#include "web/house.hpp"
#include "web/pictures.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;
using namespace std::string_literals;

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

TEST_CASE("what a microphone records is told from a film by its tracks") {
    auto const begin = "\x1A\x45\xDF\xA3"s + "webm";
    CHECK(web::recognise(begin + "V_VP8" + "A_OPUS").type == "video/webm");
    CHECK(web::recognise(begin + "V_VP9").type == "video/webm");
    CHECK(web::recognise(begin + "A_OPUS").type == "audio/webm");
    CHECK(web::kind_of_stored("ab/cdef" + web::recognise(begin + "A_OPUS").ending).type == "audio/webm");
}
