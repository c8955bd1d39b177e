#include <algorithm>
#include <array>
#include <optional>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/screening.hpp"
#include "dialects/rest/family.hpp"
#include "dialects/rest/routes.hpp"
#include "watch/sentiment.hpp"
#include "watch/watch.hpp"
#include "web/api/cases.hpp"
#include "web/api/watch.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::dialects {

namespace {

using Json = nlohmann::json;
using base::Code;
using watch::StreamState;
using web::Call;
using web::or_refuse;
using web::Refused;
using web::Rights;
using web::SiteContext;

constexpr std::size_t longest_text = 4000;

void show_detection_status(SiteContext& site, Call& call) {
    auto const stream = web::watched_stream(site, call, call.parameter("id"));
    bool const is_active = stream->state == StreamState::monitoring;
    call.answer(Json{{"stream_id", stream->id},
                     {"stream_url", stream->url},
                     {"active", is_active},
                     {"status", name(stream->state)},
                     {"isDetecting", is_active},
                     {"isDetectionLoading", stream->is_wanted && stream->state == StreamState::online},
                     {"detectionError", stream->reason.empty() ? Json{} : Json(stream->reason)}});
}

void trigger(SiteContext& site, Call& call) {
    std::string id;
    bool stop = false;
    web::read_body(call, [&](web::JsonFields& fields) {
        id = fields.text("stream_id", 200);
        stop = fields.optional_flag("stop").value_or(false);
    });
    auto const stream = web::watched_stream(site, call, id);
    if (!stop && stream->state == StreamState::monitoring)
        throw Refused{{Code::conflict, "This stream is monitored already."}};
    if (!stop && stream->state == StreamState::offline) throw Refused{{Code::bad_request, "This stream is offline."}};
    or_refuse(site.watch.set_wanted(stream->id, !stop));
    call.answer(Json{{"message", stop ? "The stream is monitored no longer." : "The stream is monitored."},
                     {"stream_id", stream->id},
                     {"active", !stop}});
}

/// What is found in a text, of which nothing is recorded.
Json found_in(SiteContext& site, Call& call, std::string const& text) {
    auto found = Json::array();
    auto const settings = site.watch.settings.get();
    for (auto const& keyword : site.watch.watchlist.find(text))
        found.push_back({{"type", "keyword"}, {"keyword", keyword}, {"message", text}});
    auto const sentiment = watch::sentiment_of(text);
    auto const score = web::opinion_for(site, call, text, "").score;
    if (sentiment < settings.sentiment_limit || score >= settings.score_limit)
        found.push_back({{"type", "sentiment"}, {"sentiment_score", sentiment}, {"score", score}, {"message", text}});
    return found;
}

void detect(SiteContext& site, Call& call) {
    std::string text, frame;
    web::read_body(call, [&](web::JsonFields& fields) {
        text = fields.text_or_empty("text", longest_text);
        frame = fields.text_or_empty("visual_frame", 64U << 10U);
        if (text.empty() && frame.empty()) fields.wrong("text", "This is missing.");
    });
    // Pictures are looked at in processes of their own, one for each stream that is watched: none here.
    auto const visual = frame.empty() ? Json::array() : Json{};
    call.answer(Json{{"chat", text.empty() ? Json::array() : found_in(site, call, text)}, {"visual", visual}});
}

Json keyword_json(watch::Keyword const& keyword) { return {{"id", keyword.id}, {"keyword", keyword.text}}; }
Json object_json(watch::WatchedObject const& object) {
    return {{"id", object.id}, {"object_name", object.label}, {"confidence_threshold", object.threshold}};
}

struct NewKeyword {
    std::string text;
    static NewKeyword read(web::JsonFields& fields) { return {fields.text("keyword", 1000)}; }
};

void list_keywords(SiteContext& site, Call& call) {
    auto list = Json::array();
    for (auto const& each : site.watch.watchlist.keywords()) list.push_back(keyword_json(*each));
    call.answer(list);
}

void add_keyword(SiteContext& site, Call& call) {
    auto const wish = web::parse<NewKeyword>(call);
    auto const made = or_refuse(site.watch.watchlist.add_keyword(call.user().id, wish.text));
    web::audit(site, call, "watch_keyword_added", {{"keyword", made->text}});
    call.answer(keyword_json(*made), 201);
}

void change_keyword(SiteContext& site, Call& call) {
    auto const wish = web::parse<NewKeyword>(call);
    auto const changed = or_refuse(site.watch.watchlist.change_keyword(call.parameter("id"), wish.text));
    web::audit(site, call, "watch_keyword_changed", {{"keyword", changed->text}});
    call.answer(keyword_json(*changed));
}

void remove_keyword(SiteContext& site, Call& call) {
    auto const gone = or_refuse(site.watch.watchlist.remove_keyword(call.parameter("id")));
    web::audit(site, call, "watch_keyword_removed", {{"keyword", gone->text}});
    call.answer(Json{{"message", "The keyword is removed."}});
}

struct NewObject {
    std::optional<std::string> label;
    std::optional<double> threshold;
    static NewObject read(web::JsonFields& fields) {
        NewObject object{fields.optional_text("object_name", 1000), {}};
        if (fields.has("confidence_threshold")) object.threshold = fields.fraction("confidence_threshold", 0.05, 1);
        return object;
    }
};

void list_objects(SiteContext& site, Call& call) {
    auto list = Json::array();
    for (auto const& each : site.watch.watchlist.objects()) list.push_back(object_json(*each));
    call.answer(list);
}

void add_object(SiteContext& site, Call& call) {
    auto const wish = web::parse<NewObject>(call);
    auto const made = or_refuse(
        site.watch.watchlist.add_object(call.user().id, wish.label.value_or(""), wish.threshold.value_or(0.5)));
    web::audit(site, call, "watch_object_added", {{"object", made->label}});
    call.answer(object_json(*made), 201);
}

void change_object(SiteContext& site, Call& call) {
    auto const wish = web::parse<NewObject>(call);
    auto const changed =
        or_refuse(site.watch.watchlist.change_object(call.parameter("id"), wish.label, wish.threshold));
    web::audit(site, call, "watch_object_changed", {{"object", changed->label}});
    call.answer(object_json(*changed));
}

void remove_object(SiteContext& site, Call& call) {
    auto const gone = or_refuse(site.watch.watchlist.remove_object(call.parameter("id")));
    web::audit(site, call, "watch_object_removed", {{"object", gone->label}});
    call.answer(Json{{"message", "The object is removed."}});
}

/// The only events that a program may push.
constexpr std::array<std::string_view, 5> forwarded{"notification", "notification_update", "stream_status",
                                                    "stream_update", "message"};

void forward(SiteContext& site, Call& call) {
    bool const is_admin = call.identity() != nullptr && call.user().role >= chat::Role::admin;
    if (!is_admin && !web::is_service(site, call.request())) {
        if (call.identity() == nullptr)
            throw Refused{{Code::not_signed_in, "Bring the service key, or an admin's token."}};
        throw Refused{{Code::forbidden, "Only programs with the service key and admins may do this."}};
    }
    std::string event, name_space;
    Json data;
    web::read_body(call, [&](web::JsonFields& fields) {
        event = fields.text("event", 100);
        if (std::find(forwarded.begin(), forwarded.end(), event) == forwarded.end())
            fields.wrong("event",
                         "This must be notification, notification_update, stream_status, stream_update or "
                         "message.");
        name_space = fields.optional_text("namespace", 100).value_or("/");
        if (name_space != "/" && name_space != "/notifications" && name_space != "/messages")
            fields.wrong("namespace", "This must be /, /notifications or /messages.");
        auto const* const given = fields.optional_object("data");
        if (given == nullptr) fields.wrong("data", "This is missing.");
        data = given == nullptr ? Json::object() : *given;
    });
    if (site.hooks.forward_event) site.hooks.forward_event(event, data, name_space);
    call.answer(Json{{"status", "success"}});
}

}  // namespace

void add_monitor_detecting_routes(web::Router& router) {
    router.get("/api/monitor/detection-status/{id}", Rights::agent, show_detection_status)
        .refuses(channels_refusal)
        .about("Whether a stream is looked at, in the monitor family's shape")
        .answers("MonitorDetectionStatus");
    router.post("/api/monitor/trigger-detection", Rights::agent, trigger)
        .refuses(channels_refusal)
        .about("Looks at a stream, or no longer, in the monitor family's shape")
        .body("MonitorTrigger")
        .answers("MonitorDone");
    router.post("/api/detect", Rights::agent, detect)
        .refuses(channels_refusal)
        .about("What would be found in a text; nothing is recorded")
        .body("MonitorText")
        .answers("MonitorFound");
    router.get("/api/keywords", Rights::agent, list_keywords)
        .refuses(channels_refusal)
        .about("Keywords, in the monitor family's shape")
        .answers("MonitorKeywords");
    router.post("/api/keywords", Rights::admin, add_keyword)
        .refuses(channels_refusal)
        .about("Adds a keyword, in the monitor family's shape")
        .body("NewKeyword")
        .answers("MonitorKeyword", 201);
    router.put("/api/keywords/{id}", Rights::admin, change_keyword)
        .refuses(channels_refusal)
        .about("Changes a keyword, in the monitor family's shape")
        .body("NewKeyword")
        .answers("MonitorKeyword");
    router.remove("/api/keywords/{id}", Rights::admin, remove_keyword)
        .refuses(channels_refusal)
        .about("Removes a keyword, in the monitor family's shape")
        .answers("MonitorDone");
    router.get("/api/objects", Rights::agent, list_objects)
        .refuses(channels_refusal)
        .about("Objects, in the monitor family's shape")
        .answers("MonitorObjects");
    router.post("/api/objects", Rights::admin, add_object)
        .refuses(channels_refusal)
        .about("Adds an object, in the monitor family's shape")
        .body("NewWatchedObject")
        .answers("MonitorObject", 201);
    router.put("/api/objects/{id}", Rights::admin, change_object)
        .refuses(channels_refusal)
        .about("Changes an object, in the monitor family's shape")
        .body("NewWatchedObject")
        .answers("MonitorObject");
    router.remove("/api/objects/{id}", Rights::admin, remove_object)
        .refuses(channels_refusal)
        .about("Removes an object, in the monitor family's shape")
        .answers("MonitorDone");
    router.post("/api/forward-socketio", Rights::anyone, forward)
        .refuses(channels_refusal)
        .about("Hands an event on to the sockets of a namespace; for programs with the service key, and admins")
        .body("ForwardedEvent")
        .answers("MonitorDone");
}

}  // namespace soyuz::dialects
