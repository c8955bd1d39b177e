#include <algorithm>
#include <map>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "base/json_members.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/messages/messages.hpp"
#include "chat/observer.hpp"
#include "chat/rooms/rooms.hpp"
#include "moderation/cases/cases.hpp"
#include "moderation/cases/statistics.hpp"
#include "store/store.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

/// What moderators learn from all cases together.
namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;
using judge::Action;
using moderation::Case;
using moderation::CasePtr;
using moderation::Decision;

namespace {

constexpr std::size_t most_listed = 20;
constexpr std::size_t most_archived = 20'000;
constexpr std::size_t longest_log_page = 500;

struct Counts {
    std::uint64_t allow = 0, warn = 0, flag = 0, block = 0;
    void add(Action action) {
        ++(action == Action::warn ? warn : action == Action::flag ? flag : action == Action::block ? block : allow);
    }
    std::uint64_t toxic() const { return flag + block; }
    std::uint64_t all() const { return allow + warn + flag + block; }
};

/// Newest message of a room that is older than `time`; 0 where there is none. Reads a message for each halving.
base::Seq seq_before(SiteContext const& site, base::RoomId const& room, base::Timestamp time) {
    base::Seq low = 0;
    auto high = site.rooms.last_seq(room);
    while (low < high) {
        auto const middle = low + (high - low + 1) / 2;
        auto const sent_at = site.messages.history.sent_at({room, middle});
        if (sent_at && *sent_at >= time) {
            high = middle - 1;
        } else {
            low = middle;
        }
    }
    return low;
}

bool overturns(Decision action) {
    return action == Decision::approve || action == Decision::grant || action == Decision::not_a_violation;
}

std::vector<std::pair<std::string, Counts>> largest(std::unordered_map<std::string, Counts> const& map) {
    std::vector<std::pair<std::string, Counts>> list(map.begin(), map.end());
    std::sort(list.begin(), list.end(), [](auto const& one, auto const& other) {
        return std::tuple{other.second.toxic(), other.second.warn, one.first} <
               std::tuple{one.second.toxic(), one.second.warn, other.first};
    });
    if (list.size() > most_listed) list.resize(most_listed);
    return list;
}

struct Report {
    Report(SiteContext const& site_context, unsigned long long length, chat::RoomPtr only)
        : site(site_context), hours(length), room(std::move(only)), now(site_context.clock.now()) {
        step = std::chrono::hours{hours <= 48 ? 1 : hours <= 336 ? 6 : 24};
        auto const end = std::chrono::floor<std::chrono::hours>(now) + std::chrono::hours{1};
        auto const buckets = (std::chrono::hours{hours} + step - std::chrono::hours{1}) / step;
        start = end - step * buckets;
        counts.resize(static_cast<std::size_t>(buckets));
    }

    void count_events() {
        for (auto const& event : site.statistics.events(start)) {
            if (room && event.room != room->name) continue;
            auto const at = static_cast<std::size_t>((event.at - start) / step);
            if (at < counts.size()) counts[at].add(event.action);
            for (auto const& reason : event.reasons) ++categories[reason];
            if (!event.room.empty()) by_room[event.room].add(event.action);
            if (!event.user.empty()) by_user[event.user].add(event.action);
        }
    }

    void count_allowed() {
        base::Seq before = room ? seq_before(site, room->id, start) : 0;
        for (std::size_t at = 0; at < counts.size(); ++at) {
            auto const begin = start + step * static_cast<int>(at);
            if (room) {
                // What was blocked is not among a room's messages.
                auto const last =
                    begin + step > now ? site.rooms.last_seq(room->id) : seq_before(site, room->id, begin + step);
                auto const posted = last - std::min(before, last);
                counts[at].allow = posted - std::min(posted, counts[at].warn + counts[at].flag);
                before = last;
                continue;
            }
            for (auto hour = begin; hour < begin + step; hour += std::chrono::hours{1})
                counts[at].allow += site.statistics.allowed(hour);
        }
    }

    Json verdicts() const {
        auto list = Json::array();
        for (std::size_t at = 0; at < counts.size(); ++at)
            list.push_back({{"at", base::to_rfc3339(start + step * static_cast<int>(at))},
                            {"allow", counts[at].allow},
                            {"warn", counts[at].warn},
                            {"flag", counts[at].flag},
                            {"block", counts[at].block}});
        return list;
    }

    Json rooms() const {
        auto list = Json::array();
        for (auto const& [name, verdicts] : largest(by_room)) {
            auto const found = site.rooms.find(name);
            if (!found) continue;
            auto const posted = site.rooms.last_seq(found->id) - seq_before(site, found->id, start);
            list.push_back({{"name", name},
                            {"title", found->title},
                            {"messages", posted},
                            {"toxic", verdicts.toxic()},
                            {"warned", verdicts.warn}});
        }
        return list;
    }

    Json people() const {
        auto list = Json::array();
        for (auto const& [name, verdicts] : largest(by_user))
            list.push_back({{"username", name},
                            {"flagged", verdicts.flag},
                            {"blocked", verdicts.block},
                            {"warned", verdicts.warn}});
        return list;
    }

    /// How fast cases were decided, and how often moderators agreed with the engine.
    void add_decisions(Json& json) const {
        std::vector<double> seconds;
        std::uint64_t confirmed = 0, overturned = 0;
        for (auto const& one : site.cases.decided()) {
            if (one->decision->at < start) break;
            if (one->decision->action == Decision::expired || (room && one->room != room->id)) continue;
            seconds.push_back(std::chrono::duration<double>(one->decision->at - one->created_at).count());
            bool const was_judged = one->kind == Case::Kind::flagged || one->kind == Case::Kind::blocked;
            if (was_judged) ++(overturns(one->decision->action) ? overturned : confirmed);
        }
        std::sort(seconds.begin(), seconds.end());
        auto const quantile = [&](double share) {
            if (seconds.empty()) return Json{};
            return Json(seconds[static_cast<std::size_t>(share * static_cast<double>(seconds.size() - 1))]);
        };
        auto const judged = confirmed + overturned;
        json["time_to_decision"] = {{"median_s", quantile(0.5)}, {"p90_s", quantile(0.9)}, {"decided", seconds.size()}};
        json["precision"] = {
            {"confirmed", confirmed},
            {"overturned", overturned},
            {"value", judged == 0 ? Json{} : Json(static_cast<double>(confirmed) / static_cast<double>(judged))}};
    }

    void add_waiting(Json& json) const {
        auto open = site.cases.open();
        if (room) std::erase_if(open, [&](CasePtr const& one) { return one->room != room->id; });
        auto const oldest = std::min_element(open.begin(), open.end(), [](auto const& one, auto const& other) {
            return one->created_at < other->created_at;
        });
        json["waiting"] = open.size();
        json["oldest_at"] = oldest == open.end() ? Json{} : Json(base::to_rfc3339((*oldest)->created_at));
        json["appeals"] =
            std::count_if(open.begin(), open.end(), [](CasePtr const& one) { return one->appeal.has_value(); });
    }

    Json json() {
        count_events();
        count_allowed();
        Counts all;
        for (auto const& bucket : counts) {
            all.allow += bucket.allow;
            all.warn += bucket.warn;
            all.flag += bucket.flag;
            all.block += bucket.block;
        }
        auto const share = all.all() == 0 ? 0.0 : static_cast<double>(all.toxic()) / static_cast<double>(all.all());
        Json json{{"hours", hours},         {"step_h", step.count()},
                  {"verdicts", verdicts()}, {"categories", categories},
                  {"rooms", rooms()},       {"people", people()},
                  {"toxic_share", share},   {"online", site.presence.online_count()}};
        add_decisions(json);
        add_waiting(json);
        return json;
    }

    SiteContext const& site;
    unsigned long long const hours;
    chat::RoomPtr const room;
    base::Timestamp const now;
    std::chrono::hours step{1};
    base::Timestamp start{};
    std::vector<Counts> counts;
    std::map<std::string, std::uint64_t> categories;
    std::unordered_map<std::string, Counts> by_room, by_user;
};

void show_analytics(SiteContext& site, Call& call) {
    auto const hours = call.query_number("hours").value_or(24);
    if (hours < 1 || hours > 24ULL * 31) throw Refused{base::invalid_field("hours", "This must be from 1 to 744.")};
    chat::RoomPtr room;
    if (auto const name = call.query("room"); name && !name->empty()) {
        room = site.rooms.find(*name);
        if (!room) throw Refused{{Code::unknown_room, "There is no such room."}};
    }
    call.answer(Report{site, hours, std::move(room)}.json());
}

/// What decisions teach: 0 where moderators found nothing in a text, 1 where they acted.
std::optional<int> label_of(Decision action) {
    switch (action) {
        case Decision::approve:
        case Decision::expired: return std::nullopt;
        case Decision::grant:
        case Decision::not_a_violation: return 0;
        case Decision::remove:
        case Decision::warn:
        case Decision::mute:
        case Decision::ban:
        case Decision::reject: return 1;
    }
    return std::nullopt;
}

/// A text that a spreadsheet would take for a formula gets an apostrophe before it.
void append_csv(std::string& out, std::string const& text, int label) {
    bool const is_formula = !text.empty() && std::string_view{"=@+-\t\r"}.find(text.front()) != std::string_view::npos;
    out += is_formula ? "\"'" : "\"";
    for (char const c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    out += "\",";
    out += label == 0 ? '0' : '1';
    out += '\n';
}

void export_training(SiteContext& site, Call& call) {
    std::string csv = "text,label\n";
    for (auto const& line : site.store.log_tail("moderation_cases", most_archived)) {
        auto const json = Json::parse(line, nullptr, false);
        if (!json.is_object() || !json.contains("decision") || !json["decision"].is_object()) continue;
        auto const action = moderation::decision_of(json["decision"].value("action", ""));
        auto const label = action ? label_of(*action) : std::nullopt;
        if (label && json.contains("text") && json["text"].is_string())
            append_csv(csv, json["text"].get<std::string>(), *label);
    }
    auto decided = site.cases.decided();
    std::reverse(decided.begin(), decided.end());
    for (auto const& one : decided)
        if (auto const label = label_of(one->decision->action)) append_csv(csv, one->text, *label);
    Answer answer;
    answer.type = "text/csv; charset=utf-8";
    answer.body = std::move(csv);
    call.answer(std::move(answer.with("Content-Disposition", "attachment; filename=\"training.csv\"")));
}

/// People and rooms as they are called now; a log keeps ids and user names.
Json with_names(SiteContext& site, Json line) {
    base::Members const fields{line};
    auto user = site.accounts.find(base::UserId{fields.text("user")});
    if (!user) user = site.accounts.find_by_name(fields.text("username"));
    auto const room = site.rooms.find(fields.text("room"));
    if (user && !user->deleted) {
        line["username"] = user->username;
        line["display_name"] = user->display_name;
    }
    if (room) line["room_title"] = room->title.empty() ? room->name : room->title;
    return line;
}

/// Newest first. The cursor counts lines from the newest: lines that come meanwhile are shown again, none is missed.
void show_log(SiteContext& site, Call& call) {
    auto const limit = call.query_number("limit").value_or(100);
    if (limit < 1 || limit > longest_log_page)
        throw Refused{base::invalid_field("limit", "This must be from 1 to 500.")};
    auto const skipped = std::min<unsigned long long>(call.query_number("before").value_or(0), most_archived);
    auto const lines = site.store.log_tail("moderation_log", skipped + limit + 1);
    auto shown = Json::array();
    for (std::size_t at = skipped; at < lines.size() && at < skipped + limit; ++at) {
        auto json = Json::parse(lines[lines.size() - 1 - at], nullptr, false);
        if (json.is_object()) shown.push_back(with_names(site, std::move(json)));
    }
    bool const has_more = lines.size() > skipped + limit;
    call.answer(Json{{"lines", std::move(shown)},
                     {"has_more", has_more},
                     {"next", has_more ? Json(std::to_string(skipped + limit)) : Json{}}});
}

}  // namespace

void add_analytics_routes(Router& router) {
    router.get("/api/v1/moderation/analytics", Rights::moderator, show_analytics)
        .reads({"hours", "room"})
        .about("Verdicts over time, by category, room and person; how fast cases were decided, and how")
        .answers("ModerationAnalytics");
    router.get("/api/v1/moderation/training.csv", Rights::moderator, export_training)
        .about("Decision cases as training data: text,label")
        .answers("file");
    router.get("/api/v1/moderation/log", Rights::moderator, show_log)
        .reads({"limit", "before"})
        .about("The moderation log, newest first")
        .answers("ModerationLog");
}

}  // namespace soyuz::web
