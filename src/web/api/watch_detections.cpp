#include <nlohmann/json.hpp>

#include "contract/watch_shapes.hpp"
#include "watch/watch.hpp"
#include "web/api/watch.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

namespace {

/// One of a stream that the caller may see.
watch::DetectionPtr detection_of(SiteContext const& site, Call const& call) {
    auto detection = site.watch.detections.find(call.parameter("id"));
    if (!detection || !site.watch.may_see(call.user(), detection->alert.stream))
        throw Refused{{Code::not_found, "There is no such detection."}};
    return detection;
}

void list(SiteContext& site, Call& call) {
    watch::Detections::Query query;
    query.stream = call.query("stream").value_or("");
    query.open = call.query("open").value_or("") == "1";
    query.limit = static_cast<std::size_t>(call.query_number("limit").value_or(50));
    if (query.limit < 1 || query.limit > 200)
        throw Refused{base::invalid_field("limit", "This must be from 1 to 200.")};
    if (auto const kind = call.query("kind"); kind && !kind->empty()) {
        query.finding = watch::parse_finding(*kind);
        if (!query.finding)
            throw Refused{base::invalid_field("kind", "This must be object, audio, keyword or sentiment.")};
    }
    if (auto const text = call.query("before"); text && !text->empty()) {
        query.before = base::parse_rfc3339(*text);
        if (!query.before) throw Refused{base::invalid_field("before", "This must be a time.")};
    }
    // One more says whether there are more.
    ++query.limit;
    auto found = site.watch.detections.list(
        query, [&](std::string const& stream) { return site.watch.may_see(call.user(), stream); });
    bool const has_more = found.size() == query.limit;
    if (has_more) found.pop_back();
    auto detections = Json::array();
    for (auto const& each : found) detections.push_back(contract::detection_json(*each, site.accounts));
    call.answer(Json{{"detections", std::move(detections)}, {"has_more", has_more}});
}

}  // namespace

void add_watch_detection_routes(Router& router) {
    router.get("/api/v1/detections", Rights::agent, list)
        .reads({"stream", "kind", "open", "before", "limit"})
        .about("What was found in streams, newest first")
        .answers("Detections");
    router
        .get("/api/v1/detections/{id}", Rights::agent,
             [](SiteContext& site, Call& call) {
                 call.answer(contract::detection_json(*detection_of(site, call), site.accounts));
             })
        .about("One detection")
        .answers("Detection");
    router
        .get("/api/v1/detections/{id}/picture", Rights::agent,
             [](SiteContext& site, Call& call) {
                 auto const detection = detection_of(site, call);
                 answer_picture(site, call, detection->alert.stream, detection->id);
             })
        .about("What was seen, with the things marked, as JPEG")
        .answers("file");
    router
        .post("/api/v1/detections/{id}/acknowledge", Rights::agent,
              [](SiteContext& site, Call& call) {
                  auto const detection = detection_of(site, call);
                  auto const changed = or_refuse(site.watch.acknowledge(call.user(), detection->id));
                  call.answer(contract::detection_json(*changed, site.accounts));
              })
        .about("Says that somebody looks after it")
        .answers("Detection");
}

}  // namespace soyuz::web
