#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "contract/watch_shapes.hpp"
#include "live/stages.hpp"
#include "store/commit_later.hpp"
#include "watch/watch.hpp"
#include "web/api/watch.hpp"
#include "web/files/stored_file.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

namespace {

Refused no_such_stream() { return Refused{{Code::not_found, "There is no such stream."}}; }

void list(SiteContext& site, Call& call) {
    auto const wanted = [&](char const* name) { return call.query(name).value_or(""); };
    auto const platform = wanted("platform"), streamer = wanted("streamer"), state = wanted("state"),
               tag = wanted("tag");
    auto const text = base::search_key(wanted("q"));
    auto found = site.watch.visible_to(call.user());
    std::erase_if(found, [&](watch::StreamPtr const& each) {
        auto const key = base::search_key(each->streamer + ' ' + each->platform + ' ' + each->notes);
        return (!platform.empty() && each->platform != platform) || (!streamer.empty() && each->streamer != streamer) ||
               (!state.empty() && name(each->state) != state) ||
               (!tag.empty() && std::find(each->tags.begin(), each->tags.end(), tag) == each->tags.end()) ||
               key.find(text) == std::string::npos;
    });
    auto streams = Json::array();
    for (auto const& each : found) streams.push_back(watched_stream_of(site, *each));
    call.answer(Json{{"streams", std::move(streams)}});
}

void add(SiteContext& site, Call& call) {
    watch::Watch::NewStream wanted;
    std::string agent;
    read_body(call, [&](JsonFields& fields) {
        wanted.draft = read_stream(fields, "url");
        agent = fields.text_or_empty("agent", 200);
    });
    if (!agent.empty()) wanted.agent = account_named(site, "agent", agent);
    auto const made = or_refuse(site.watch.add_stream(call.user(), std::move(wanted)));
    audit(site, call, "stream_added", {{"stream", made->id}, {"url", made->url}});
    call.answer(watched_stream_of(site, *made), 201);
}

void change(SiteContext& site, Call& call) {
    watch::Streams::Draft draft;
    read_body(call, [&](JsonFields& fields) { draft = read_stream(fields, "url"); });
    call.answer(
        watched_stream_of(site, *or_refuse(site.watch.change_stream(call.user(), call.parameter("id"), draft))));
}

void remove(SiteContext& site, Call& call) {
    or_refuse(site.watch.remove_stream(call.user(), call.parameter("id")));
    audit(site, call, "stream_removed", {{"stream", call.parameter("id")}});
    call.answer(no_content());
}

void want(SiteContext& site, Call& call, bool wanted) {
    auto const stream = watched_stream(site, call, call.parameter("id"));
    auto const changed = or_refuse(site.watch.set_wanted(stream->id, wanted));
    audit(site, call, wanted ? "monitoring_started" : "monitoring_stopped", {{"stream", stream->id}});
    call.answer(watched_stream_of(site, *changed));
}

void show_picture(SiteContext& site, Call& call) {
    auto const stream = watched_stream(site, call, call.parameter("id"));
    answer_picture(site, call, stream->id, watch::Evidence::last);
}

void show_transcript(SiteContext& site, Call& call) {
    auto const stream = watched_stream(site, call, call.parameter("id"));
    auto const limit = call.query_number("limit").value_or(100);
    if (limit < 1 || limit > 500) throw Refused{base::invalid_field("limit", "This must be from 1 to 500.")};
    std::optional<base::Timestamp> before;
    if (auto const text = call.query("before")) {
        before = base::parse_rfc3339(*text);
        if (!before) throw Refused{base::invalid_field("before", "This must be a time as in 2026-11-21T07:14:44Z.")};
    }
    auto spoken = Json::array();
    for (auto const& each :
         site.watch.transcripts.read(stream->id, before, limit, call.query("q").value_or("").substr(0, 200)))
        spoken.push_back(contract::spoken_json(each));
    call.answer(Json{{"made_by", "machine"}, {"language", "en"}, {"transcript", std::move(spoken)}});
}

}  // namespace

watch::StreamPtr watched_stream(SiteContext const& site, Call const& call, std::string_view id) {
    auto stream = site.watch.streams.find(id);
    if (!stream || !site.watch.may_see(call.user(), id)) throw no_such_stream();
    return stream;
}

watch::StreamPtr pushed_stream(SiteContext const& site, Call const& call, std::string_view id) {
    if (!is_service(site, call.request())) {
        if (call.identity() == nullptr) throw Refused{{Code::not_signed_in, "Sign in first."}};
        return watched_stream(site, call, id);
    }
    auto stream = site.watch.streams.find(id);
    if (!stream) throw no_such_stream();
    return stream;
}

Json watched_stream_of(SiteContext const& site, watch::Stream const& stream) {
    auto json = contract::watched_stream_json(stream, site.watch, site.accounts, site.rooms);
    auto const stage = stream.is_own() ? site.stages.find(stream.room) : nullptr;
    json["viewers"] = stage ? Json(stage->state().viewers) : Json{};
    return json;
}

watch::Streams::Draft read_stream(JsonFields& fields, std::string_view url_field) {
    watch::Streams::Draft draft;
    draft.url = fields.optional_text(url_field, 2000);
    draft.platform = fields.optional_text("platform", 1000);
    draft.streamer = fields.optional_text("streamer_username", 1000);
    draft.notes = fields.optional_text("notes", 10'000);
    if (auto const text = fields.optional_text("priority", 20)) {
        draft.priority = watch::parse_priority(*text);
        if (!draft.priority) fields.wrong("priority", "This must be low, normal, high or urgent.");
    }
    if (fields.has("tags")) draft.tags = fields.texts("tags", 20);
    return draft;
}

base::UserId account_named(SiteContext const& site, std::string const& field, std::string const& text) {
    auto user = site.accounts.find(base::UserId{text});
    if (!user || user->deleted) user = site.accounts.find_by_name(text);
    if (!user) throw Refused{base::invalid_field(field, "There is nobody of this name.")};
    return user->id;
}

void answer_picture(SiteContext const& site, Call& call, std::string_view stream, std::string_view name) {
    auto const path = site.watch.evidence.find(stream, name);
    auto const file = path ? StoredFile::open(*path) : nullptr;
    auto content = file ? file->read(0, static_cast<std::size_t>(file->size())) : std::nullopt;
    if (!content) throw Refused{{Code::not_found, "There is no such picture."}};
    Answer answer;
    answer.with("Cache-Control", "private, no-store").with("Cross-Origin-Resource-Policy", "same-origin");
    answer.type = "image/jpeg";
    answer.compressed = true;
    answer.body = std::move(*content);
    call.answer(std::move(answer));
}

void wait_for(watch::Detections::Reported& reported) {
    if (reported.written.valid()) or_refuse(store::wait_for(std::move(reported.written)));
}

void add_watch_stream_routes(Router& router) {
    router.get("/api/v1/streams", Rights::agent, list)
        .reads({"platform", "streamer", "state", "tag", "q"})
        .about("Watched streams: all for staff, theirs for agents")
        .answers("WatchedStreams");
    router.post("/api/v1/streams", Rights::moderator, add)
        .about("Adds a stream that is watched, and assigns it")
        .body("NewWatchedStream")
        .answers("WatchedStream", 201);
    router
        .get("/api/v1/streams/{id}", Rights::agent,
             [](SiteContext& site, Call& call) {
                 call.answer(watched_stream_of(site, *watched_stream(site, call, call.parameter("id"))));
             })
        .about("One watched stream")
        .answers("WatchedStream");
    router.patch("/api/v1/streams/{id}", Rights::moderator, change)
        .about("Changes a watched stream")
        .body("NewWatchedStream")
        .answers("WatchedStream");
    router.remove("/api/v1/streams/{id}", Rights::moderator, remove)
        .about("Removes a watched stream with all that was found in it")
        .answers("", 204);
    router
        .post("/api/v1/streams/{id}/start", Rights::agent,
              [](SiteContext& site, Call& call) { want(site, call, true); })
        .about("Monitors a stream from now on, whenever it is online")
        .answers("WatchedStream");
    router
        .post("/api/v1/streams/{id}/stop", Rights::agent,
              [](SiteContext& site, Call& call) { want(site, call, false); })
        .about("Monitors a stream no longer")
        .answers("WatchedStream");
    router.get("/api/v1/streams/{id}/picture", Rights::agent, show_picture)
        .about("The last picture of a stream, as JPEG")
        .answers("file");
    router.get("/api/v1/streams/{id}/transcript", Rights::agent, show_transcript)
        .reads({"q", "before", "limit"})
        .about("What was said, as a machine heard it; oldest first")
        .answers("Transcript");
    add_watch_push_routes(router);
    add_watch_list_routes(router);
    add_watch_detection_routes(router);
}

}  // namespace soyuz::web
