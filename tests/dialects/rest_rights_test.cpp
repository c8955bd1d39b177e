#include "dialects/families.hpp"
#include "web/http/answer.hpp"
#include "web/http/router.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;

namespace {

/// A path that fits a route's pattern.
std::string path_of(web::Route const& route) {
    std::string path;
    for (std::size_t i = 0; i < route.pattern.size(); ++i) {
        if (route.pattern[i] != '{') {
            path += route.pattern[i];
            continue;
        }
        path += 'x';
        i = route.pattern.find('}', i);
    }
    return path;
}

bool is_in_shape(Heard const& heard) {
    auto const json = nlohmann::json::parse(heard.body, nullptr, false);
    return json.is_object() && (json.contains("msg") || json.contains("error"));
}

}  // namespace

TEST_CASE("each route of another family is open to those whom it is for, and says errors in its shape") {
    House house{with_families(true)};
    auto const member = house.bearer("sara");
    std::string csrf;
    auto const cookie = house.cookie("omar", &csrf);
    auto const banned = house.bearer("gone");
    house.sanctions.impose(
        {moderation::Sanction::Kind::ban, house.accounts.find_by_name("gone")->id, {}, "spam", "keeper"});
    web::Router router;
    dialects::add_rest_routes(router);
    REQUIRE(router.routes().size() > 15);
    for (auto const* const route : router.routes()) {
        auto const path = path_of(*route);
        INFO(route->method << ' ' << path);
        Headers const json{{"Content-Type", "application/json"}};
        std::string const body = route->method == "POST" ? "{}" : "";
        REQUIRE(route->refusal);
        if (route->rights != web::Rights::anyone) {
            auto const stranger = house.ask(route->method, path, json, body);
            CHECK(stranger.status == 401);
            CHECK(is_in_shape(stranger));
            auto const refused = house.ask(route->method, path, banned + json, body);
            CHECK(refused.status == 403);
            CHECK(is_in_shape(refused));
        }
        for (auto const& [rights, role] : {std::pair{web::Rights::agent, chat::Role::agent},
                                           {web::Rights::moderator, chat::Role::moderator},
                                           {web::Rights::admin, chat::Role::admin}}) {
            if (route->rights != rights) continue;
            CHECK(house.ask(route->method, path, member + json, body).status == 403);
            auto const admitted = house.bearer(std::string{chat::name(role)} + "-1", role);
            // What they send is nothing, and what they name isn't there.
            auto const heard = house.ask(route->method, path, admitted + json, body).status;
            CHECK((heard == 200 || heard == 400 || heard == 404));
        }
        if (route->method != "POST") continue;
        // A page of another site can't have somebody's browser call it with their cookie.
        auto const foreign = house.ask("POST", path, cookie + json + Headers{{"Origin", "https://evil.example"}}, body);
        CHECK(foreign.status == 403);
        CHECK(is_in_shape(foreign));
        if (route->csrf_rule == web::CsrfRule::session)
            CHECK(house.ask("POST", path, cookie + json, body).status == 403);
    }
}
