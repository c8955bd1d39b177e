#include "web/http/router.hpp"

#include <catch2/catch.hpp>

using namespace soyuz::web;
using Kind = Router::Match::Kind;

namespace {

Router a_router() {
    Router router;
    auto const nothing = [](SiteContext&, Call&) {};
    router.get("/", Rights::anyone, nothing);
    router.get("/api/v1/rooms", Rights::signed_in, nothing);
    router.post("/api/v1/rooms", Rights::signed_in, nothing);
    router.get("/api/v1/rooms/{name}", Rights::signed_in, nothing);
    router.get("/api/v1/rooms/{name}/messages", Rights::signed_in, nothing);
    router.remove("/api/v1/messages/{id}/reactions/{emoji}", Rights::signed_in, nothing);
    router.get("/uploads/{name...}", Rights::anyone, nothing);
    return router;
}

struct Case {
    char const* method;
    char const* path;
    Kind kind;
    char const* pattern;
    std::vector<std::string> values;
};

}  // namespace

TEST_CASE("a path leads to the route of its pattern, with its names decoded") {
    auto const router = a_router();
    for (auto const& [method, path, kind, pattern, values] : {
             Case{"GET", "/", Kind::found, "/", {}},
             Case{"HEAD", "/", Kind::found, "/", {}},
             Case{"GET", "/api/v1/rooms", Kind::found, "/api/v1/rooms", {}},
             Case{"GET", "/api/v1/%72ooms", Kind::found, "/api/v1/rooms", {}},
             Case{"GET", "/api/v1/rooms/lobby", Kind::found, "/api/v1/rooms/{name}", {"lobby"}},
             Case{"GET", "/api/v1/rooms/a%20b/messages", Kind::found, "/api/v1/rooms/{name}/messages", {"a b"}},
             Case{"DELETE",
                  "/api/v1/messages/r-1/reactions/%F0%9F%91%8D",
                  Kind::found,
                  "/api/v1/messages/{id}/reactions/{emoji}",
                  {"r-1", "👍"}},
             Case{"GET", "/uploads/ab/cd.png", Kind::found, "/uploads/{name...}", {"ab/cd.png"}},
             Case{"PUT", "/api/v1/rooms", Kind::no_such_method, "", {}},
             Case{"BREW", "/api/v1/rooms", Kind::no_such_method, "", {}},
             Case{"GET", "/api/v1/rooms/", Kind::no_such_path, "", {}},
             Case{"GET", "/api/v1", Kind::no_such_path, "", {}},
             Case{"GET", "", Kind::no_such_path, "", {}},
             Case{"GET", "*", Kind::no_such_path, "", {}},
             Case{"GET", "/uploads/../data/users.json", Kind::no_such_path, "", {}},
             Case{"GET", "/uploads/%2e%2e/data/users.json", Kind::no_such_path, "", {}},
             Case{"GET", "/uploads/..%2fdata", Kind::no_such_path, "", {}},
             Case{"GET", "/uploads/a/..%5cdata", Kind::no_such_path, "", {}},
             Case{"GET", "/uploads//etc/passwd", Kind::no_such_path, "", {}},
             Case{"GET", "/uploads/a%00b", Kind::no_such_path, "", {}},
             Case{"GET", "/uploads/a/%2e/b", Kind::no_such_path, "", {}},
             Case{"GET", "/api/v1/rooms/%ff%fe", Kind::malformed, "", {}},
             Case{"GET", "/%", Kind::malformed, "", {}},
             Case{"GET", "/%4", Kind::malformed, "", {}},
             Case{"GET", "/%zz", Kind::malformed, "", {}},
             Case{"GET", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s", Kind::no_such_path, "", {}},
         }) {
        INFO(method << ' ' << path);
        auto const match = router.match(method, path);
        CHECK(match.kind == kind);
        CHECK((match.route != nullptr ? match.route->pattern : "") == pattern);
        REQUIRE(match.parameters.size() >= values.size());
        for (std::size_t i = 0; i < values.size(); ++i) CHECK(match.parameters[i].second == values[i]);
    }
    CHECK(router.match("PUT", "/api/v1/rooms").allow == "GET, HEAD, POST, OPTIONS");
    CHECK(router.match("GET", "/" + std::string(5000, 'a')).kind == Kind::no_such_path);
}

TEST_CASE("forms are decoded, and what can't be decoded is left out") {
    auto const fields = parse_form("a=1+2&b=%C3%A9&bad=%zz&=empty&c&b=again&bytes=%ff");
    REQUIRE(fields.size() == 4);
    CHECK(fields[0] == std::pair<std::string, std::string>{"a", "1 2"});
    CHECK(fields[1] == std::pair<std::string, std::string>{"b", "é"});
    CHECK(fields[2] == std::pair<std::string, std::string>{"c", ""});
    CHECK(fields[3].second == "again");
    CHECK(parse_form("").empty());
    CHECK(percent_decode(percent_encode("/a b?ü%")) == "/a b?ü%");
}
