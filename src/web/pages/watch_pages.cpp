#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "contract/shapes.hpp"
#include "contract/watch_shapes.hpp"
#include "watch/watch.hpp"
#include "web/api/live.hpp"
#include "web/api/watch.hpp"
#include "web/pages/message_view.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using Json = nlohmann::json;

namespace {

constexpr std::size_t shown_notifications = 50, shown_detections = 50, shown_spoken = 100, shown_lines = 30;

bool is_staff(Call const& call) { return call.user().role >= chat::Role::moderator; }

Json boot_of(SiteContext& site, Call& call) {
    return {{"user", person_view(call.user(), true)},
            {"csrf", call.masked_csrf_token()},
            {"lang", site.pages.language(call)},
            {"version", site.options.version}};
}

Json agents_of(SiteContext const& site) {
    auto agents = Json::array();
    for (auto const& agent : site.watch.assignments.agents())
        agents.push_back(contract::agent_json(*agent, site.watch));
    return agents;
}

/// What a notification says, in words of its own.
std::string words_of(watch::Notification const& notification) {
    for (auto const* field : {"message", "transcript", "status", "reason"}) {
        auto const found = notification.details.find(field);
        if (found != notification.details.end() && found->is_string() && !found->get_ref<std::string const&>().empty())
            return found->get<std::string>();
    }
    std::string words;
    auto const things = notification.details.find("detections");
    if (things == notification.details.end() || !things->is_array()) return words;
    for (auto const& each : *things)
        if (each.is_object()) words += (words.empty() ? "" : ", ") + each.value("class", std::string{});
    return words;
}

Json notifications_view(SiteContext const& site, Call const& call, std::string const& show) {
    watch::Notifications::Query query;
    query.per_page = shown_notifications;
    if (show == "unread") query.is_read = false;
    query.unacknowledged = show == "open";
    auto list = Json::array();
    for (auto const& each : site.watch.notifications.list(call.user(), query).items) {
        auto json = contract::notification_json(*each, call.user().id, site.accounts);
        json["words"] = words_of(*each);
        list.push_back(std::move(json));
    }
    return list;
}

/// To whom the caller may forward.
Json others_of(SiteContext const& site, Call const& call) {
    auto others = Json::array();
    for (auto const& agent : site.watch.assignments.agents())
        if (agent->id != call.user().id)
            others.push_back({{"username", agent->username}, {"display_name", agent->display_name}});
    return others;
}

/// "22:30", of a minute of the day.
std::string time_of_day(unsigned minute) {
    auto const two = [](unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return two(minute / 60) + ':' + two(minute % 60);
}

/// How the caller is told outside of the pages; null where nothing is sent.
Json ways_of(SiteContext const& site, Call const& call) {
    if (!site.hooks.outward.own) return nullptr;
    auto ways = site.hooks.outward.own(call.user().id);
    ways["address"] = call.user().email;
    for (std::string const name : {"quiet_from", "quiet_to"}) ways[name + "_time"] = time_of_day(ways.value(name, 0U));
    return ways;
}

void show_list(SiteContext& site, Call& call) {
    auto const wanted = [&](char const* name) { return call.query(name).value_or("").substr(0, 200); };
    auto const text = base::search_key(wanted("q"));
    auto show = wanted("show");
    if (show != "unread" && show != "open") show = "all";
    Json const filter{{"q", wanted("q")}, {"state", wanted("state")}, {"platform", wanted("platform")}, {"show", show}};
    std::set<std::string> platforms;
    auto streams = Json::array();
    for (auto const& each : site.watch.visible_to(call.user())) {
        platforms.insert(each->platform);
        auto const key = base::search_key(each->streamer + ' ' + each->platform + ' ' + each->url + ' ' + each->notes);
        bool const is_other = (!wanted("state").empty() && name(each->state) != wanted("state")) ||
                              (!wanted("platform").empty() && each->platform != wanted("platform")) ||
                              key.find(text) == std::string::npos;
        if (!is_other) streams.push_back(watched_stream_of(site, *each));
    }
    call.answer(site.pages.render(call, "streams.html",
                                  {{"streams", std::move(streams)},
                                   {"platforms", platforms},
                                   {"filter", filter},
                                   {"may_add", is_staff(call)},
                                   {"agents", is_staff(call) ? agents_of(site) : Json::array()},
                                   {"others", others_of(site, call)},
                                   {"notifications", notifications_view(site, call, show)},
                                   {"ways", ways_of(site, call)},
                                   {"boot", boot_of(site, call)}}));
}

Json chat_of(SiteContext& site, Call const& call, chat::Room const& room) {
    auto lines = Json::array();
    auto const page = site.messages.history.before(call.user(), room.id, site.rooms.last_seq(room.id) + 1, shown_lines);
    if (!page) return lines;
    for (auto const& each : page->messages)
        if (!each->deleted) lines.push_back(contract::message_json(*each, site.accounts));
    return lines;
}

void show_stream(SiteContext& site, Call& call) {
    auto const stream = watched_stream(site, call, call.parameter("id"));
    auto const room = stream->is_own() ? site.rooms.find(stream->room) : nullptr;
    auto detections = Json::array();
    watch::Detections::Query query;
    query.stream = stream->id;
    query.limit = shown_detections;
    for (auto const& each : site.watch.detections.list(query, [](auto const&) { return true; }))
        detections.push_back(contract::detection_json(*each, site.accounts));
    auto said = Json::array();
    auto const said_query = call.query("said").value_or("").substr(0, 200);
    for (auto const& each : site.watch.transcripts.read(stream->id, {}, shown_spoken, said_query))
        said.push_back(contract::spoken_json(each));
    call.answer(site.pages.render(call, "stream.html",
                                  {{"stream", watched_stream_of(site, *stream)},
                                   {"stage", room ? stage_of(site, *room) : Json{}},
                                   {"may_lead", room != nullptr && site.rooms.may_manage(call.user(), *room)},
                                   {"is_staff", is_staff(call)},
                                   {"agents", is_staff(call) ? agents_of(site) : Json::array()},
                                   {"detections", std::move(detections)},
                                   {"said", std::move(said)},
                                   {"said_query", said_query},
                                   {"chat", room ? chat_of(site, call, *room) : Json::array()},
                                   {"boot", boot_of(site, call)}}));
}

void show_settings(SiteContext& site, Call& call) {
    auto keywords = Json::array(), objects = Json::array();
    for (auto const& each : site.watch.watchlist.keywords()) keywords.push_back(contract::keyword_json(*each));
    for (auto const& each : site.watch.watchlist.objects()) objects.push_back(contract::watched_object_json(*each));
    call.answer(site.pages.render(call, "streams_settings.html",
                                  {{"keywords", std::move(keywords)},
                                   {"objects", std::move(objects)},
                                   {"agents", agents_of(site)},
                                   {"settings", watch_settings_of(site)},
                                   {"boot", boot_of(site, call)}}));
}

}  // namespace

void add_watch_pages(Router& router) {
    router.get("/streams", Rights::agent, show_list);
    router.get("/streams/settings", Rights::admin, show_settings);
    router.get("/streams/{id}", Rights::agent, show_stream);
}

}  // namespace soyuz::web
