#include "moderation/cases/cases.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/desk/desk.hpp"
#include "chat/observer.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "contract/case_shapes.hpp"
#include "contract/shapes.hpp"
#include "moderation/cases/case_record.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "moderation/conduct/standing.hpp"
#include "web/api/cases.hpp"
#include "web/api/rooms.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;
using moderation::Case;
using moderation::CasePtr;

namespace {

constexpr std::size_t context_each_side = 5;
constexpr std::size_t history_length = 20;
constexpr std::size_t longest_note = 1000;
constexpr std::size_t longest_appeal = 4000;
constexpr std::size_t checks_in_a_minute = 120;

Json json_of(SiteContext const& site, Case const& the_case) {
    return contract::case_json(the_case, site.cases.claim_of(the_case.id), site.accounts, site.rooms);
}

/// What a moderator lost a race for is shown as it stands now.
void answer_case(SiteContext& site, Call& call, base::Result<CasePtr> const& result) {
    if (result) return call.answer(json_of(site, **result));
    auto answer = error_answer(result.error());
    if (result.error().code == Code::claimed || result.error().code == Code::already_decided) {
        if (auto const the_case = site.cases.find(call.parameter("id"))) {
            auto body = contract::error_json(result.error());
            body["case"] = json_of(site, *the_case);
            answer.body = base::to_text(body);
        }
    }
    call.answer(std::move(answer));
}

CasePtr case_of(SiteContext& site, Call const& call) {
    auto the_case = site.cases.find(call.parameter("id"));
    if (!the_case) throw Refused{{Code::not_found, "There is no such case."}};
    return the_case;
}

/// Severity times age: what is grave comes first, and nothing waits for ever.
double urgency(Case const& the_case, base::Timestamp now) {
    auto const severity = the_case.verdict ? static_cast<double>(the_case.verdict->severity) : 1.0;
    auto const weight =
        the_case.kind == Case::Kind::alert ? 8.0 : std::max(1.0, severity) + (the_case.reports.size() > 2 ? 1 : 0);
    auto const minutes = std::chrono::duration<double, std::ratio<60>>(now - the_case.created_at).count();
    return weight * (std::max(0.0, minutes) + 1);
}

/// What can't wait stands before all else: somebody may need help, somebody is threatened; then those who ask for
/// another look.
int rank(Case const& the_case) {
    if (moderation::asks_for_help(the_case)) return 0;
    if (the_case.verdict && moderation::is_threat(*the_case.verdict)) return 1;
    return the_case.appeal ? 2 : 3;
}

struct Filter {
    bool open = true;
    std::string kind, category;
    base::RoomId room;
    base::UserId author;
    bool appealed = false;

    bool admits(Case const& the_case) const {
        if (!kind.empty() && name(the_case.kind) != kind) return false;
        if (!room.empty() && the_case.room != room) return false;
        if (!author.empty() && the_case.author != author) return false;
        if (appealed && !the_case.appeal) return false;
        if (category.empty()) return true;
        if (!the_case.verdict) return false;
        auto const& reasons = the_case.verdict->reasons;
        return std::find(reasons.begin(), reasons.end(), category) != reasons.end();
    }
};

Filter filter_of(SiteContext& site, Call const& call) {
    Filter filter;
    auto const status = call.query("status").value_or("open");
    if (status != "open" && status != "decided")
        throw Refused{base::invalid_field("status", "This must be open or decided.")};
    filter.open = status == "open";
    filter.kind = call.query("kind").value_or("");
    filter.category = call.query("category").value_or("");
    filter.appealed = call.query("appealed").value_or("") == "1";
    if (auto const room = call.query("room"); room && !room->empty()) {
        auto const found = site.rooms.find(*room);
        if (!found) throw Refused{{Code::unknown_room, "There is no such room."}};
        filter.room = found->id;
    }
    if (auto const author = call.query("author"); author && !author->empty())
        filter.author = find_user(site, *author)->id;
    return filter;
}

void list(SiteContext& site, Call& call) {
    auto const filter = filter_of(site, call);
    auto const limit = call.query_number("limit").value_or(50);
    if (limit < 1 || limit > 200) throw Refused{base::invalid_field("limit", "This must be from 1 to 200.")};
    auto& cases = site.cases;
    auto const open = cases.open();
    auto found = filter.open ? open : cases.decided();
    std::erase_if(found, [&](CasePtr const& the_case) { return !filter.admits(*the_case); });
    if (filter.open) {
        auto const now = site.clock.now();
        std::sort(found.begin(), found.end(), [&](CasePtr const& left, CasePtr const& right) {
            auto const key = [&](Case const& each) {
                return std::tuple{rank(each), -urgency(each, now), each.created_at, each.id};
            };
            return key(*left) < key(*right);
        });
    }
    // The cursor names the last case that was shown, and where it stood, should it have gone meanwhile.
    std::size_t first = 0;
    if (auto const cursor = call.query("before"); cursor && !cursor->empty()) {
        auto const dot = cursor->find('.');
        auto const id = dot == std::string::npos ? *cursor : cursor->substr(dot + 1);
        auto const at =
            std::find_if(found.begin(), found.end(), [&](CasePtr const& the_case) { return the_case->id == id; });
        first = at != found.end() ? static_cast<std::size_t>(at - found.begin()) + 1
                                  : std::min<std::size_t>(found.size(), std::strtoul(cursor->c_str(), nullptr, 10));
    }
    auto const last = std::min<std::size_t>(found.size(), first + limit);
    auto shown = Json::array();
    for (auto at = first; at < last; ++at) shown.push_back(json_of(site, *found[at]));
    auto const oldest = std::min_element(open.begin(), open.end(), [](auto const& left, auto const& right) {
        return left->created_at < right->created_at;
    });
    call.answer(Json{{"cases", std::move(shown)},
                     {"open", open.size()},
                     {"oldest_at", oldest == open.end() ? Json{} : Json(base::to_rfc3339((*oldest)->created_at))},
                     {"has_more", last < found.size()},
                     {"next", last < found.size() ? Json(std::to_string(last) + '.' + found[last - 1]->id) : Json{}}});
}

/// The messages around a case. Direct conversations stay private: of them only what the case holds is shown.
Json context_of(SiteContext& site, Call const& call, Case const& the_case) {
    auto context = Json::array();
    for (auto const& message : site.messages.history.around_case(call.user(), the_case, context_each_side))
        context.push_back(contract::message_json(*message, site.accounts));
    return context;
}

Json person_of(SiteContext& site, base::UserId const& id) {
    auto const user = site.accounts.find(id);
    if (!user) return nullptr;
    auto const figures = site.standing.of(id);
    auto const mute = site.sanctions.mute_of(id);
    auto const ban = site.sanctions.ban_of(id);
    auto const until = [](auto const& sanction) {
        return sanction && sanction->until ? Json(base::to_rfc3339(*sanction->until)) : Json{};
    };
    auto history = Json::array();
    for (auto const& the_case : site.cases.of_author(id)) {
        if (history.size() == history_length) break;
        history.push_back(json_of(site, *the_case));
    }
    return {{"user", contract::user_json(*user, site.presence.is_online(id))},
            {"violations_24h", figures.violations_24h},
            {"flagged_or_blocked", figures.counted},
            {"flagged", figures.flagged},
            {"blocked", figures.blocked},
            {"warned", figures.warned},
            {"max_allowed", site.screening.max_violations()},
            {"can_chat", !mute && !ban},
            {"muted", mute.has_value()},
            {"muted_until", until(mute)},
            {"banned", ban.has_value()},
            {"banned_until", until(ban)},
            {"history", std::move(history)}};
}

void show(SiteContext& site, Call& call) {
    auto const the_case = case_of(site, call);
    call.answer(Json{{"case", json_of(site, *the_case)},
                     {"context", context_of(site, call, *the_case)},
                     {"person", person_of(site, the_case->author)}});
}

chat::Desk::DecisionRequest read_decision(Call const& call) {
    chat::Desk::DecisionRequest request;
    read_body(call, [&](JsonFields& fields) {
        auto const action = moderation::decision_of(fields.text("action", 40));
        if (!action) fields.wrong("action", "This must be a decision.");
        request.action = action.value_or(moderation::Decision::approve);
        if (auto const minutes = fields.optional_number("minutes", 60ULL * 24 * 3660))
            request.minutes = static_cast<unsigned>(*minutes);
        request.note = fields.text_or_empty("note", longest_note);
        if (auto const text = fields.optional_text("until", 40)) {
            request.until = base::parse_rfc3339(*text);
            if (!request.until) fields.wrong("until", "This must be a time as in 2026-11-21T07:14:44Z.");
        }
    });
    return request;
}

void appeal(SiteContext& site, Call& call) {
    std::string id, text;
    read_body(call, [&](JsonFields& fields) {
        id = fields.text_or_empty("case_id", 100);
        text = fields.text_or_empty("text", longest_appeal);
    });
    auto const the_case = id.empty() ? appeal_sanction(site, call.user_pointer(), std::move(text))
                                     : or_refuse(site.desk.appeal(call.user(), id, std::move(text)));
    call.answer(Json{{"case", contract::own_case_json(*the_case, site.rooms)}}, 201);
}

void check(SiteContext& site, Call& call) {
    std::string text, room;
    read_body(call, [&](JsonFields& fields) {
        text = fields.text("text", 64U << 10U);
        room = fields.text_or_empty("room", 200);
    });
    call.answer(moderation::verdict_document(opinion_for(site, call, text, room)));
}

void show_own(SiteContext& site, Call& call) {
    auto const& user = call.user();
    auto const figures = site.standing.of(user.id);
    auto const most = site.screening.max_violations();
    auto const mute = site.sanctions.mute_of(user.id);
    bool const can_chat = !mute && !site.sanctions.ban_of(user.id);
    auto const time = [](std::optional<base::Timestamp> const& at) {
        return at ? Json(base::to_rfc3339(*at)) : Json{};
    };
    auto records = Json::array();
    for (auto const& the_case : site.cases.of_author(user.id)) {
        // Whom somebody reported, or feared for, needn't know unless something came of it.
        bool const is_of_others = the_case->kind == Case::Kind::reported || the_case->kind == Case::Kind::detection;
        bool const is_quiet = the_case->kind == Case::Kind::alert || (is_of_others && !the_case->decision);
        if (!is_quiet) records.push_back(contract::own_case_json(*the_case, site.rooms));
        if (records.size() == 100) break;
    }
    std::string warning;
    if (!can_chat) {
        warning = "You can't write at the moment.";
    } else if (figures.counted + 1 >= most) {
        warning = "One more flagged or blocked message, and you can't write for 24 hours.";
    } else if (figures.violations_24h >= 3) {
        warning = "Several of your messages were flagged today: the next one will not be sent.";
    }
    call.answer(Json{{"violations_24h", figures.violations_24h},
                     {"flagged_or_blocked", figures.counted},
                     {"max_allowed", most},
                     {"counted_until", time(figures.counted_until)},
                     {"can_chat", can_chat},
                     {"muted_until", time(mute ? mute->until : std::nullopt)},
                     {"warning", warning.empty() ? Json{} : Json(warning)},
                     {"records", std::move(records)}});
}

}  // namespace

moderation::CasePtr appeal_sanction(SiteContext& site, chat::UserPtr const& author, std::string text) {
    auto const& user = *author;
    auto sanction = site.sanctions.ban_of(user.id);
    if (!sanction) sanction = site.sanctions.mute_of(user.id);
    if (!sanction) throw Refused{{Code::conflict, "You can write: there is nothing to ask about."}};
    for (auto const& the_case : site.cases.of_author(user.id)) {
        // A case may close while it is looked at; then the next one is asked about.
        if (moderation::can_appeal(*the_case))
            if (auto appealed = site.desk.appeal(user, the_case->id, text)) return *std::move(appealed);
        bool const has_asked = the_case->open && std::any_of(the_case->reports.begin(), the_case->reports.end(),
                                                             [&](auto const& report) { return report.by == user.id; });
        if (has_asked || (the_case->open && the_case->appeal))
            throw Refused{{Code::already_appealed, "You have asked for another look already."}};
    }
    return site.desk.report(user, nullptr, author, "other", std::move(text)).the_case;
}

judge::Verdict opinion_for(SiteContext& site, Call const& call, std::string_view text, std::string_view room) {
    if (site.options.rate_limits) {
        if (auto const wait = site.checks.take(call.user().id.value, checks_in_a_minute))
            throw Refused{{Code::rate_limited, "You have checked a lot of texts. Wait a little.", *wait}};
    }
    judge::Occasion occasion;
    occasion.author = call.user().id;
    if (!room.empty()) occasion.room = room_for(site, call, room)->id;
    return site.screening.opinion(text, occasion);
}

void add_case_routes(Router& router) {
    router.get("/api/v1/moderation/cases", Rights::moderator, list)
        .reads({"status", "kind", "room", "author", "category", "appealed", "limit", "before"})
        .about("Cases: open ones by urgency, alerts, threats and appeals first; decided ones newest first")
        .answers("Cases");
    router.get("/api/v1/moderation/cases/{id}", Rights::moderator, show)
        .about("A case with the messages around it and its author's record")
        .answers("CaseDetails");
    router
        .post("/api/v1/moderation/cases/{id}/claim", Rights::moderator,
              [](SiteContext& site, Call& call) {
                  answer_case(site, call, site.desk.claim(call.user(), call.parameter("id")));
              })
        .about("Keeps a case for two minutes, so that nobody else decides it; again renews")
        .answers("Case");
    router
        .remove("/api/v1/moderation/cases/{id}/claim", Rights::moderator,
                [](SiteContext& site, Call& call) {
                    answer_case(site, call, site.desk.release(call.user(), call.parameter("id")));
                })
        .about("Gives a claim back")
        .answers("Case");
    router
        .post("/api/v1/moderation/cases/{id}/decision", Rights::moderator,
              [](SiteContext& site, Call& call) {
                  auto const request = read_decision(call);
                  answer_case(site, call, site.desk.decide(call.user_pointer(), call.parameter("id"), request));
              })
        .about("Decides a case")
        .body("NewDecision")
        .answers("Case");
    router
        .post("/api/v1/moderation/cases/{id}/undo", Rights::moderator,
              [](SiteContext& site, Call& call) {
                  answer_case(site, call, site.desk.undo(call.user_pointer(), call.parameter("id")));
              })
        .about("Takes a decision back, within ten seconds; a ban within ten minutes")
        .answers("Case");
    router.post("/api/v1/moderation/check", Rights::signed_in, check)
        .about("The verdict on a text that is not sent; nothing is recorded")
        .body("TextToCheck")
        .answers("Verdict");
    router.post("/api/v1/appeals", Rights::signed_in, appeal)
        .banned_too()
        .about("Asks moderators to look again at one's own case, or at the mute or ban that holds; once a case")
        .body("NewAppeal")
        .answers("OwnCase", 201);
    router.get("/api/v1/me/moderation", Rights::signed_in, show_own)
        .banned_too()
        .about("One's own record: cases, and whether one may write")
        .answers("OwnModeration");
}

}  // namespace soyuz::web
