#include "web/http/csrf_mask.hpp"

#include "base/random.hpp"
#include "web/house.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;

TEST_CASE("a masked token is another each time and the same below the mask") {
    auto const token = base::random_token();
    auto const masked = web::mask_token(token);
    CHECK(masked != web::mask_token(token));
    CHECK(masked.find(token.substr(0, 8)) == std::string::npos);
    CHECK(web::unmask_token(masked) == token);
    for (std::string const& given : {token, std::string{}, std::string{"x"}, std::string(115, '!')})
        CHECK(web::unmask_token(given) == given);
}

TEST_CASE("pages show their token masked, and both forms of it are taken") {
    House house;
    std::string plain;
    auto const cookie = house.cookie("sara", &plain);
    auto const first = csrf_token_in(house.ask("GET", "/settings", cookie));
    auto const second = csrf_token_in(house.ask("GET", "/settings", cookie));
    CHECK(first != second);
    for (auto const* path : {"/settings", "/chat/lobby"}) {
        INFO(path);
        CHECK(house.ask("GET", path, cookie).body.find(plain) == std::string::npos);
    }
    for (auto const& [token, status] : {std::pair{first, 200},
                                        {second, 200},
                                        {plain, 200},
                                        {web::mask_token(base::random_token()), 403},
                                        {first.substr(1) + 'A', 403}}) {
        auto const heard =
            house.send("PATCH", "/api/v1/me", {{"display_name", "Sara"}}, cookie + Headers{{"X-CSRF-Token", token}});
        CHECK(heard.status == status);
    }
}

TEST_CASE("a form to sign in outlives a restart of the server") {
    House before;
    auto const page = before.ask("GET", "/login");
    auto const cookie = page.cookie("soyuz_visitor");
    House after;
    after.bearer("sara");
    auto const heard =
        after.send_form("/login", "username=sara&password=correct+horse+battery&csrf_token=" + csrf_token_in(page),
                        {{"Cookie", cookie.substr(0, cookie.find(';'))}});
    CHECK(heard.status == 303);
}
