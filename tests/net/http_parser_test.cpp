#include "net/http_parser.hpp"

#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace soyuz::net;

namespace {

/// Everything a reader can tell about what a parser made of some bytes.
struct Reading {
    std::vector<HttpRequest> requests;
    int status = 0;
    bool keeps_alive = true;
};

struct Pieces {
    HttpParser parser;
    std::size_t max_body = 1000;
    Reading reading;

    explicit Pieces(HttpParser::Limits limits = {}) : parser(limits) {}

    void feed(std::string_view bytes) {
        for (;;) {
            auto const event = parser.feed(bytes);
            if (event == HttpParser::Event::need_more) return;
            if (event == HttpParser::Event::head) {
                reading.keeps_alive = parser.keeps_alive();
                parser.allow_body(max_body);
            }
            if (event == HttpParser::Event::complete) reading.requests.push_back(parser.take());
            if (event == HttpParser::Event::failed) {
                reading.status = parser.failure_status();
                return;
            }
        }
    }
};

Reading read_whole(std::string_view bytes, HttpParser::Limits limits = {}) {
    Pieces pieces(limits);
    pieces.feed(bytes);
    return pieces.reading;
}

void check_equal(Reading const& left, Reading const& right) {
    CHECK(left.status == right.status);
    CHECK(left.keeps_alive == right.keeps_alive);
    REQUIRE(left.requests.size() == right.requests.size());
    for (std::size_t index = 0; index < left.requests.size(); ++index) {
        CHECK(left.requests[index].method == right.requests[index].method);
        CHECK(left.requests[index].target == right.requests[index].target);
        CHECK(left.requests[index].headers == right.requests[index].headers);
        CHECK(left.requests[index].body == right.requests[index].body);
    }
}

/// The same bytes whole, cut at every place, and byte by byte.
Reading read_every_way(std::string const& bytes, HttpParser::Limits limits = {}) {
    auto const whole = read_whole(bytes, limits);
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        Pieces pieces(limits);
        pieces.feed(std::string_view(bytes).substr(0, cut));
        if (pieces.reading.status == 0) pieces.feed(std::string_view(bytes).substr(cut));
        INFO("cut at " << cut);
        check_equal(pieces.reading, whole);
    }
    Pieces single(limits);
    for (char const letter : bytes) {
        if (single.reading.status == 0) single.feed({&letter, 1});
    }
    check_equal(single.reading, whole);
    return whole;
}

std::string const host = "Host: a\r\n";

}  // namespace

TEST_CASE("a request is read with its target, headers and body") {
    auto const reading = read_every_way(
        "\r\nPOST /rooms/lobby?after=3%20 HTTP/1.1\r\nHost: chat.example:8080\r\nX-Empty:\r\nX-Blank: \t a b\t \r\n"
        "content-length: 5\r\n\r\nhello"
        "GET / HTTP/1.1\r\nHost: b\r\n\r\n");
    CHECK(reading.status == 0);
    REQUIRE(reading.requests.size() == 2);
    auto const& request = reading.requests[0];
    CHECK(request.method == "POST");
    CHECK(request.target == "/rooms/lobby?after=3%20");
    CHECK(request.path() == "/rooms/lobby");
    CHECK(request.query() == "after=3%20");
    CHECK(request.minor_version == 1);
    CHECK(request.header("CONTENT-LENGTH") == "5");
    CHECK(request.header("x-empty").empty());
    CHECK(request.header("X-Blank") == "a b");
    CHECK(request.body == "hello");
    CHECK(reading.requests[1].header("host") == "b");
    CHECK(reading.requests[1].body.empty());
}

TEST_CASE("a chunked body is decoded, its extensions and trailers are dropped") {
    auto const reading = read_every_way(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
        "5\r\nhello\r\n00a;name=\"value\"\r\n, big worl\r\n1\r\nd\r\n0\r\nX-Sum: 1\r\nHost: evil\r\n\r\n"
        "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(reading.status == 0);
    REQUIRE(reading.requests.size() == 2);
    CHECK(reading.requests[0].body == "hello, big world");
    CHECK(reading.requests[0].header("X-Sum").empty());
    CHECK(reading.requests[0].header("Host") == "a");
    CHECK(reading.requests[1].target == "/next");
}

TEST_CASE("targets come in origin, absolute and asterisk form") {
    struct Case {
        std::string line, headers, target;
    };
    for (auto const& [line, headers, target] : std::vector<Case>{
             {"GET / HTTP/1.1", host, "/"},
             {"GET //double?x=/../ HTTP/1.1", host, "//double?x=/../"},
             {"GET /a|b{c}^`\\ HTTP/1.1", host, "/a|b{c}^`\\"},
             {"GET http://a HTTP/1.1", host, "/"},
             {"GET http://a?q HTTP/1.1", host, "/?q"},
             {"GET HTTP://A:80/x?q HTTP/1.1", host, "/x?q"},
             {"GET https://a/x HTTP/1.1", "Host: a:443\r\n", "/x"},
             {"GET http://a:81/x HTTP/1.1", "Host: a:81\r\n", "/x"},
             {"GET http://[::1]:8080/ HTTP/1.1", "Host: [::1]:8080\r\n", "/"},
             {"GET http://a/x HTTP/1.0", "", "/x"},
             {"OPTIONS * HTTP/1.1", host, "*"},
             {"GET / HTTP/1.9", host, "/"},
             {"M-SEARCH /x HTTP/1.1", host, "/x"},
         }) {
        INFO(line);
        auto const reading = read_every_way(line + "\r\n" + headers + "\r\n");
        CHECK(reading.status == 0);
        REQUIRE(reading.requests.size() == 1);
        CHECK(reading.requests[0].target == target);
    }
}

TEST_CASE("what two readers could frame differently is refused") {
    std::string const get = "GET / HTTP/1.1\r\n";
    std::string const post = "POST / HTTP/1.1\r\nHost: a\r\n";
    std::string const chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
    struct Case {
        char const* name;
        std::string bytes;
        int status;
    };
    for (auto const& [name, bytes, status] : std::vector<Case>{
             {"bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
             {"bare LF after a header", get + "Host: a\n\r\n", 400},
             {"bare LF at the end of the head", get + host + "\n", 400},
             {"bare CR in a header", get + host + "X: a\rb\r\n\r\n", 400},
             {"bare CR in the request line", "GET /\r HTTP/1.1\r\n" + host + "\r\n", 400},
             {"doubled CR", get + host + "X: a\r\r\n\r\n", 400},
             {"folded header", get + host + "X: a\r\n b\r\n\r\n", 400},
             {"folded first header", get + " Host: a\r\n\r\n", 400},
             {"tab folding", get + host + "X: a\r\n\tb\r\n\r\n", 400},
             {"space before the colon", get + "Host : a\r\n\r\n", 400},
             {"no colon", get + host + "Nonsense\r\n\r\n", 400},
             {"empty name", get + host + ": x\r\n\r\n", 400},
             {"name that is no token", get + host + "X(y): x\r\n\r\n", 400},
             {"NUL in a value", get + host + std::string("X: a\0b\r\n\r\n", 10), 400},
             {"NUL in a name", get + host + std::string("X\0: a\r\n\r\n", 9), 400},
             {"control byte in a value", get + host + "X: a\x01\r\n\r\n", 400},
             {"DEL in a value", get + host + "X: a\x7f\r\n\r\n", 400},
             {"repeated Content-Length", post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400},
             {"different Content-Lengths", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
             {"list of Content-Lengths", post + "Content-Length: 1, 1\r\n\r\na", 400},
             {"negative Content-Length", post + "Content-Length: -1\r\n\r\n", 400},
             {"signed Content-Length", post + "Content-Length: +1\r\n\r\na", 400},
             {"hexadecimal Content-Length", post + "Content-Length: 0x1\r\n\r\na", 400},
             {"empty Content-Length", post + "Content-Length:\r\n\r\n", 400},
             {"Content-Length with a blank inside", post + "Content-Length: 1 2\r\n\r\n", 400},
             {"Content-Length beyond 64 bits", post + "Content-Length: 99999999999999999999999\r\n\r\n", 413},
             {"both lengths", post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
             {"both lengths the other way", post + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
              400},
             {"other coding", post + "Transfer-Encoding: gzip\r\n\r\n", 400},
             {"coding list", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
             {"identity", post + "Transfer-Encoding: identity\r\n\r\n", 400},
             {"almost chunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400},
             {"quoted chunked", post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 400},
             {"chunked with a vertical tab",
              post + "Transfer-Encoding: \x0b"
                     "chunked\r\n\r\n0\r\n\r\n",
              400},
             {"chunked twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
             {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
             {"no Host", get + "\r\n", 400},
             {"two Hosts", get + host + host + "\r\n", 400},
             {"two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\n" + host + host + "\r\n", 400},
             {"empty Host", get + "Host:\r\n\r\n", 400},
             {"Host with a path", get + "Host: a/b\r\n\r\n", 400},
             {"Host with user information", get + "Host: u@a\r\n\r\n", 400},
             {"Host with a list", get + "Host: a, b\r\n\r\n", 400},
             {"Host with a bad port", get + "Host: a:8o\r\n\r\n", 400},
             {"Host that contradicts the target", "GET http://b/ HTTP/1.1\r\n" + host + "\r\n", 400},
             {"HTTP/0.9", "GET /\r\n\r\n", 400},
             {"no version", "GET / \r\n\r\n", 400},
             {"no target", "GET HTTP/1.1\r\n\r\n", 400},
             {"lower-case protocol", "GET / http/1.1\r\n" + host + "\r\n", 400},
             {"version of three digits", "GET / HTTP/1.10\r\n" + host + "\r\n", 400},
             {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
             {"HTTP/0.9 by name", "GET / HTTP/0.9\r\n\r\n", 505},
             {"two spaces in the request line", "GET  / HTTP/1.1\r\n" + host + "\r\n", 400},
             {"space in the target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", 400},
             {"tab in the request line", "GET\t/ HTTP/1.1\r\n" + host + "\r\n", 400},
             {"byte beyond ASCII in the target", "GET /\xc3\xa9 HTTP/1.1\r\n" + host + "\r\n", 400},
             {"fragment in the target", "GET /a#b HTTP/1.1\r\n" + host + "\r\n", 400},
             {"relative target", "GET a HTTP/1.1\r\n" + host + "\r\n", 400},
             {"other scheme", "GET ftp://a/ HTTP/1.1\r\n" + host + "\r\n", 400},
             {"absolute target with user information", "GET http://u@a/ HTTP/1.1\r\n" + host + "\r\n", 400},
             {"absolute target without host", "GET http:///x HTTP/1.1\r\n" + host + "\r\n", 400},
             {"asterisk without OPTIONS", "GET * HTTP/1.1\r\n" + host + "\r\n", 400},
             {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 400},
             {"TLS on a plain port", std::string("\x16\x03\x01\x02\x00\x01", 6), 400},
             {"space first", " GET / HTTP/1.1\r\n" + host + "\r\n", 400},
             {"two empty lines first", "\r\n\r\n" + get + host + "\r\n", 400},
             {"unknown expectation", post + "Expect: tea\r\nContent-Length: 1\r\n\r\na", 417},
             {"chunk size without digits", chunked + "\r\n\r\n", 400},
             {"chunk size with 0x", chunked + "0x1\r\na\r\n0\r\n\r\n", 400},
             {"negative chunk size", chunked + "-1\r\na\r\n0\r\n\r\n", 400},
             {"blank before a chunk size", chunked + " 1\r\na\r\n0\r\n\r\n", 400},
             {"blank behind a chunk size", chunked + "1 \r\na\r\n0\r\n\r\n", 400},
             {"chunk size of 17 digits", chunked + "00000000000000001\r\na\r\n0\r\n\r\n", 400},
             {"bare LF behind a chunk size", chunked + "1\na\r\n0\r\n\r\n", 400},
             {"bare LF behind a chunk", chunked + "1\r\na\n0\r\n\r\n", 400},
             {"chunk longer than its size", chunked + "1\r\nab\r\n0\r\n\r\n", 400},
             {"control byte in an extension", chunked + "1;a\x01\r\na\r\n0\r\n\r\n", 400},
             {"endless extension", chunked + "1;" + std::string(300, 'a') + "\r\na\r\n0\r\n\r\n", 400},
             {"chunk over the body limit", chunked + "3e9\r\n", 413},
             {"chunk that overflows", chunked + "ffffffffffffffff\r\n", 413},
             {"malformed trailer", chunked + "0\r\nX : a\r\n\r\n", 400},
             {"body over the limit", post + "Content-Length: 1001\r\n\r\n", 413},
         }) {
        INFO(name);
        auto const reading = read_every_way(bytes);
        CHECK(reading.status == status);
        CHECK(reading.requests.empty());
    }
}

TEST_CASE("the limits of line, headers, count and chunks hold to the byte") {
    HttpParser::Limits const limits{.request_line_bytes = 20, .header_bytes = 40, .header_count = 3};
    struct Case {
        char const* name;
        std::string bytes;
        int status;
    };
    for (auto const& [name, bytes, status] : std::vector<Case>{
             {"request line of 20", "GET /234567 HTTP/1.1\r\n" + host + "\r\n", 0},
             {"request line of 21", "GET /2345678 HTTP/1.1\r\n" + host + "\r\n", 414},
             {"request line without end", "GET /2345678901234567890", 414},
             {"headers of 40", "GET / HTTP/1.1\r\n" + host + "X: " + std::string(26, 'x') + "\r\n\r\n", 0},
             {"headers of 43", "GET / HTTP/1.1\r\n" + host + "X: " + std::string(29, 'x') + "\r\n\r\n", 431},
             {"header without end", "GET / HTTP/1.1\r\n" + host + std::string(60, 'x'), 431},
             {"three headers", "GET / HTTP/1.1\r\n" + host + "A: 1\r\nB: 2\r\n\r\n", 0},
             {"four headers", "GET / HTTP/1.1\r\n" + host + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n", 431},
         }) {
        INFO(name);
        auto const reading = read_every_way(bytes, limits);
        CHECK(reading.status == status);
        CHECK(reading.requests.size() == (status == 0 ? 1 : 0));
    }

    std::string const chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    std::string extensions = chunked;
    for (int index = 0; index < 100; ++index) extensions += "1;" + std::string(200, 'a') + "\r\na\r\n";
    CHECK(read_whole(extensions).status == 400);
    std::string trailers = chunked + "0\r\n";
    for (int index = 0; index < 101; ++index) trailers += "A: b\r\n";
    CHECK(read_whole(trailers).status == 431);
    std::string chunks = chunked;
    for (int index = 0; index < 1000; ++index) chunks += "1\r\na\r\n";
    CHECK(read_whole(chunks + "0\r\n\r\n").requests.at(0).body.size() == 1000);
    CHECK(read_whole(chunks + "1\r\na\r\n").status == 413);
}

TEST_CASE("a connection is kept as version and Connection say") {
    struct Case {
        std::string head;
        bool kept;
    };
    for (auto const& [head, kept] : std::vector<Case>{
             {"GET / HTTP/1.1\r\nHost: a\r\n", true},
             {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n", false},
             {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n", false},
             {"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n", false},
             {"GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n", true},
             {"GET / HTTP/1.0\r\n", false},
             {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n", true},
             {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n", false},
         }) {
        INFO(head);
        auto const reading = read_every_way(head + "\r\n");
        CHECK(reading.requests.size() == 1);
        CHECK(reading.keeps_alive == kept);
    }
}

TEST_CASE("100-continue is expected only where a body follows in HTTP/1.1") {
    struct Case {
        std::string head;
        bool expected;
    };
    for (auto const& [head, expected] : std::vector<Case>{
             {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-Continue\r\n\r\n", true},
             {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n", false},
             {"POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n", false},
             {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", false},
         }) {
        INFO(head);
        HttpParser parser({});
        std::string_view bytes = head;
        REQUIRE(parser.feed(bytes) == HttpParser::Event::head);
        CHECK(parser.expects_continue() == expected);
    }
}

TEST_CASE("damaged requests are read the same however they are cut") {
    std::mt19937 random(20'261'121);
    std::string const seed =
        "POST /a?b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: "
        "close\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n"
        "PUT /c HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbodyGET / HTTP/1.0\r\n\r\n";
    std::string letters = "\r\n :;,/*0123fchunkedHTP.\x80\xff\t#";
    letters.push_back('\0');
    auto const below = [&](std::size_t bound) {
        return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
    };
    for (int round = 0; round < 3000; ++round) {
        auto bytes = seed;
        for (std::size_t count = 1 + below(3); count > 0; --count) {
            auto const at = below(bytes.size());
            switch (below(3)) {
                case 0: bytes[at] = letters[below(letters.size())]; break;
                case 1: bytes.erase(at, 1 + below(4)); break;
                default: bytes.insert(at, 1, letters[below(letters.size())]); break;
            }
        }
        auto const whole = read_whole(bytes);
        Pieces pieces;
        for (std::size_t at = 0; at < bytes.size() && pieces.reading.status == 0;) {
            auto const count = 1 + below(20);
            pieces.feed(std::string_view(bytes).substr(at, count));
            at += count;
        }
        INFO(bytes);
        check_equal(pieces.reading, whole);
    }
}
