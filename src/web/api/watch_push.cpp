#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/screening.hpp"
#include "contract/watch_shapes.hpp"
#include "watch/chat_watch.hpp"
#include "watch/sound_watch.hpp"
#include "watch/watch.hpp"
#include "web/api/watch.hpp"
#include "web/http/json_fields.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

/// What programs say of streams that they watch: they bring the service key, or a token of an agent or of staff.
namespace {

constexpr std::size_t most_lines = 200, most_boxes = 100, most_words = 500;
constexpr std::size_t longest_line = 4000;

void set_state(SiteContext& site, Call& call) {
    auto const stream = pushed_stream(site, call, call.parameter("id"));
    std::string text;
    read_body(call, [&](JsonFields& fields) {
        text = fields.text("state", 20);
        if (!watch::parse_state(text)) fields.wrong("state", "This must be offline, online, monitoring or failed.");
    });
    call.answer(watched_stream_of(site, *or_refuse(site.watch.set_state(stream->id, *watch::parse_state(text)))));
}

/// Each of a list of objects, read as such.
void each_object(JsonFields& fields, char const* name, std::size_t most, std::function<void(JsonFields&)> const& read) {
    auto const* const list = fields.optional_array(name);
    if (list == nullptr) return;
    if (list->size() > most) return fields.wrong(name, "These are too many at once.");
    for (auto const& each : *list) {
        if (!each.is_object()) return fields.wrong(name, "Each of these must be an object.");
        JsonFields within{each};
        read(within);
        within.check();
    }
}

void push_chat(SiteContext& site, Call& call) {
    auto const stream = pushed_stream(site, call, call.parameter("id"));
    std::vector<watch::ChatWatch::Line> lines;
    read_body(call, [&](JsonFields& fields) {
        if (!fields.has("lines")) fields.wrong("lines", "This is missing.");
        each_object(fields, "lines", most_lines, [&](JsonFields& line) {
            lines.push_back({stream->id, line.text("username", 200), line.text("text", longest_line)});
        });
    });
    watch::ChatWatch chat_watch{site.watch};
    auto found = Json::array();
    for (auto& line : lines) {
        line.score = site.screening.opinion(line.text, {}).score;
        auto reported = chat_watch.look_at(line);
        if (!reported) continue;
        wait_for(*reported);
        found.push_back(contract::detection_json(*reported->detection, site.accounts));
    }
    call.answer(Json{{"looked_at", lines.size()}, {"detections", std::move(found)}});
}

void answer_reported(SiteContext& site, Call& call, std::optional<watch::Detections::Reported>& reported) {
    if (!reported) throw Refused{{Code::conflict, "This stream isn't monitored."}};
    wait_for(*reported);
    call.answer(contract::detection_json(*reported->detection, site.accounts), reported->is_new ? 201 : 200);
}

void push_detection(SiteContext& site, Call& call) {
    auto const stream = pushed_stream(site, call, call.parameter("id"));
    watch::Alert alert;
    alert.stream = stream->id;
    read_body(call, [&](JsonFields& fields) {
        auto const kind = watch::parse_finding(fields.text("kind", 20));
        if (kind != watch::Finding::object && kind != watch::Finding::audio)
            fields.wrong("kind", "This must be object or audio: chat lines are looked at here.");
        alert.finding = kind.value_or(watch::Finding::object);
        alert.text = fields.text_or_empty("text", longest_line);
        if (fields.has("subjects")) alert.subjects = fields.texts("subjects", most_boxes);
        each_object(fields, "boxes", most_boxes, [&](JsonFields& box) {
            watch::Box read;
            read.label = box.text("class", 200);
            read.confidence = box.fraction("confidence", 0, 1);
            read.left = box.fraction("left", 0, 100'000);
            read.top = box.fraction("top", 0, 100'000);
            read.width = box.fraction("width", 0, 100'000);
            read.height = box.fraction("height", 0, 100'000);
            alert.score = std::max(alert.score, read.confidence);
            alert.subjects.push_back(read.label);
            alert.boxes.push_back(std::move(read));
        });
        if (alert.subjects.empty()) fields.wrong("subjects", "This is missing.");
    });
    std::sort(alert.subjects.begin(), alert.subjects.end());
    alert.subjects.erase(std::unique(alert.subjects.begin(), alert.subjects.end()), alert.subjects.end());
    auto reported = site.watch.report(std::move(alert));
    answer_reported(site, call, reported);
}

void push_transcript(SiteContext& site, Call& call) {
    auto const stream = pushed_stream(site, call, call.parameter("id"));
    if (stream->state != watch::StreamState::monitoring)
        throw Refused{{Code::conflict, "This stream isn't monitored."}};
    watch::Spoken spoken;
    spoken.at = site.clock.now();
    read_body(call, [&](JsonFields& fields) {
        spoken.text = fields.text("text", longest_line);
        spoken.seconds = fields.has("seconds") ? fields.fraction("seconds", 0, 3600) : 0;
        each_object(fields, "words", most_words, [&](JsonFields& word) {
            spoken.words.push_back({word.text("w", 200), word.fraction("p", 0, 1)});
        });
    });
    auto reported = watch::hear(site.watch, stream->id, spoken);
    if (reported) wait_for(*reported);
    call.answer(Json{{"detection", reported ? contract::detection_json(*reported->detection, site.accounts) : Json{}}});
}

std::string_view jpeg_of(Call const& call) {
    if (!call.request().header("content-type").starts_with("image/jpeg"))
        throw Refused{{Code::wrong_type, "Send a JPEG, as image/jpeg."}};
    return call.request().content();
}

void put_picture(SiteContext& site, Call& call) {
    auto const stream = pushed_stream(site, call, call.parameter("id"));
    if (!site.watch.evidence.keep(stream->id, watch::Evidence::last, jpeg_of(call)))
        throw Refused{base::invalid_field("picture", "This must be a JPEG of up to 2 MB.")};
    call.answer(no_content());
}

void put_detection_picture(SiteContext& site, Call& call) {
    auto const detection = site.watch.detections.find(call.parameter("id"));
    // Who may not know of the stream hears what they would hear of none.
    pushed_stream(site, call, detection ? detection->alert.stream : "");
    auto const changed = or_refuse(site.watch.detections.attach_picture(detection->id, jpeg_of(call)));
    call.answer(contract::detection_json(*changed, site.accounts));
}

}  // namespace

void add_watch_push_routes(Router& router) {
    router.post("/api/v1/streams/{id}/state", Rights::anyone, set_state)
        .csrf(CsrfRule::session)
        .about("Says whether a stream is online; for programs with the service key, its agents and staff")
        .body("StreamState")
        .answers("WatchedStream");
    router.post("/api/v1/streams/{id}/chat", Rights::anyone, push_chat)
        .up_to(256U << 10U)
        .about("Chat lines of a stream, to be looked at; for programs with the service key, its agents and staff")
        .body("ChatLines")
        .answers("ChatFindings");
    router.post("/api/v1/streams/{id}/detections", Rights::anyone, push_detection)
        .about("Something that was seen or heard; for programs with the service key, the stream's agents and staff")
        .body("NewDetection")
        .answers("Detection", 201);
    router.post("/api/v1/streams/{id}/transcript", Rights::anyone, push_transcript)
        .about("Something that was said; for programs with the service key, the stream's agents and staff")
        .body("NewSpoken")
        .answers("SpokenFinding");
    router.put("/api/v1/streams/{id}/picture", Rights::anyone, put_picture)
        .up_to(watch::Evidence::largest)
        .about("The last picture of a stream, as image/jpeg; for programs with the service key, its agents and staff")
        .answers("", 204);
    router.put("/api/v1/detections/{id}/picture", Rights::anyone, put_detection_picture)
        .up_to(watch::Evidence::largest)
        .about("The picture of a detection, as image/jpeg; for programs with the service key, its agents and staff")
        .answers("Detection");
}

}  // namespace soyuz::web
