#include "outward/settings.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/manual_clock.hpp"
#include "support/folder.hpp"

using namespace soyuz;
using nlohmann::json;
using outward::SettingsKeeper;

TEST_CASE("settings show no secret, and take what can be reached safely") {
    tests::Folder const folder;
    base::ManualClock clock;
    auto const store = tests::open_store(folder.path / "data", clock);
    SettingsKeeper settings{*store};
    REQUIRE(settings.change({{"mail",
                              {{"server", "smtp://mail.example.org:587"},
                               {"from", "soyuz@example.org"},
                               {"username", "soyuz"},
                               {"password", "secret"}}},
                             {"telegram", {{"base", "http://127.0.0.1:8081"}, {"token", "12:ab"}}}}));
    auto const shown = settings.shown().dump();
    CHECK(shown.find("secret") == std::string::npos);
    CHECK(shown.find("12:ab") == std::string::npos);
    CHECK(settings.shown()["mail"]["has_password"] == true);
    struct Case {
        char const* group;
        char const* name;
        json value;
    };
    for (auto const& [group, name, value] : {
             Case{"mail", "server", "http://mail.example.org"},
             Case{"mail", "server", "smtp://"},
             Case{"mail", "server", "smtp://a b"},
             Case{"mail", "from", "nobody"},
             Case{"mail", "password", "a\r\nb"},
             Case{"mail", "username", 7},
             Case{"telegram", "base", "http://api.example.org"},
             Case{"telegram", "base", "file:///etc/passwd"},
             Case{"telegram", "token", "a/../b"},
         }) {
        INFO(group << '.' << name << ' ' << value);
        auto const refused = settings.change({{group, {{name, value}}}});
        REQUIRE_FALSE(refused);
        CHECK(refused.error().fields.contains(name));
    }
    SettingsKeeper const again{*store};
    CHECK(again.get().mail.password == "secret");
    CHECK(again.get().telegram.token == "12:ab");
}

TEST_CASE("this machine is known by its names") {
    using outward::is_loopback_host;
    for (auto const* here : {"smtp://127.0.0.1:25", "http://localhost:1/x", "https://[::1]:80"})
        CHECK(is_loopback_host(here));
    for (auto const* there : {"smtp://127.0.0.1.example.org", "http://localhost.example.org",
                              "https://example.org/localhost", "http://127.0.0.1@example.org"})
        CHECK_FALSE(is_loopback_host(there));
}
