#include "web/http/conditional_requests.hpp"

#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "web/http/accept_encoding.hpp"

using namespace soyuz;

namespace {

net::HttpRequest request(std::vector<std::pair<std::string, std::string>> headers, std::string method = "GET") {
    net::HttpRequest made;
    made.method = std::move(method);
    made.headers = std::move(headers);
    return made;
}

}  // namespace

TEST_CASE("conditions are weighed in the order of RFC 9110, 13.2.2") {
    using web::Condition;
    using Headers = std::vector<std::pair<std::string, std::string>>;
    for (auto const& [headers, expected] : std::vector<std::pair<Headers, Condition>>{
             {{}, Condition::met},
             {{{"If-None-Match", "\"tag\""}}, Condition::not_modified},
             {{{"if-none-match", "W/\"tag\""}}, Condition::not_modified},
             {{{"If-None-Match", "\"a\", \"b,c\" , \"tag\""}}, Condition::not_modified},
             {{{"If-None-Match", "\"a\""}, {"If-None-Match", "\"tag\""}}, Condition::not_modified},
             {{{"If-None-Match", " * "}}, Condition::not_modified},
             {{{"If-None-Match", "\"ta\", \"tags\", tag"}}, Condition::met},
             {{{"If-None-Match", "\"a"}}, Condition::met},
             {{{"If-Match", "\"tag\""}}, Condition::met},
             {{{"If-Match", "*"}}, Condition::met},
             {{{"If-Match", "W/\"tag\""}}, Condition::failed},
             {{{"If-Match", "\"a\""}, {"If-None-Match", "\"tag\""}}, Condition::failed},
             {{{"If-Match", "\"tag\""}, {"If-None-Match", "\"tag\""}}, Condition::not_modified},
         }) {
        INFO((headers.empty() ? "none" : headers[0].first + ": " + headers[0].second));
        CHECK(web::check_conditions(request(headers), "\"tag\"") == expected);
    }
    CHECK(web::check_conditions(request({{"If-None-Match", "*"}}, "PUT"), "\"tag\"") == web::Condition::failed);
}

TEST_CASE("a range is one, of bytes, and of the content that it is bound to") {
    using Kind = web::WantedRange::Kind;
    struct Case {
        char const* range;
        std::size_t size;
        Kind kind;
        std::size_t first, last;
    };
    for (auto const& [range, size, kind, first, last] : {
             Case{"bytes=0-0", 10, Kind::part, 0, 0},
             Case{"BYTES=3-", 10, Kind::part, 3, 9},
             Case{"bytes=-4", 10, Kind::part, 6, 9},
             Case{"bytes=-40", 10, Kind::part, 0, 9},
             Case{"bytes=9-99999999999999999999999", 10, Kind::part, 9, 9},
             Case{"bytes=10-", 10, Kind::beyond, 0, 0},
             Case{"bytes=99999999999999999999999-", 10, Kind::beyond, 0, 0},
             Case{"bytes=-0", 10, Kind::beyond, 0, 0},
             Case{"bytes=0-", 0, Kind::beyond, 0, 0},
             Case{"bytes=-1", 0, Kind::beyond, 0, 0},
             Case{"bytes=5-4", 10, Kind::whole, 0, 0},
             Case{"bytes=0-1,3-4", 10, Kind::whole, 0, 0},
             Case{"bytes=-", 10, Kind::whole, 0, 0},
             Case{"bytes=", 10, Kind::whole, 0, 0},
             Case{"bytes=+1-2", 10, Kind::whole, 0, 0},
             Case{"lines=0-1", 10, Kind::whole, 0, 0},
             Case{"", 10, Kind::whole, 0, 0},
         }) {
        INFO(range << " of " << size);
        auto const wanted = web::wanted_range(request({{"Range", range}}), "\"tag\"", size);
        CHECK(wanted.kind == kind);
        CHECK(wanted.first == first);
        CHECK(wanted.last == last);
    }
    auto const bound = [](char const* to, char const* method) {
        return web::wanted_range(request({{"Range", "bytes=1-2"}, {"If-Range", to}}, method), "\"tag\"", 10).kind;
    };
    CHECK(bound("\"tag\"", "GET") == Kind::part);
    CHECK(bound("\"tag\"", "HEAD") == Kind::whole);
    CHECK(bound("W/\"tag\"", "GET") == Kind::whole);
    CHECK(bound("\"other\"", "GET") == Kind::whole);
    CHECK(bound("Sat, 21 Nov 2026 07:14:44 GMT", "GET") == Kind::whole);
}

TEST_CASE("a coding is chosen by the client's weights, the better of ours where they are equal") {
    for (auto const& [accepted, expected] : std::vector<std::pair<std::string, std::string>>{
             {"", ""},
             {"gzip", "gzip"},
             {"gzip, br", "br"},
             {"gzip;q=1, br;q=0.999", "gzip"},
             {"*", "br"},
             {"*;q=0.5, br;q=0", "gzip"},
             {"*;q=0", ""},
             {"GZip ; Q=0.001", "gzip"},
             {"gzip;q=0.0000", ""},
             {"gzip;q=1.001", ""},
             {"gzip;q=", ""},
             {"gzip;q=.5", ""},
             {"gzip;q=1.", "gzip"},
             {"identity, gzip;q=0.9", ""},
             {"identity;q=0.5, gzip;q=0.5", "gzip"},
             {"identity;q=0, gzip", "gzip"},
             {"xgzip, brx", ""},
         }) {
        INFO(accepted);
        CHECK(web::preferred_coding(request({{"Accept-Encoding", accepted}}), {"br", "gzip"}) == expected);
    }
}
