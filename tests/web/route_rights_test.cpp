#include <array>
#include <map>
#include <set>
#include <string>

#include "web/house.hpp"
#include "web/site_context.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;
using nlohmann::json;
using web::Rights;
using web::Route;

namespace {

constexpr std::array roles{chat::Role::guest,     chat::Role::member, chat::Role::agent,
                           chat::Role::moderator, chat::Role::admin,  chat::Role::owner};

/// Who may call each route. A new one needs a row here.
std::map<std::string, Rights> const rights{
    {"GET /", Rights::anyone},
    {"GET /login", Rights::anyone},
    {"POST /login", Rights::anyone},
    {"GET /signup", Rights::anyone},
    {"POST /signup", Rights::anyone},
    {"GET /setup", Rights::anyone},
    {"POST /setup", Rights::anyone},
    {"GET /banned", Rights::anyone},
    {"POST /banned/appeal", Rights::anyone},
    {"POST /logout", Rights::signed_in},
    {"GET /join/{code}", Rights::anyone},
    {"POST /join/{code}", Rights::signed_in},
    {"GET /join/{code}/qr.svg", Rights::anyone},
    {"GET /chat", Rights::signed_in},
    {"GET /chat/{room}", Rights::signed_in},
    {"GET /moderation", Rights::moderator},
    {"GET /settings", Rights::signed_in},
    {"POST /settings/profile", Rights::signed_in},
    {"POST /settings/avatar/remove", Rights::signed_in},
    {"POST /settings/appearance", Rights::signed_in},
    {"POST /settings/password", Rights::signed_in},
    {"POST /settings/sessions/end", Rights::signed_in},
    {"POST /settings/sessions/end-others", Rights::signed_in},
    {"POST /settings/delete", Rights::signed_in},
    {"GET /admin", Rights::admin},
    {"POST /admin", Rights::admin},
    {"GET /assets/{name...}", Rights::anyone},
    {"GET /uploads/{name...}", Rights::anyone},
    {"GET /healthz", Rights::anyone},
    {"GET /metrics", Rights::anyone},
    {"GET /openapi.json", Rights::anyone},
    {"GET /docs", Rights::anyone},
    {"POST /api/v1/register", Rights::anyone},
    {"POST /api/v1/login", Rights::anyone},
    {"POST /api/v1/logout", Rights::signed_in},
    {"GET /api/v1/csrf", Rights::anyone},
    {"POST /api/v1/ws-ticket", Rights::signed_in},
    {"GET /api/v1/sessions", Rights::signed_in},
    {"DELETE /api/v1/sessions", Rights::signed_in},
    {"DELETE /api/v1/sessions/{id}", Rights::signed_in},
    {"GET /api/v1/me", Rights::signed_in},
    {"PATCH /api/v1/me", Rights::signed_in},
    {"DELETE /api/v1/me", Rights::signed_in},
    {"POST /api/v1/me/password", Rights::signed_in},
    {"PUT /api/v1/me/avatar", Rights::signed_in},
    {"DELETE /api/v1/me/avatar", Rights::signed_in},
    {"GET /api/v1/me/moderation", Rights::signed_in},
    {"GET /api/v1/users", Rights::signed_in},
    {"GET /api/v1/users/{username}", Rights::signed_in},
    {"PATCH /api/v1/users/{username}", Rights::admin},
    {"GET /api/v1/rooms", Rights::signed_in},
    {"POST /api/v1/rooms", Rights::signed_in},
    {"GET /api/v1/rooms/{name}", Rights::signed_in},
    {"PATCH /api/v1/rooms/{name}", Rights::signed_in},
    {"DELETE /api/v1/rooms/{name}", Rights::signed_in},
    {"POST /api/v1/rooms/{name}/join", Rights::signed_in},
    {"POST /api/v1/rooms/{name}/leave", Rights::signed_in},
    {"GET /api/v1/rooms/{name}/members", Rights::signed_in},
    {"PUT /api/v1/rooms/{name}/members/{username}", Rights::signed_in},
    {"DELETE /api/v1/rooms/{name}/members/{username}", Rights::signed_in},
    {"GET /api/v1/rooms/{name}/invites", Rights::signed_in},
    {"POST /api/v1/rooms/{name}/invites", Rights::signed_in},
    {"GET /api/v1/rooms/{name}/messages", Rights::signed_in},
    {"POST /api/v1/rooms/{name}/messages", Rights::signed_in},
    {"POST /api/v1/rooms/{name}/read", Rights::signed_in},
    {"POST /api/v1/rooms/{name}/files", Rights::signed_in},
    {"POST /api/v1/join/{code}", Rights::signed_in},
    {"POST /api/v1/direct", Rights::signed_in},
    {"GET /api/v1/messages/{id}", Rights::signed_in},
    {"PATCH /api/v1/messages/{id}", Rights::signed_in},
    {"DELETE /api/v1/messages/{id}", Rights::signed_in},
    {"POST /api/v1/messages/{id}/restore", Rights::signed_in},
    {"PUT /api/v1/messages/{id}/reactions/{emoji}", Rights::signed_in},
    {"DELETE /api/v1/messages/{id}/reactions/{emoji}", Rights::signed_in},
    {"GET /api/v1/search", Rights::signed_in},
    {"POST /api/v1/reports", Rights::signed_in},
    {"GET /api/v1/reports", Rights::moderator},
    {"POST /api/v1/appeals", Rights::signed_in},
    {"POST /api/v1/kick", Rights::moderator},
    {"GET /api/v1/bans", Rights::moderator},
    {"POST /api/v1/bans", Rights::moderator},
    {"DELETE /api/v1/bans/{username}", Rights::moderator},
    {"GET /api/v1/mutes", Rights::moderator},
    {"POST /api/v1/mutes", Rights::moderator},
    {"DELETE /api/v1/mutes/{username}", Rights::moderator},
    {"POST /api/v1/moderation/check", Rights::signed_in},
    {"GET /api/v1/moderation/cases", Rights::moderator},
    {"GET /api/v1/moderation/cases/{id}", Rights::moderator},
    {"POST /api/v1/moderation/cases/{id}/claim", Rights::moderator},
    {"DELETE /api/v1/moderation/cases/{id}/claim", Rights::moderator},
    {"POST /api/v1/moderation/cases/{id}/decision", Rights::moderator},
    {"POST /api/v1/moderation/cases/{id}/undo", Rights::moderator},
    {"GET /api/v1/moderation/analytics", Rights::moderator},
    {"GET /api/v1/moderation/training.csv", Rights::moderator},
    {"GET /api/v1/moderation/log", Rights::moderator},
    {"GET /api/v1/settings", Rights::admin},
    {"PATCH /api/v1/settings", Rights::admin},
    {"POST /auth/simple_signup", Rights::anyone},
    {"POST /auth/simple_login", Rights::anyone},
    {"GET /auth/logout", Rights::anyone},
    {"GET /get_profile", Rights::signed_in},
    {"POST /auth/update_profile", Rights::signed_in},
    {"GET /live/{room}/clips/{file}", Rights::moderator},
    {"GET /live/{room}/recordings/{file}", Rights::signed_in},
    {"POST /api/v1/live/{name}/clips", Rights::moderator},
    {"GET /api/v1/live/{name}/clips", Rights::moderator},
    {"DELETE /api/v1/live/{name}/clips/{id}", Rights::moderator},
    {"GET /api/v1/live", Rights::signed_in},
    {"GET /api/v1/live/{name}", Rights::signed_in},
    {"PATCH /api/v1/live/{name}", Rights::signed_in},
    {"POST /api/v1/live/{name}/end", Rights::signed_in},
    {"POST /api/v1/live/{name}/cut", Rights::moderator},
    {"POST /api/v1/live/{name}/blank", Rights::signed_in},
    {"POST /api/v1/live/{name}/mute", Rights::signed_in},
    {"POST /api/v1/live/{name}/reset", Rights::signed_in},
    {"GET /api/v1/live/{name}/gifts", Rights::signed_in},
    {"GET /api/v1/live/{name}/pulse", Rights::moderator},
    {"GET /api/v1/moderation/threshold", Rights::moderator},
    {"PATCH /api/v1/moderation/threshold", Rights::moderator},
    {"POST /api/v1/live/{name}/gifts", Rights::signed_in},
    {"GET /api/v1/live/{name}/recordings", Rights::signed_in},
    {"DELETE /api/v1/live/{name}/recordings/{id}", Rights::signed_in},
    {"GET /api/v1/rooms/{name}/marks", Rights::signed_in},
    {"DELETE /api/v1/rooms/{name}/messages", Rights::signed_in},
    {"POST /auth/register", Rights::anyone},
    {"POST /auth/login", Rights::anyone},
    {"GET /auth/me", Rights::signed_in},
    {"POST /auth/logout", Rights::signed_in},
    {"POST /api/gift", Rights::signed_in},
    {"POST /api/admin/kick", Rights::moderator},
    {"POST /api/admin/mute", Rights::moderator},
    {"POST /api/admin/reset_metrics", Rights::moderator},
    {"GET /api/mod/threshold", Rights::moderator},
    {"PATCH /api/mod/threshold", Rights::moderator},
    {"GET /api/recent", Rights::moderator},
    {"GET /api/v1/reach", Rights::signed_in},
    {"POST /api/v1/reach", Rights::owner},
    {"GET /api/v1/posts", Rights::signed_in},
    {"POST /api/v1/posts", Rights::signed_in},
    {"POST /api/v1/posts/pictures", Rights::signed_in},
    {"GET /api/v1/posts/{id}", Rights::signed_in},
    {"PATCH /api/v1/posts/{id}", Rights::signed_in},
    {"DELETE /api/v1/posts/{id}", Rights::signed_in},
    {"GET /api/v1/posts/{id}/comments", Rights::signed_in},
    {"POST /api/v1/posts/{id}/comments", Rights::signed_in},
    {"POST /api/v1/refresh", Rights::anyone},
    {"GET /live", Rights::signed_in},
    {"GET /live/{room}", Rights::signed_in},
    {"GET /live/{room}/chat", Rights::signed_in},
    {"POST /admin/share", Rights::owner},
    {"GET /admin/reach.svg", Rights::admin},
    {"GET /posts", Rights::signed_in},
    {"GET /posts/{id}", Rights::signed_in},
    {"POST /posts", Rights::signed_in},
    {"POST /posts/{id}/comments", Rights::signed_in},
    {"POST /posts/{id}/delete", Rights::signed_in},
    {"POST /posts/{id}/report", Rights::signed_in},
    {"GET /streams", Rights::agent},
    {"GET /streams/settings", Rights::admin},
    {"GET /streams/{id}", Rights::agent},
    {"GET /api/v1/streams", Rights::agent},
    {"POST /api/v1/streams", Rights::moderator},
    {"GET /api/v1/streams/{id}", Rights::agent},
    {"PATCH /api/v1/streams/{id}", Rights::moderator},
    {"DELETE /api/v1/streams/{id}", Rights::moderator},
    {"POST /api/v1/streams/{id}/start", Rights::agent},
    {"POST /api/v1/streams/{id}/stop", Rights::agent},
    {"GET /api/v1/streams/{id}/picture", Rights::agent},
    {"GET /api/v1/streams/{id}/transcript", Rights::agent},
    {"POST /api/v1/streams/{id}/state", Rights::anyone},
    {"POST /api/v1/streams/{id}/chat", Rights::anyone},
    {"POST /api/v1/streams/{id}/detections", Rights::anyone},
    {"POST /api/v1/streams/{id}/transcript", Rights::anyone},
    {"PUT /api/v1/streams/{id}/picture", Rights::anyone},
    {"PUT /api/v1/detections/{id}/picture", Rights::anyone},
    {"GET /api/v1/streams/keywords", Rights::agent},
    {"POST /api/v1/streams/keywords", Rights::admin},
    {"PUT /api/v1/streams/keywords/{id}", Rights::admin},
    {"DELETE /api/v1/streams/keywords/{id}", Rights::admin},
    {"GET /api/v1/streams/objects", Rights::agent},
    {"POST /api/v1/streams/objects", Rights::admin},
    {"PUT /api/v1/streams/objects/{id}", Rights::admin},
    {"DELETE /api/v1/streams/objects/{id}", Rights::admin},
    {"GET /api/v1/streams/settings", Rights::admin},
    {"PATCH /api/v1/streams/settings", Rights::admin},
    {"POST /api/v1/streams/settings/test/{channel}", Rights::admin},
    {"GET /api/v1/detections", Rights::agent},
    {"GET /api/v1/detections/{id}", Rights::agent},
    {"GET /api/v1/detections/{id}/picture", Rights::agent},
    {"POST /api/v1/detections/{id}/acknowledge", Rights::agent},
    {"GET /api/v1/agents", Rights::agent},
    {"POST /api/v1/agents", Rights::admin},
    {"DELETE /api/v1/agents/{id}", Rights::admin},
    {"GET /api/v1/assignments", Rights::agent},
    {"POST /api/v1/assignments", Rights::moderator},
    {"PATCH /api/v1/assignments/{id}", Rights::moderator},
    {"DELETE /api/v1/assignments/{id}", Rights::moderator},
    {"GET /api/v1/notifications", Rights::agent},
    {"POST /api/v1/notifications", Rights::admin},
    {"DELETE /api/v1/notifications", Rights::agent},
    {"POST /api/v1/notifications/read-all", Rights::agent},
    {"GET /api/v1/notifications/{id}", Rights::agent},
    {"PUT /api/v1/notifications/{id}/read", Rights::agent},
    {"POST /api/v1/notifications/{id}/acknowledge", Rights::agent},
    {"POST /api/v1/notifications/{id}/forward", Rights::agent},
    {"DELETE /api/v1/notifications/{id}", Rights::agent},
    {"GET /api/v1/notifications/ways", Rights::agent},
    {"PATCH /api/v1/notifications/ways", Rights::agent},
    {"POST /api/v1/notifications/ways/telegram-code", Rights::agent},
};

std::string key_of(Route const& route) { return route.method + ' ' + route.pattern; }

chat::Role least_role(Rights of_route) {
    switch (of_route) {
        case Rights::agent: return chat::Role::agent;
        case Rights::moderator: return chat::Role::moderator;
        case Rights::admin: return chat::Role::admin;
        case Rights::owner: return chat::Role::owner;
        default: return chat::Role::guest;
    }
}

using Values = std::map<std::string, std::string>;

/// The path of a route, each `{name}` filled in; what has no value is "nowhere".
std::string path_of(Route const& route, Values const& values) {
    std::string path;
    for (std::size_t at = 0; at < route.pattern.size();) {
        if (route.pattern[at] != '{') {
            path += route.pattern[at++];
            continue;
        }
        auto const end = route.pattern.find('}', at);
        auto const found = values.find(route.pattern.substr(at + 1, end - at - 1));
        path += found == values.end() ? "nowhere" : found->second;
        at = end + 1;
    }
    return path;
}

/// Has every member that any of them reads; what a route doesn't know it leaves alone.
json const body_for_all{{"text", "hello"},  {"title", "Title"},     {"topic", "Topic"},
                        {"seq", 1},         {"username", "keeper"}, {"reason", "spam"},
                        {"minutes", 1},     {"hours", 1},           {"uses", 1},
                        {"action", "keep"}, {"case_id", "none"},    {"note", "none"}};

Heard ask(House& house, Route const& route, Values const& values, Headers const& who) {
    if (route.method == "GET") return house.ask("GET", path_of(route, values) + "?q=hello", who);
    return house.send(route.method, path_of(route, values), body_for_all, who);
}

/// A visitor is asked to sign in: a page's reader is led there.
bool asks_to_sign_in(Heard const& heard) {
    if (heard.status == 303) return heard.header("Location").starts_with("/login?next=");
    // 401 is a wrong password's answer, too.
    return heard.status == 401 && heard.body.find("password is wrong") == std::string::npos;
}

/// The refusal for one's role; a page says it in the reader's words.
bool lacks_rights(Heard const& heard) {
    if (heard.status != 403) return false;
    return !heard.header("Content-Type").starts_with("application/json") ||
           heard.json().value("message", "") == "You don't have the right to do this.";
}

/// What an answer says, without what differs each time.
std::string told(Heard const& heard) {
    auto text = std::to_string(heard.status);
    if (!heard.header("Content-Type").starts_with("application/json")) return text;
    auto answer = heard.json();
    answer.erase("request_id");
    return text + ' ' + answer.dump();
}

}  // namespace

TEST_CASE("each route has its row in the table of rights, once") {
    std::set<std::string> seen;
    auto const router = web::all_routes();
    for (auto const* const route : router.routes()) {
        INFO(key_of(*route));
        CHECK(seen.insert(key_of(*route)).second);
        auto const row = rights.find(key_of(*route));
        REQUIRE(row != rights.end());
        CHECK(route->rights == row->second);
        // What changes something and is not a sign-in brings the session's token.
        bool const is_change = route->method != "GET" && route->rights != Rights::anyone;
        if (is_change && route->pattern != "/auth/update_profile") CHECK(route->csrf_rule == web::CsrfRule::session);
    }
    CHECK(seen.size() == rights.size());
}

TEST_CASE("each route is closed to all roles below its own and to visitors, and open to the others") {
    House house;
    auto const router = web::all_routes();
    for (auto const* const route : router.routes()) {
        INFO(key_of(*route));
        auto const row = rights.find(key_of(*route));
        REQUIRE(row != rights.end());
        if (row->second != Rights::anyone) CHECK(asks_to_sign_in(ask(house, *route, {}, {})));
        for (auto const role : roles) {
            INFO(chat::name(role));
            // One for each, as some end sessions.
            auto const heard = ask(house, *route, {}, house.bearer("a-" + std::string{chat::name(role)}, role));
            CHECK(heard.status < 500);
            CHECK(lacks_rights(heard) == (role < least_role(row->second)));
            if (row->second != Rights::anyone) CHECK_FALSE(asks_to_sign_in(heard));
        }
        house.clock.advance(std::chrono::minutes{11});
    }
}

TEST_CASE("a route says of a hidden room, message or file what it says of none, to every role and to visitors") {
    House house;
    auto const keeper = house.bearer("keeper-of-rooms");
    house.bearer("friend");
    REQUIRE(house.send("POST", "/api/v1/rooms", {{"name", "secret"}, {"kind", "private"}}, keeper).status == 201);
    auto const made = house.send("POST", "/api/v1/direct", {{"username", "friend"}}, keeper);
    auto const direct = made.json()["name"].get<std::string>();
    auto const router = web::all_routes();
    std::size_t asked = 0;
    for (auto const& hidden : {std::string{"secret"}, direct}) {
        // With a token of this half hour.
        auto const sent = house.send("POST", "/api/v1/rooms/" + hidden + "/messages", {{"text", "for us"}},
                                     house.bearer("keeper-of-rooms"));
        REQUIRE(sent.status == 201);
        auto const message = sent.json()["id"].get<std::string>();
        auto const id = message.substr(0, message.find('-'));
        for (auto const* const route : router.routes()) {
            bool const is_of_room =
                route->pattern.find("rooms/{name}") != route->pattern.npos || route->pattern == "/chat/{room}";
            bool const is_of_message = route->pattern.find("messages/{id}") != route->pattern.npos;
            bool const is_of_file = route->pattern == "/uploads/{name...}";
            if (!is_of_room && !is_of_message && !is_of_file) continue;
            auto const values = [&](std::string const& room, std::string const& room_id, std::string const& place) {
                return Values{{"name", room},
                              {"room", room},
                              {"username", "friend"},
                              {"id", place},
                              {"emoji", "%F0%9F%91%8D"},
                              {"name...", "ab/" + room_id + "_abcdefghijklmnop.txt"}};
            };
            for (int as = -1; as < static_cast<int>(roles.size()); ++as) {
                auto const role =
                    as < 0 ? std::string_view{"visitor"} : chat::name(roles.at(static_cast<std::size_t>(as)));
                auto const who =
                    as < 0 ? Headers{} : house.bearer("a-" + std::string{role}, roles.at(static_cast<std::size_t>(as)));
                auto const absent = ask(house, *route, values("nowhere", "nowherenowhe", "nowherenowhe-1"), who);
                for (auto const& [name, place] : {std::pair{hidden, message}, {id, message}, {hidden, id + "-99"}}) {
                    INFO(key_of(*route) << ' ' << role << ' ' << name << ' ' << place);
                    CHECK(told(ask(house, *route, values(name, id, place), who)) == told(absent));
                    ++asked;
                }
                house.clock.advance(std::chrono::minutes{11});
            }
        }
    }
    CHECK(asked > 700);
}
