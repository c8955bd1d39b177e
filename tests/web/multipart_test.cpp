#include "web/http/multipart.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace soyuz;
using namespace std::string_literals;
using web::multipart_boundary;
using web::MultipartReader;

namespace {

std::string part(std::string const& headers, std::string const& content) {
    return "--b\r\n" + headers + "\r\n\r\n" + content + "\r\n";
}

std::string field(std::string const& name, std::string const& content) {
    return part("Content-Disposition: form-data; name=\"" + name + "\"", content);
}

std::string repeat(std::string const& text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

}  // namespace

TEST_CASE("a multipart body gives its parts in order") {
    auto const body =
        "a preamble\r\n" + field("one", "1") + field("two", "") + field("one", "x--b\r\n--bb\r\n\r\n--b-") +
        part("content-type: text/plain\r\ncontent-disposition: FORM-DATA; NAME=file; filename=a.txt", "\r\n\0\xFF"s) +
        "--b--\r\nan epilogue";
    auto const parts = MultipartReader{"b", body}.read();
    REQUIRE(parts);
    REQUIRE(parts->size() == 4);
    CHECK((*parts)[0].name == "one");
    CHECK((*parts)[0].content == "1");
    CHECK((*parts)[1].name == "two");
    CHECK((*parts)[1].content.empty());
    CHECK_FALSE((*parts)[1].is_file);
    CHECK((*parts)[2].content == "x--b\r\n--bb\r\n\r\n--b-");
    CHECK((*parts)[3].name == "file");
    CHECK((*parts)[3].is_file);
    CHECK((*parts)[3].content == "\r\n\0\xFF"s);
}

TEST_CASE("what a file is called is read as each client writes it") {
    struct Case {
        char const* parameters;
        char const* name;
        bool is_file = true;
    };
    for (auto const& [parameters, name, is_file] : {
             Case{R"(filename="plain.txt")", "plain.txt"},
             Case{"filename=plain.txt", "plain.txt"},
             Case{"filename = plain.txt ", "plain.txt"},
             Case{"FileName=\"a;b=c.txt\"", "a;b=c.txt"},
             Case{R"(filename="a\"b.txt")", "a\"b.txt"},
             Case{R"(filename="a\\b.txt")", R"(a\b.txt)"},
             Case{R"(filename="C:\fakepath\new.txt")", R"(C:\fakepath\new.txt)"},
             Case{R"(filename="he said %22hi%22.txt")", "he said \"hi\".txt"},
             Case{R"(filename="two%0D%0Alines.txt")", "two lines.txt"},
             Case{R"(filename="100%.txt")", "100%.txt"},
             Case{"filename=\"caf\xC3\xA9.txt\"", "caf\xC3\xA9.txt"},
             Case{"filename*=utf-8''caf%C3%A9.txt", "caf\xC3\xA9.txt"},
             Case{"filename*=UTF-8'en'caf%C3%A9.txt", "caf\xC3\xA9.txt"},
             Case{"filename*=\"utf-8''caf%C3%A9.txt\"", "caf\xC3\xA9.txt"},
             Case{"filename=\"cafe.txt\"; filename*=utf-8''caf%C3%A9.txt", "caf\xC3\xA9.txt"},
             Case{"filename*=utf-8''caf%C3%A9.txt; filename=\"cafe.txt\"", "caf\xC3\xA9.txt"},
             Case{"filename*=utf-8''a%0D%0Ab.txt", "ab.txt"},
             Case{"filename=\"cafe.txt\"; filename*=utf-8''%FF", "cafe.txt"},
             Case{"filename=\"cafe.txt\"; filename*=koi8-r''%C1", "cafe.txt"},
             Case{"filename*=nonsense", ""},
             Case{"filename=\"\"", ""},
             Case{"flag; filename=\"first.txt\"; filename=\"second.txt\"", "first.txt"},
             Case{"size=3;;", "", false},
         }) {
        INFO(parameters);
        auto const body = part("Content-Disposition: form-data; name=\"file\"; "s + parameters, "abc") + "--b--";
        auto const parts = MultipartReader{"b", body}.read();
        REQUIRE(parts);
        CHECK((*parts)[0].name == "file");
        CHECK((*parts)[0].file_name == name);
        CHECK((*parts)[0].is_file == is_file);
    }
}

TEST_CASE("an empty file is a file, and a file input left alone is none") {
    auto const body = part("Content-Disposition: form-data; name=\"empty\"; filename=\"a.txt\"", "") +
                      part("Content-Disposition: form-data; name=\"none\"; filename=\"\"", "") + "--b--";
    auto const parts = MultipartReader{"b", body}.read();
    REQUIRE(parts);
    CHECK((*parts)[0].is_file);
    CHECK_FALSE((*parts)[1].is_file);
}

TEST_CASE("malformed and outsize multipart bodies are refused") {
    struct Case {
        char const* name;
        std::string body;
        bool good = false;
    };
    auto const disposition = "Content-Disposition: form-data; name=\"a\""s;
    for (auto const& [name, body, good] : {
             Case{"nothing", ""},
             Case{"no delimiter", "nonsense"},
             Case{"another boundary", "--c\r\n" + disposition + "\r\n\r\nx\r\n--c--"},
             Case{"no end", part(disposition, "x")},
             Case{"no end of a header", "--b\r\n" + disposition},
             Case{"no headers", "--b\r\n\r\nx\r\n--b--"},
             Case{"no disposition", part("Content-Type: text/plain", "x") + "--b--"},
             Case{"no name", part("Content-Disposition: form-data", "x") + "--b--"},
             Case{"another disposition", part("Content-Disposition: attachment; name=\"a\"", "x") + "--b--"},
             Case{"a disposition without a colon", part("Content-Disposition", "x") + "--b--"},
             Case{"a quoted name without end", part("Content-Disposition: form-data; name=\"a", "x") + "--b--"},
             Case{"an end without parts", "--b--", true},
             Case{"a part that ends with its headers", "--b\r\n" + disposition + "\r\n\r\n--b--", true},
             Case{"blanks behind a boundary", "--b \t\r\n" + disposition + "\r\n\r\nx\r\n--b--", true},
             Case{"a folded header", part("Content-Disposition: form-data;\r\n name=\"a\"", "x") + "--b--", true},
             Case{"a name of 100 bytes", field(std::string(100, 'n'), "x") + "--b--", true},
             Case{"a name of 101 bytes", field(std::string(101, 'n'), "x") + "--b--"},
             Case{"a kilobyte of headers", part("X: " + std::string(978, 'x') + "\r\n" + disposition, "x") + "--b--",
                  true},
             Case{"more than a kilobyte of headers",
                  part("X: " + std::string(990, 'x') + "\r\n" + disposition, "x") + "--b--"},
             Case{"16 parts", repeat(field("a", "x"), 16) + "--b--", true},
             Case{"17 parts", repeat(field("a", "x"), 17) + "--b--"},
         }) {
        INFO(name);
        auto const parts = MultipartReader{"b", body}.read();
        CHECK(bool(parts) == good);
        if (!parts) CHECK(parts.error().code == base::Code::bad_request);
    }
}

TEST_CASE("work grows with the length of a multipart body, whatever stands in it") {
    auto const extended = "Content-Disposition: form-data; name=\"a\"; filename*="s;
    for (auto const& body : {
             repeat("\r", 100'000),
             repeat("\r\n", 50'000),
             repeat("\r\n--", 25'000),
             repeat("\r\n--b", 20'000),
             "--b" + repeat(" ", 100'000),
             repeat("\r\n--b        ", 10'000),
             "--b\r\n" + repeat("A: b\r\n", 20'000),
             "--b\r\n" + extended + repeat("a", 7'900),
             "--b\r\nContent-Disposition: form-data; name=\"a" + repeat("\"; filename*=", 600) + "\r\n\r\n",
             "--b\r\nContent-Disposition: form-data" + repeat(";", 900) + "\r\n\r\n",
             repeat(field("a", repeat("\r\n-", 2'000)), 17),
         }) {
        INFO(body.substr(0, 60));
        MultipartReader reader{"b", body};
        (void)reader.read();
        CHECK(reader.bytes_looked_at() <= 5 * body.size() + 17 * 80);
    }
}

TEST_CASE("a boundary is read from its parameter alone") {
    struct Case {
        std::string type;
        std::string boundary;
    };
    for (auto const& [type, boundary] : {
             Case{"multipart/form-data; boundary=b", "b"},
             Case{"Multipart/Form-Data ; charset=utf-8;BOUNDARY=\"b c\" ; x=y", "b c"},
             Case{"multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
                  "----WebKitFormBoundary7MA4YWxkTrZu0gW"},
             Case{"multipart/form-data; boundary=" + std::string(70, 'b'), std::string(70, 'b')},
             Case{"multipart/form-data; boundary=" + std::string(71, 'b'), ""},
             Case{"multipart/form-data; xboundary=b", ""},
             Case{"multipart/form-data; x=\"boundary=b\"", ""},
             Case{"multipart/form-data; boundary=\"b", ""},
             Case{"multipart/form-data; boundary=", ""},
             Case{"multipart/form-data", ""},
             Case{"multipart/mixed; boundary=b", ""},
             Case{"", ""},
         }) {
        INFO(type);
        CHECK(multipart_boundary(type) == boundary);
    }
}
