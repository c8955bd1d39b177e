#include <fstream>
#include <future>
#include <memory>

#include "web/files/qr.hpp"
#include "web/house.hpp"
#include "web/http/router.hpp"
#include "web/pages/catalogue.hpp"
#include "web/pages/message_rows.hpp"
#include "web/pages/message_view.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;
using namespace std::chrono_literals;

namespace {

struct Visitor {
    Headers cookie;
    std::string token;
};

/// Opens a page with a form as a browser without a session would.
Visitor visit(House& house, std::string const& target) {
    auto const page = house.ask("GET", target);
    REQUIRE(page.status == 200);
    auto const line = page.cookie("soyuz_visitor");
    return {{{"Cookie", line.substr(0, line.find(';'))}}, csrf_token_in(page)};
}

}  // namespace

TEST_CASE("until there is an owner, the set-up is the only way in") {
    House house{{}, {}, false};
    // An account that somebody put there by other means is no owner.
    house.bearer("early");
    nlohmann::json const stranger{{"username", "stranger"}, {"password", House::password}};
    auto const refused = house.send("POST", "/api/v1/register", stranger);
    CHECK(refused.status == 403);
    CHECK(refused.error() == "registration_closed");
    CHECK(refused.json()["message"].get<std::string>().find("set-up link") != std::string::npos);
    CHECK(house.send("POST", "/auth/simple_signup", stranger).status == 403);
    for (auto const* page : {"/", "/login", "/signup", "/join/abcdefghij"}) {
        INFO(page);
        auto heard = house.ask("GET", page);
        if (heard.header("Location") == "/login") heard = house.ask("GET", "/login");
        CHECK(heard.status == 303);
        CHECK(heard.header("Location") == "/setup");
    }
    CHECK(house.ask("GET", "/setup").body.find("set-up link") != std::string::npos);

    auto const token = house.site->setup_token();
    auto const visitor = visit(house, "/setup?token=" + token);
    auto const made = house.send_form("/setup",
                                      "token=" + token + "&csrf_token=" + visitor.token +
                                          "&username=teacher&password=correct+horse+battery&purpose=class",
                                      visitor.cookie);
    REQUIRE(made.status == 303);
    CHECK(house.accounts.find_by_name("teacher")->role == chat::Role::owner);
    std::ifstream document{house.folder / "data" / "users.json"};
    CHECK((std::string{std::istreambuf_iterator<char>{document}, {}}).find("teacher") != std::string::npos);
    // A class is by invite.
    CHECK(house.send("POST", "/api/v1/register", stranger).error() == "invite_needed");
}

TEST_CASE("the set-up link makes the owner once, with the purpose applied") {
    House house{{}, {}, false};
    auto const token = house.site->setup_token();
    REQUIRE(token.size() > 20);
    CHECK(house.ask("GET", "/setup").status == 403);
    CHECK(house.ask("GET", "/setup?token=wrong").status == 403);
    auto const visitor = visit(house, "/setup?token=" + token);
    auto const form = [&](std::string const& password, std::string const& purpose) {
        return house.send_form("/setup",
                               "token=" + token + "&csrf_token=" + visitor.token +
                                   "&username=teacher&display_name=Ms+Khan&password=" + password +
                                   "&purpose=" + purpose + "&instance_name=Class+7b",
                               visitor.cookie);
    };
    auto const weak = form("short", "class");
    CHECK(weak.status == 422);
    CHECK(weak.body.find("value=\"Ms Khan\"") != std::string::npos);
    CHECK(form("correct+horse+battery", "nonsense").status == 422);
    CHECK(house.accounts.count() == 0);
    auto const made = form("correct+horse+battery", "class");
    REQUIRE(made.status == 303);
    CHECK(made.header("Location") == "/chat");
    CHECK_FALSE(made.cookie("soyuz_session").empty());
    CHECK(house.accounts.find_by_name("teacher")->role == chat::Role::owner);
    CHECK(house.settings.get()->name == "Class 7b");
    CHECK(house.settings.get()->purpose == chat::Purpose::class_);
    CHECK(house.site->setup_token().empty());
    CHECK(form("correct+horse+battery", "class").status == 404);
    CHECK(house.ask("GET", "/setup?token=" + token).status == 404);
}

TEST_CASE("a visitor signs up through the form, and what was wrong is said at its field") {
    House house;
    auto const visitor = visit(house, "/signup");
    auto const wrong = house.send_form(
        "/signup", "csrf_token=" + visitor.token + "&username=a+b&password=x&display_name=%3Cb%3E", visitor.cookie);
    CHECK(wrong.status == 422);
    CHECK(wrong.body.find("aria-invalid=\"true\"") != std::string::npos);
    CHECK(wrong.body.find("value=\"&lt;b&gt;\"") != std::string::npos);
    auto const good = house.send_form(
        "/signup", "csrf_token=" + visitor.token + "&username=ali&password=correct+horse+battery&display_name=Ali",
        visitor.cookie);
    REQUIRE(good.status == 303);
    CHECK(good.header("Location") == "/chat");
    CHECK(house.accounts.find_by_name("ali")->display_name == "Ali");
}

TEST_CASE("the chat page holds the messages before any script has run") {
    House house;
    auto const sara = house.cookie("sara");
    auto const omar = house.bearer("omar");
    for (auto const* text : {"Salaam **everybody**", "<img src=x onerror=alert(1)>", "see https://example.org"}) {
        REQUIRE(house.send("POST", "/api/v1/rooms/lobby/messages", {{"text", text}}, omar).status == 201);
        house.clock.advance(2s);
    }
    auto const page = house.ask("GET", "/chat/lobby", sara);
    REQUIRE(page.status == 200);
    CHECK(page.body.find("Salaam <strong>everybody</strong>") != std::string::npos);
    CHECK(page.body.find("<img src=x") == std::string::npos);
    CHECK(page.body.find("&lt;img src=x onerror=alert(1)&gt;") != std::string::npos);
    CHECK(page.body.find("<a href=\"https://example.org\" rel=\"noopener noreferrer nofollow\"") != std::string::npos);
    CHECK(page.body.find("id=\"unread-line\"") != std::string::npos);
    CHECK(house.ask("GET", "/chat", sara).header("Location") == "/chat/lobby");
    CHECK(house.ask("GET", "/chat/nowhere", sara).status == 404);
    CHECK(house.ask("GET", "/chat/lobby").header("Location") == "/login?next=%2Fchat%2Flobby");
}

TEST_CASE("what pages keep of earlier renderings never shows to whom it isn't meant for, nor after a change") {
    House house;
    auto const omar = house.bearer("omar");
    auto const user = [&](char const* name) { return house.accounts.find_by_name(name); };
    REQUIRE(house.send("POST", "/api/v1/rooms/lobby/messages", {{"text", "first"}}, omar).status == 201);
    auto const page_of = [&](char const* name, std::string const& language = "en") {
        return house.ask("GET", "/chat/lobby", house.cookie(name) + Headers{{"Accept-Language", language}}).body;
    };
    auto const has = [](std::string const& page, std::string const& text) {
        return page.find(text) != std::string::npos;
    };
    for (int round = 0; round < 2; ++round) {
        auto const own = page_of("omar");
        CHECK(has(own, "<li class=\"msg own\""));
        CHECK(has(own, "<small dir=\"ltr\">@omar</small>"));
        auto const other = page_of("sara");
        CHECK(has(other, "<li class=\"msg\""));
        CHECK_FALSE(has(other, "<li class=\"msg own\""));
        CHECK(has(other, "<small dir=\"ltr\">@sara</small>"));
        CHECK_FALSE(has(other, "<small dir=\"ltr\">@omar</small>"));
        auto const urdu = page_of("sara", "ur");
        CHECK(has(urdu, "<html lang=\"ur\" dir=\"rtl\""));
    }
    auto const change = [&](auto const& start) {
        std::promise<void> done;
        start([&](auto const& result, auto const&, auto) {
            REQUIRE(result.ok());
            done.set_value();
        });
        done.get_future().get();
    };
    base::MessageId const id{house.rooms.lobby()->id, 1};
    change([&](auto done) { house.messages.editor.edit({user("omar"), "", false}, id, "second", done); });
    CHECK(has(page_of("sara"), "<p dir=\"auto\">second</p>"));
    CHECK_FALSE(has(page_of("sara"), "<p dir=\"auto\">first</p>"));
    change([&](auto done) { house.messages.editor.react({user("sara"), "", false}, id, "👍", true, done); });
    CHECK(has(page_of("sara"), "class=\"reaction mine\""));
    CHECK(has(page_of("omar"), "class=\"reaction\""));
    CHECK_FALSE(has(page_of("omar"), "class=\"reaction mine\""));
    chat::Accounts::ProfileChange name;
    name.display_name = "Omar the Second";
    REQUIRE(house.accounts.change_profile(user("omar")->id, name).ok());
    CHECK(has(page_of("sara"), "data-f=\"name\">Omar the Second</bdi>"));
    change([&](auto done) { house.messages.editor.remove({user("omar"), "", false}, id, done); });
    CHECK_FALSE(has(page_of("sara"), "<p dir=\"auto\">second</p>"));
}

TEST_CASE("a row shows the user name where a display name is shared") {
    House house;
    auto const sara = house.bearer("sara");
    auto const omar = house.bearer("omar");
    REQUIRE(house.send("PATCH", "/api/v1/me", {{"display_name", "Sara Khan"}}, sara).status == 200);
    auto const posted = house.send("POST", "/api/v1/rooms/lobby/messages", {{"text", "first"}}, sara);
    CHECK_FALSE(posted.json()["sender"].contains("shares_name"));
    auto const is_shown = [&](std::string const& row) {
        auto const page = house.ask("GET", "/chat/lobby", house.cookie("omar")).body;
        return page.find(row) != std::string::npos;
    };
    CHECK(is_shown("<small class=\"msg-user\" dir=\"ltr\" data-f=\"user\" hidden>@sara</small>"));
    REQUIRE(house.send("PATCH", "/api/v1/me", {{"display_name", "Sara Khan"}}, omar).status == 200);
    CHECK(is_shown("<small class=\"msg-user\" dir=\"ltr\" data-f=\"user\">@sara</small>"));
    CHECK(is_shown("<small class=\"muted\" dir=\"ltr\">@omar</small>"));
    auto const later = house.send("POST", "/api/v1/rooms/lobby/messages", {{"text", "second"}}, sara);
    CHECK(later.json()["sender"]["shares_name"] == true);
}

TEST_CASE("rows with other reasons or another case have other keys") {
    House house;
    house.bearer("omar");
    chat::Message message;
    message.sender = house.accounts.find_by_name("omar");
    auto const key = [&] { return web::row_key("en", message, nullptr, nullptr, *message.sender, house.accounts); };
    auto const plain = key();
    CHECK(key() == plain);
    message.verdict.case_id = "case";
    auto const with_case = key();
    CHECK(with_case != plain);
    message.verdict.reasons = {"spam"};
    CHECK(key() != with_case);
}

TEST_CASE("rows that were used last are kept, within a bound") {
    web::MessageRows rows{1'000};
    auto const row = [](int n) {
        return std::make_shared<std::string const>(std::string(90, 'a') + std::to_string(n));
    };
    for (int n = 0; n < 100; ++n) {
        rows.keep("key" + std::to_string(n), row(n));
        REQUIRE(rows.find("key0") != nullptr);
        REQUIRE(*rows.find("key" + std::to_string(n)) == *row(n));
    }
    int kept = 0;
    for (int n = 0; n < 100; ++n) kept += rows.find("key" + std::to_string(n)) != nullptr ? 1 : 0;
    CHECK(kept <= 12);
}

TEST_CASE("pages speak the reader's language and direction") {
    House house;
    CHECK(house.ask("GET", "/login").body.find("<html lang=\"en\" dir=\"ltr\"") != std::string::npos);
    CHECK(house.ask("GET", "/login", {{"Accept-Language", "fr, ur;q=0.9, en;q=0.8"}})
              .body.find("<html lang=\"ur\" dir=\"rtl\"") != std::string::npos);
    CHECK(house.ask("GET", "/login", {{"Cookie", "soyuz_lang=ur"}}).body.find("lang=\"ur\"") != std::string::npos);
    auto const chosen = house.ask("GET", "/login?lang=ur");
    CHECK(chosen.body.find("<html lang=\"ur\"") != std::string::npos);
    CHECK(chosen.cookie("soyuz_lang").starts_with("soyuz_lang=ur;"));
    CHECK(house.ask("GET", "/login?lang=fa").body.find("<html lang=\"fa\" dir=\"rtl\"") != std::string::npos);
    CHECK(house.ask("GET", "/login?lang=xx").body.find("<html lang=\"en\"") != std::string::npos);
    CHECK(house.ask("GET", "/login", {{"Cookie", "soyuz_theme=dark"}}).body.find("data-theme=\"dark\"") !=
          std::string::npos);
    CHECK(house.ask("GET", "/login", {{"Cookie", "soyuz_theme=\"><script>"}}).body.find("\"><script>") ==
          std::string::npos);
}

TEST_CASE("the catalogue falls back to English, and fills in values") {
    web::Catalogue const catalogue{
        {{"en", R"({"a":"A {0} of {1}","b":"B","b.c":"{2} {x} {"})"}, {"ur", R"({"a":"{1} {0}"})"}}};
    CHECK(catalogue.text("en", "a", {"x", "y"}) == "A x of y");
    CHECK(catalogue.text("ur", "a", {"x", "y"}) == "y x");
    CHECK(catalogue.text("ur", "b") == "B");
    CHECK(catalogue.text("en", "missing") == "missing");
    CHECK(catalogue.text("en", "b.c", {"1"}) == "{2} {x} {");
}

TEST_CASE("every language that has a catalogue can be chosen by its own name") {
    House house;
    std::string token;
    auto const cookie = house.cookie("sara", &token);
    auto const login = house.ask("GET", "/login").body;
    auto const settings = house.ask("GET", "/settings", cookie).body;
    web::Catalogue const catalogue;
    auto const languages = catalogue.languages();
    REQUIRE(languages.size() >= 3);
    CHECK(languages.front().code == "en");
    for (auto const& each : languages) {
        INFO(each.code);
        CHECK(each.name != each.code);
        CHECK(login.find("href=\"?lang=" + each.code + "\"") != std::string::npos);
        CHECK(login.find(">" + each.name + "</a>") != std::string::npos);
        CHECK(settings.find("name=\"lang\" value=\"" + each.code + "\"") != std::string::npos);
        auto const kept = house.send_form("/settings/appearance", "csrf_token=" + token + "&lang=" + each.code, cookie);
        CHECK(kept.cookie("soyuz_lang").starts_with("soyuz_lang=" + each.code + ";"));
    }
}

TEST_CASE("a catalogue says how its language is written") {
    web::Catalogue const catalogue{
        {{"en", R"({"language.name":"English","language.script":"Latn","language.digits":"0123456789"})"},
         {"he", R"({"language.script":"Hebr"})"},
         {"fa", R"({"language.name":"فارسی","language.script":"Arab","language.digits":"۰۱۲۳۴۵۶۷۸۹"})"}}};
    CHECK(catalogue.direction("en") == "ltr");
    CHECK(catalogue.direction("fa") == "rtl");
    CHECK(catalogue.direction("he") == "rtl");
    CHECK(catalogue.direction("xx") == "ltr");

    struct Case {
        char const *language, *text, *digits, *isolated;
    };
    for (auto const& each :
         {Case{"en", "12:05", "12:05", "12:05"}, Case{"fa", "12:05", "۱۲:۰۵", "\u206812:05\u2069"},
          Case{"fa", "85", "۸۵", "85"}, Case{"fa", "ali", "ali", "\u2068ali\u2069"}, Case{"he", "4", "4", "4"},
          Case{"en", "سارہ", "سارہ", "\u2068سارہ\u2069"}, Case{"en", "Zoë 👋", "Zoë 👋", "Zoë 👋"}}) {
        INFO(each.language << ' ' << each.text);
        CHECK(catalogue.digits(each.language, each.text) == each.digits);
        CHECK(catalogue.isolated(each.language, each.text) == each.isolated);
    }
}

TEST_CASE("a wrong template is shown to the owner with its line, and to nobody else") {
    tests::Folder const temporary;
    auto const& folder = temporary.path;
    std::ofstream{folder / "settings.html"} << "fine\n{% if %}\n<b>";
    web::SiteOptions options;
    options.templates_folder = folder.string();
    House house{options};
    auto const owner = house.ask("GET", "/settings", house.bearer("teacher", chat::Role::owner));
    CHECK(owner.status == 500);
    CHECK(owner.body.find("settings.html") != std::string::npos);
    CHECK(owner.body.find("line 2") != std::string::npos);
    auto const member = house.ask("GET", "/settings", house.bearer("sara"));
    CHECK(member.status == 500);
    CHECK(member.body.find("settings.html") == std::string::npos);
    std::ofstream{folder / "settings.html"} << "right again: {{ user.username }}";
    CHECK(house.ask("GET", "/settings", house.bearer("sara")).body == "right again: sara");
    CHECK(house.ask("GET", "/login").status == 200);
}

TEST_CASE("the forms of the settings page work without a script") {
    House house;
    std::string token;
    auto const cookie = house.cookie("sara", &token);
    auto const csrf = "csrf_token=" + token;
    CHECK(house.send_form("/settings/appearance", csrf + "&theme=dark&lang=ur&text=large", cookie)
              .cookie("soyuz_theme")
              .starts_with("soyuz_theme=dark;"));
    CHECK(house.send_form("/settings/appearance", csrf + "&theme=", cookie).cookie("soyuz_theme").find("Max-Age=0") !=
          std::string::npos);
    CHECK(house.send_form("/settings/profile", csrf + "&display_name=Sara+K", cookie).header("Location") ==
          "/settings?saved=profile");
    CHECK(house.accounts.find_by_name("sara")->display_name == "Sara K");
    CHECK(house.send_form("/settings/profile", csrf + "&display_name=blockme", cookie).status == 422);
    CHECK(house.send_form("/settings/profile", "display_name=Other", cookie).status == 403);
    auto const other = house.bearer("sara");
    CHECK(house
              .send_form("/settings/password", csrf + "&current_password=wrong&new_password=another+horse+battery",
                         cookie)
              .status >= 400);
    CHECK(house
              .send_form("/settings/password",
                         csrf + "&current_password=correct+horse+battery&new_password=another+horse+battery", cookie)
              .status == 303);
    CHECK(house.ask("GET", "/api/v1/me", other).status == 401);
    CHECK(house.ask("GET", "/api/v1/me", cookie).status == 200);
    CHECK(house.send_form("/settings/delete", csrf + "&name=other&password=another+horse+battery", cookie).status ==
          422);
    CHECK(house.send_form("/settings/delete", csrf + "&name=sara&password=another+horse+battery", cookie).status ==
          303);
    CHECK(house.accounts.find_by_name("sara") == nullptr);
}

TEST_CASE("the owner's page changes settings without a script") {
    House house;
    std::string token;
    auto const cookie = house.cookie("teacher", &token, chat::Role::owner);
    auto const csrf = "csrf_token=" + token;
    CHECK(house
              .send_form("/admin",
                         csrf + "&name=Club&registration=invite&spam.preset=strict&message_characters=500&members_"
                                "create_rooms_present=1",
                         cookie)
              .header("Location") == "/admin?saved=settings");
    auto const settings = house.settings.get();
    CHECK(settings->name == "Club");
    CHECK(settings->registration == chat::Registration::invite);
    CHECK(settings->spam.preset == "strict");
    CHECK(settings->message_characters == 500);
    CHECK_FALSE(settings->members_create_rooms);
    CHECK(house.send_form("/admin", csrf + "&spam.preset=custom&spam.limit=5&spam.bans_s=30%2C+90", cookie).status ==
          303);
    CHECK(house.settings.get()->spam.limit == 5);
    CHECK(house.settings.get()->spam.bans == std::vector<std::chrono::seconds>{30s, 90s});
    auto const wrong = house.send_form("/admin", csrf + "&message_characters=many", cookie);
    CHECK(wrong.status == 422);
    CHECK(house.settings.get()->message_characters == 500);
}

TEST_CASE("an invite has its page and its QR code while it can be used") {
    House house;
    auto const sara = house.bearer("sara");
    REQUIRE(house.send("POST", "/api/v1/rooms", {{"name", "club"}, {"title", "The club"}, {"kind", "private"}}, sara)
                .status == 201);
    auto const code = house.send("POST", "/api/v1/rooms/club/invites", nlohmann::json::object(), sara)
                          .json()["code"]
                          .get<std::string>();
    auto const page = house.ask("GET", "/join/" + code);
    CHECK(page.status == 200);
    CHECK(page.body.find("The club") != std::string::npos);
    auto const picture = house.ask("GET", "/join/" + code + "/qr.svg");
    CHECK(picture.header("Content-Type") == "image/svg+xml");
    CHECK(picture.body.starts_with("<svg"));
    CHECK(house.ask("GET", "/join/nonsense").status == 404);
    CHECK(house.ask("GET", "/join/nonsense/qr.svg").status == 404);
    std::string token;
    auto const omar = house.cookie("omar", &token);
    auto const joined = house.send_form("/join/" + code, "csrf_token=" + token, omar);
    CHECK(joined.header("Location") == "/chat/club");
    CHECK(house.ask("GET", "/chat/club", omar).status == 200);
}

TEST_CASE("an invite is found in what people make of its link") {
    House house;
    auto const sara = house.bearer("sara");
    REQUIRE(house.send("POST", "/api/v1/rooms", {{"name", "club"}, {"kind", "private"}}, sara).status == 201);
    auto const code = house.send("POST", "/api/v1/rooms/club/invites", nlohmann::json::object(), sara)
                          .json()["code"]
                          .get<std::string>();
    for (auto const* behind : {"", ".", ")", "%20", ",", "%C2%A0", "%0A", "?fbclid=1", "%E3%80%82"}) {
        INFO(behind);
        CHECK(house.ask("GET", "/join/" + code + behind).status == 200);
    }
    CHECK(house.ask("GET", "/join/" + code + '/').header("Location") == "/join/" + code);
    REQUIRE(
        house
            .send("PATCH", "/api/v1/settings", {{"registration", "invite"}}, house.bearer("teacher", chat::Role::owner))
            .status == 200);
    int count = 0;
    for (auto const& given :
         {' ' + code, code + ' ', code + '\n', "https://chat.example/join/" + code,
          "https://chat.example/join/" + code + '/', "Join us: https://chat.example/join/" + code + '.',
          "https://chat.example/signup?invite=" + code}) {
        INFO(given);
        auto const name = "guest" + std::to_string(count++);
        CHECK(house
                  .send("POST", "/api/v1/register",
                        {{"username", name}, {"password", House::password}, {"invite", given}})
                  .status == 201);
        CHECK(house.ask("POST", "/api/v1/join/" + web::percent_encode(code + ' '), house.bearer(name)).status == 200);
    }
}

TEST_CASE("initials and colours are the browser's") {
    for (auto [name, letters] : {std::pair{"Sara Khan", "SK"},
                                 {"sara", "S"},
                                 {"a_b.c-d", "AD"},
                                 {"سارہ خان", "سخ"},
                                 {"", "?"},
                                 {" . ", "?"},
                                 {"e\u0301mile z\u030cika", "E\u0301Z\u030c"},
                                 {"🇵🇰 Ali", "🇵🇰A"},
                                 {"👨\u200D👩\u200D👧", "👨\u200D👩\u200D👧"},
                                 {"Sara\u00a0Khan\u3000Noor", "SN"},
                                 {"ß", "SS"}}) {
        INFO(name);
        CHECK(web::initials(name) == letters);
    }
    CHECK(web::hue("Sara") == web::hue("sara"));
    CHECK(web::hue("sara") < 12);
}

TEST_CASE("the description names every native route with its body and answer") {
    House house;
    auto const description = house.ask("GET", "/openapi.json").json();
    auto const& schemas = description["components"]["schemas"];
    std::size_t operations = 0;
    for (auto const& [path, methods] : description["paths"].items()) {
        for (auto const& [method, operation] : methods.items()) {
            INFO(method << ' ' << path);
            ++operations;
            CHECK_FALSE(operation["summary"].get<std::string>().empty());
            auto const text = operation.dump();
            for (auto at = text.find("#/components/schemas/"); at != std::string::npos;
                 at = text.find("#/components/schemas/", at + 1)) {
                auto const name = text.substr(at + 21, text.find('"', at) - at - 21);
                INFO(name);
                CHECK(schemas.contains(name));
            }
        }
    }
    CHECK(operations > 45);
    CHECK(schemas["RoomSettings"]["properties"]["slow_mode_s"]["maximum"] ==
          std::chrono::seconds{chat::max_slow_mode}.count());
    CHECK(house.ask("GET", "/docs").body.find("/api/v1/rooms/{name}/messages") != std::string::npos);
}
