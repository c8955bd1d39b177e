#include <algorithm>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/desk/desk.hpp"
#include "chat/desk/kicks.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "contract/shapes.hpp"
#include "moderation/cases/cases.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "web/api/rooms.hpp"
#include "web/http/json_fields.hpp"
#include "web/http/limits.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;
using moderation::Sanction;

namespace {

constexpr unsigned long long longest_minutes = 60ULL * 24 * 3660;
constexpr unsigned long long longest_kick = 60ULL * 24 * 7;  // beyond that it is a ban

struct NewSanction {
    std::string username, reason;
    std::optional<base::Timestamp> until;
    std::optional<unsigned long long> minutes;
    static NewSanction read(JsonFields& fields) {
        NewSanction wish;
        wish.username = fields.text("username", 200);
        wish.reason = fields.text_or_empty("reason", 500);
        wish.minutes = fields.optional_number("minutes", longest_minutes);
        if (wish.minutes == 0ULL) fields.wrong("minutes", "This must be at least 1.");
        if (auto const text = fields.optional_text("until", 40)) {
            wish.until = base::parse_rfc3339(*text);
            if (!wish.until) fields.wrong("until", "This must be a time as in 2026-11-21T07:14:44Z.");
        }
        return wish;
    }
};

Json sanction_json(SiteContext const& site, Sanction const& sanction) {
    auto const user = site.accounts.find(sanction.user);
    Json json{{"user_id", sanction.user.value},
              {"username", user ? user->username : ""},
              {"display_name", user ? user->display_name : ""},
              {"reason", sanction.reason},
              {"by", sanction.by},
              {"since", base::to_rfc3339(sanction.since)},
              {"until", nullptr},
              {"automatic", sanction.by.empty()}};
    if (sanction.until) json["until"] = base::to_rfc3339(*sanction.until);
    return json;
}

Json sanctions_json(SiteContext const& site, Sanction::Kind kind) {
    auto list = Json::array();
    for (auto const& sanction : site.sanctions.all())
        if (sanction.kind == kind) list.push_back(sanction_json(site, sanction));
    return list;
}

/// Hands out a ban or a mute, and waits until it is on disk.
void impose(SiteContext& site, Call& call, Sanction::Kind kind) {
    auto const wish = parse<NewSanction>(call);
    auto const user = find_user(site, wish.username);
    if (user->role >= call.user().role)
        throw Refused{{Code::forbidden, "You can act only on people whose role is below yours."}};
    Sanction sanction;
    sanction.kind = kind;
    sanction.user = user->id;
    sanction.reason = wish.reason;
    sanction.by = call.user().username;
    sanction.since = site.clock.now();
    sanction.until = wish.until;
    if (!sanction.until && wish.minutes) sanction.until = sanction.since + std::chrono::minutes{*wish.minutes};
    if (sanction.until && *sanction.until <= sanction.since)
        throw Refused{base::invalid_field("until", "This must lie in the future.")};

    audit(site, call, kind == Sanction::Kind::ban ? "banned" : "muted",
          {{"user", user->username}, {"reason", wish.reason}});
    auto later = call.later();
    auto const answer = sanction_json(site, sanction);
    site.sanctions.impose(sanction, {}, [later, answer](base::Result<void> const& done) {
        later->send(done ? json_answer(answer, 201) : error_answer(done.error()));
    });
}

void lift(SiteContext& site, Call& call, Sanction::Kind kind) {
    auto const user = find_user(site, call.parameter("username"));
    if (user->role >= call.user().role)
        throw Refused{{Code::forbidden, "You can act only on people whose role is below yours."}};
    or_refuse(site.sanctions.lift(user->id, kind));
    if (kind == Sanction::Kind::mute) site.screening.forgive(user->id);
    audit(site, call, kind == Sanction::Kind::ban ? "unbanned" : "unmuted", {{"user", user->username}});
    call.answer(no_content());
}

struct NewKick {
    std::string username, room, reason;
    unsigned long long minutes = 1;
    static NewKick read(JsonFields& fields) {
        return {fields.text("username", 200), fields.text_or_empty("room", 200), fields.text_or_empty("reason", 500),
                fields.optional_number("minutes", longest_kick).value_or(1)};
    }
};

/// Closes all connections of somebody, or puts them out of a room, for some minutes.
void kick(SiteContext& site, Call& call) {
    auto const wish = parse<NewKick>(call);
    auto const user = find_user(site, wish.username);
    if (user->role >= call.user().role)
        throw Refused{{Code::forbidden, "You can act only on people whose role is below yours."}};
    auto const until = site.clock.now() + std::chrono::minutes{wish.minutes};
    Json json{{"status", "kicked"}, {"username", user->username}, {"until", base::to_rfc3339(until)}};
    if (!wish.room.empty()) {
        auto const room = room_for(site, call, wish.room);
        bool const has_end = wish.minutes > 0;
        or_refuse(
            site.desk.kicks().expel(call.user(), user->id, room->id, has_end ? std::optional{until} : std::nullopt));
        json["room"] = room->name;
        if (!has_end) json["until"] = nullptr;
        audit(site, call, "kicked", {{"user", user->username}, {"room", room->name}, {"reason", wish.reason}});
    } else {
        json["connections_closed"] = site.desk.kicks().disconnect({user->id, until, wish.reason});
        audit(site, call, "kicked", {{"user", user->username}, {"reason", wish.reason}});
    }
    call.answer(std::move(json));
}

struct NewReport {
    std::string message, username, reason, note;
    static NewReport read(JsonFields& fields) {
        NewReport report{fields.text_or_empty("message_id", 100), fields.text_or_empty("username", 200),
                         fields.text("reason", 1000), fields.text_or_empty("note", 2000)};
        if (report.message.empty() && report.username.empty())
            fields.wrong("message_id", "Say which message or whom you report.");
        return report;
    }
};

Json report_json(SiteContext const& site, moderation::Case const& the_case, moderation::CaseReport const& report) {
    auto const by = site.accounts.find(report.by);
    auto const person = site.accounts.find(the_case.author);
    bool const upheld = the_case.decision && the_case.decision->action != moderation::Decision::approve &&
                        the_case.decision->action != moderation::Decision::grant &&
                        the_case.decision->action != moderation::Decision::not_a_violation;
    Json json{{"id", report.id},
              {"case_id", the_case.id},
              {"by", by ? by->username : ""},
              {"username", person ? person->username : ""},
              {"reason", report.reason},
              {"note", report.note},
              {"status", the_case.open ? "open" : "decided"},
              {"outcome", the_case.open ? Json{} : Json(upheld ? "upheld" : "not_upheld")},
              {"created_at", base::to_rfc3339(report.at)}};
    if (!the_case.messages.empty()) {
        json["message_id"] = base::to_string(the_case.messages.back());
        json["text"] = the_case.text;
    }
    return json;
}

void report(SiteContext& site, Call& call) {
    auto const wish = parse<NewReport>(call);
    chat::MessagePtr message;
    chat::UserPtr person;
    if (!wish.message.empty()) {
        auto const id = base::parse_message_id(wish.message);
        if (!id) throw Refused{{Code::not_found, "There is no such message."}};
        message = or_refuse(site.messages.history.find(call.user(), *id));
        if (message->deleted) throw Refused{{Code::not_found, "There is no such message."}};
    } else {
        person = find_user(site, wish.username);
    }
    if (site.options.rate_limits) {
        if (auto const wait = site.reports.take(call.user().id.value, limits::reports))
            throw Refused{{Code::rate_limited, "You have reported a lot. Wait a little.", *wait}};
    }
    auto const reported = site.desk.report(call.user(), message, person, wish.reason, wish.note);
    call.answer(report_json(site, *reported.the_case, reported.report), 201);
}

void list_reports(SiteContext& site, Call& call) {
    std::vector<std::pair<base::Timestamp, Json>> found;
    for (auto const& list : {site.cases.open(), site.cases.decided()})
        for (auto const& the_case : list)
            for (auto const& report : the_case->reports)
                found.emplace_back(report.at, report_json(site, *the_case, report));
    std::stable_sort(found.begin(), found.end(),
                     [](auto const& left, auto const& right) { return left.first > right.first; });
    auto reports = Json::array();
    for (auto& [at, json] : found) reports.push_back(std::move(json));
    call.answer(Json{{"reports", std::move(reports)}});
}

}  // namespace

void add_moderation_routes(Router& router) {
    router.post("/api/v1/reports", Rights::signed_in, report)
        .about("Reports a message or a user to the moderators")
        .body("NewReport")
        .answers("Report", 201);
    router.get("/api/v1/reports", Rights::moderator, list_reports).about("Reports, newest first").answers("Reports");

    router
        .get("/api/v1/bans", Rights::moderator,
             [](SiteContext& site, Call& call) {
                 call.answer(Json{{"bans", sanctions_json(site, Sanction::Kind::ban)}});
             })
        .about("Bans in force")
        .answers("Bans");
    router
        .post("/api/v1/bans", Rights::moderator,
              [](SiteContext& site, Call& call) { impose(site, call, Sanction::Kind::ban); })
        .about("Bans somebody, for minutes, until a time, or for good; ends their sessions and sockets")
        .body("NewSanction")
        .answers("Sanction", 201);
    router
        .remove("/api/v1/bans/{username}", Rights::moderator,
                [](SiteContext& site, Call& call) { lift(site, call, Sanction::Kind::ban); })
        .about("Lifts a ban")
        .answers("", 204);
    router.post("/api/v1/kick", Rights::moderator, kick)
        .counts_as_change()
        .about(
            "Closes all connections of somebody and takes no new ones for some minutes; or puts them out of a room and "
            "lets them in again after those minutes (0: when staff lets them in). The account stays")
        .body("NewKick")
        .answers("Kicked");
    router
        .get("/api/v1/mutes", Rights::moderator,
             [](SiteContext& site, Call& call) {
                 call.answer(Json{{"mutes", sanctions_json(site, Sanction::Kind::mute)}});
             })
        .about("Mutes in force")
        .answers("Mutes");
    router
        .post("/api/v1/mutes", Rights::moderator,
              [](SiteContext& site, Call& call) { impose(site, call, Sanction::Kind::mute); })
        .about("Mutes somebody: they read, but don't write")
        .body("NewSanction")
        .answers("Sanction", 201);
    router
        .remove("/api/v1/mutes/{username}", Rights::moderator,
                [](SiteContext& site, Call& call) { lift(site, call, Sanction::Kind::mute); })
        .about("Lifts a mute")
        .answers("", 204);
}

}  // namespace soyuz::web
