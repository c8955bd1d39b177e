#include <optional>

#include <nlohmann/json.hpp>

#include "contract/watch_shapes.hpp"
#include "watch/watch.hpp"
#include "web/api/watch.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

/// What is looked for in streams, how, and whom the server tells outside of the pages.
namespace {

struct NewKeyword {
    std::string text;
    static NewKeyword read(JsonFields& fields) { return {fields.text("keyword", 1000)}; }
};

void list_keywords(SiteContext& site, Call& call) {
    auto list = Json::array();
    for (auto const& each : site.watch.watchlist.keywords()) list.push_back(contract::keyword_json(*each));
    call.answer(Json{{"keywords", std::move(list)}});
}

void add_keyword(SiteContext& site, Call& call) {
    auto const made = or_refuse(site.watch.watchlist.add_keyword(call.user().id, parse<NewKeyword>(call).text));
    audit(site, call, "watch_keyword_added", {{"keyword", made->text}});
    call.answer(contract::keyword_json(*made), 201);
}

void change_keyword(SiteContext& site, Call& call) {
    auto const text = parse<NewKeyword>(call).text;
    auto const changed = or_refuse(site.watch.watchlist.change_keyword(call.parameter("id"), text));
    audit(site, call, "watch_keyword_changed", {{"keyword", changed->text}});
    call.answer(contract::keyword_json(*changed));
}

void remove_keyword(SiteContext& site, Call& call) {
    auto const gone = or_refuse(site.watch.watchlist.remove_keyword(call.parameter("id")));
    audit(site, call, "watch_keyword_removed", {{"keyword", gone->text}});
    call.answer(no_content());
}

void list_objects(SiteContext& site, Call& call) {
    auto list = Json::array();
    for (auto const& each : site.watch.watchlist.objects()) list.push_back(contract::watched_object_json(*each));
    call.answer(Json{{"objects", std::move(list)}});
}

void add_object(SiteContext& site, Call& call) {
    std::string label;
    double threshold = 0.5;
    read_body(call, [&](JsonFields& fields) {
        label = fields.text("object_name", 1000);
        if (fields.has("confidence_threshold")) threshold = fields.fraction("confidence_threshold", 0.05, 1);
    });
    auto const made = or_refuse(site.watch.watchlist.add_object(call.user().id, label, threshold));
    audit(site, call, "watch_object_added", {{"object", made->label}});
    call.answer(contract::watched_object_json(*made), 201);
}

void change_object(SiteContext& site, Call& call) {
    std::optional<std::string> label;
    std::optional<double> threshold;
    read_body(call, [&](JsonFields& fields) {
        label = fields.optional_text("object_name", 1000);
        if (fields.has("confidence_threshold")) threshold = fields.fraction("confidence_threshold", 0.05, 1);
    });
    auto const changed = or_refuse(site.watch.watchlist.change_object(call.parameter("id"), label, threshold));
    audit(site, call, "watch_object_changed", {{"object", changed->label}});
    call.answer(contract::watched_object_json(*changed));
}

void remove_object(SiteContext& site, Call& call) {
    auto const gone = or_refuse(site.watch.watchlist.remove_object(call.parameter("id")));
    audit(site, call, "watch_object_removed", {{"object", gone->label}});
    call.answer(no_content());
}

void change_settings(SiteContext& site, Call& call) {
    auto wanted = call.json();
    if (auto const outward = wanted.find("outward"); outward != wanted.end() && outward->is_object()) {
        if (!site.hooks.outward.change) throw Refused{{Code::conflict, "Nothing is sent from this server."}};
        or_refuse(site.hooks.outward.change(*outward));
    }
    wanted.erase("outward");
    wanted.erase("media");
    or_refuse(site.watch.settings.change(wanted));
    audit(site, call, "watch_settings_changed", {});
    call.answer(watch_settings_of(site));
}

void test_channel(SiteContext& site, Call& call) {
    auto const& channel = call.parameter("channel");
    if (!site.hooks.outward.test || (channel != "mail" && channel != "telegram"))
        throw Refused{{Code::not_found, "There is no such way to tell people."}};
    or_refuse(site.hooks.outward.test(channel, call.user().id));
    call.answer(Json{{"status", "sent"}});
}

}  // namespace

Json watch_settings_of(SiteContext const& site) {
    auto json = site.watch.settings.get().json();
    json["outward"] = site.hooks.outward.settings ? site.hooks.outward.settings() : Json{};
    json["media"] = site.hooks.media ? site.hooks.media() : Json{{"installed", false}};
    return json;
}

void add_watch_list_routes(Router& router) {
    router.get("/api/v1/streams/keywords", Rights::agent, list_keywords)
        .about("What is looked for in chats and in what is said")
        .answers("Keywords");
    router.post("/api/v1/streams/keywords", Rights::admin, add_keyword)
        .about("Looks for a word, a stem (cheat*) or a phrase from now on")
        .body("NewKeyword")
        .answers("Keyword", 201);
    router.put("/api/v1/streams/keywords/{id}", Rights::admin, change_keyword)
        .about("Changes a keyword")
        .body("NewKeyword")
        .answers("Keyword");
    router.remove("/api/v1/streams/keywords/{id}", Rights::admin, remove_keyword)
        .about("Looks for a keyword no longer")
        .answers("", 204);
    router.get("/api/v1/streams/objects", Rights::agent, list_objects)
        .about("What is looked for in pictures")
        .answers("WatchedObjects");
    router.post("/api/v1/streams/objects", Rights::admin, add_object)
        .about("Looks for a thing in pictures from now on")
        .body("NewWatchedObject")
        .answers("WatchedObject", 201);
    router.put("/api/v1/streams/objects/{id}", Rights::admin, change_object)
        .about("Changes how sure the detector must be of a thing")
        .body("NewWatchedObject")
        .answers("WatchedObject");
    router.remove("/api/v1/streams/objects/{id}", Rights::admin, remove_object)
        .about("Looks for a thing no longer")
        .answers("", 204);
    router
        .get("/api/v1/streams/settings", Rights::admin,
             [](SiteContext& site, Call& call) { call.answer(watch_settings_of(site)); })
        .about("How streams are watched, and how people are told")
        .answers("WatchSettings");
    router.patch("/api/v1/streams/settings", Rights::admin, change_settings)
        .about("Changes how streams are watched, and how people are told")
        .body("WatchSettings")
        .answers("WatchSettings");
    router.post("/api/v1/streams/settings/test/{channel}", Rights::admin, test_channel)
        .about("Sends a trial to oneself: mail or telegram")
        .answers("Sent");
}

}  // namespace soyuz::web
