#include "web/api/live.hpp"

#include <algorithm>
#include <tuple>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "contract/live_shapes.hpp"
#include "live/recording/recorder.hpp"
#include "live/stage_limits.hpp"
#include "live/stages.hpp"
#include "moderation/cases/cases.hpp"
#include "web/api/rooms.hpp"
#include "web/files/ranged_answer.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

namespace {

constexpr std::size_t most_givers = 10;
constexpr std::string_view recording_ending = ".webm";

int place_of(live::Phase phase) {
    switch (phase) {
        case live::Phase::live: return 0;
        case live::Phase::interrupted: return 1;
        case live::Phase::waiting: return 2;
        case live::Phase::ended: break;
    }
    return 3;
}

live::StagePlan changed_plan(live::StagePlan plan, Call const& call) {
    read_body(call, [&](JsonFields& fields) {
        if (auto const delay = fields.optional_number("delay_s", live::longest_delay.count()))
            plan.delay = std::chrono::seconds{*delay};
        if (auto const records = fields.optional_flag("records")) plan.records = *records;
        if (auto const gifts = fields.optional_flag("random_gifts")) plan.random_gifts = *gifts;
        if (!fields.has("starts_at")) return;
        auto const text = fields.text_or_empty("starts_at", 40);
        plan.starts_at = base::parse_rfc3339(text);
        if (!plan.starts_at && !text.empty())
            fields.wrong("starts_at", "This must be a time as in 2026-11-21T07:14:44Z, or empty.");
    });
    return plan;
}

void change(SiteContext& site, Call& call) {
    auto const room = led_live_room(site, call, call.parameter("name"));
    auto const stage = site.stages.of(*room);
    auto const before = stage->state().plan;
    auto const plan = changed_plan(before, call);
    stage->plan(plan);
    if (plan.delay != before.delay)
        audit(site, call, "live_delay", {{"room", room->name}, {"seconds", std::to_string(plan.delay.count())}});
    if (plan.records != before.records)
        audit(site, call, "live_recording", {{"room", room->name}, {"on", plan.records ? "yes" : "no"}});
    call.answer(stage_of(site, *room));
}

void end(SiteContext& site, Call& call, std::string_view why) {
    auto const room = led_live_room(site, call, call.parameter("name"));
    auto const stage = site.stages.of(*room);
    bool const is_host = stage->state().host == call.user().id;
    or_refuse(stage->end(why == "cut" ? why : is_host ? "host" : "moderator"));
    audit(site, call, why == "cut" ? "live_cut" : "live_ended", {{"room", room->name}});
    call.answer(stage_of(site, *room));
}

/// Switches something of a stage that `{on}` says.
void switch_over(SiteContext& site, Call& call, std::string_view action, void (live::Stage::*change)(bool)) {
    auto const room = led_live_room(site, call, call.parameter("name"));
    std::optional<bool> on;
    read_body(call, [&](JsonFields& fields) {
        on = fields.optional_flag("on");
        if (!on) fields.wrong("on", "This must be true or false.");
    });
    (*site.stages.of(*room).*change)(*on);
    audit(site, call, action, {{"room", room->name}, {"on", *on ? "yes" : "no"}});
    call.answer(stage_of(site, *room));
}

void give(SiteContext& site, Call& call) {
    auto const room = live_room(site, call, call.parameter("name"));
    check_may_write(site, call);
    if (room->has_expelled(call.user().id)) throw Refused{{Code::forbidden, "You were put out of this room."}};
    unsigned long long gift = 0, amount = 1;
    read_body(call, [&](JsonFields& fields) {
        auto const wanted = fields.optional_number("gift_id", 1'000'000);
        if (!wanted) fields.wrong("gift_id", "This must be the number of a gift.");
        gift = wanted.value_or(0);
        amount = fields.optional_number("amount", live::Gifts::most_at_once).value_or(1);
    });
    auto const given =
        or_refuse(site.stages.give(*room, call.user().id, call.user().username, static_cast<std::uint32_t>(gift),
                                   static_cast<std::uint32_t>(amount)));
    call.answer(contract::gift_json(given), 201);
}

void show_gifts(SiteContext& site, Call& call) {
    auto const room = live_room(site, call, call.parameter("name"));
    auto givers = Json::array();
    for (auto const& giver : site.stages.gifts().top(room->id, most_givers))
        givers.push_back(contract::giver_json(giver, site.accounts));
    call.answer(Json{{"catalogue", gift_kinds_json()}, {"top_givers", std::move(givers)}});
}

live::Recorder& recorder_of(SiteContext& site) {
    auto* const recorder = site.stages.recorder();
    if (recorder == nullptr) throw Refused{{Code::not_found, "Nothing is recorded on this server."}};
    return *recorder;
}

void list_recordings(SiteContext& site, Call& call) {
    auto const room = live_room(site, call, call.parameter("name"));
    auto list = Json::array();
    for (auto const& info : recorder_of(site).of(room->id)) list.push_back(contract::recording_json(info, room->name));
    call.answer(Json{{"recordings", std::move(list)}});
}

void remove_recording(SiteContext& site, Call& call) {
    auto const room = led_live_room(site, call, call.parameter("name"));
    if (!recorder_of(site).remove(room->id, call.parameter("id")))
        throw Refused{{Code::not_found, "There is no such recording."}};
    audit(site, call, "recording_removed", {{"room", room->name}, {"recording", call.parameter("id")}});
    call.answer(no_content());
}

void take_clip(SiteContext& site, Call& call) {
    auto const room = live_room(site, call, call.parameter("name"));
    std::string the_case;
    if (!call.request().body.empty())
        read_body(call, [&](JsonFields& fields) { the_case = fields.text_or_empty("case_id", 100); });
    if (!the_case.empty()) {
        auto const found = site.cases.find(the_case);
        if (!found || found->room != room->id) throw Refused{{Code::not_found, "There is no such case in this room."}};
    }
    or_refuse(site.stages.of(*room)->clip(call.user().id, the_case));
    audit(site, call, "live_clip", {{"room", room->name}, {"case", the_case}});
    call.answer(Json{{"status", "taking"}}, 202);
}

void list_clips(SiteContext& site, Call& call) {
    auto const room = live_room(site, call, call.parameter("name"));
    auto list = Json::array();
    auto const the_case = call.query("case");
    for (auto const& info : recorder_of(site).of(room->id, live::RecordingKind::clip))
        if (!the_case || info.the_case == *the_case)
            list.push_back(contract::clip_json(info, room->name, site.accounts));
    call.answer(Json{{"clips", std::move(list)}});
}

void remove_clip(SiteContext& site, Call& call) {
    auto const room = live_room(site, call, call.parameter("name"));
    if (!recorder_of(site).remove(room->id, call.parameter("id"), live::RecordingKind::clip))
        throw Refused{{Code::not_found, "There is no such clip."}};
    audit(site, call, "live_clip_removed", {{"room", room->name}, {"clip", call.parameter("id")}});
    call.answer(no_content());
}

/// The pages of live rooms call their room `room`, and so must whatever stands below them.
void play(SiteContext& site, Call& call, live::RecordingKind kind) {
    auto const room = live_room(site, call, call.parameter("room"));
    auto const not_here = Refused{{Code::not_found, "There is no such recording."}};
    std::string_view id = call.parameter("file");
    if (!id.ends_with(recording_ending)) throw not_here;
    id.remove_suffix(recording_ending.size());
    auto const path = recorder_of(site).file_of(room->id, id, kind);
    auto const file = path ? StoredFile::open(*path) : nullptr;
    if (!file) throw not_here;
    Answer answer;
    answer.with("Cache-Control", "private, no-cache").with("Cross-Origin-Resource-Policy", "same-origin");
    put_file(answer, call.request(), '"' + std::string{id} + '"', "video/webm", file, site.workers);
    call.answer(std::move(answer));
}

}  // namespace

chat::RoomPtr live_room(SiteContext& site, Call const& call, std::string_view name) {
    auto room = room_for(site, call, name);
    if (room->kind != chat::Room::Kind::live) throw Refused{{Code::unknown_room, "There is no such live room."}};
    return room;
}

chat::RoomPtr led_live_room(SiteContext& site, Call const& call, std::string_view name) {
    auto room = live_room(site, call, name);
    if (!site.rooms.may_manage(call.user(), *room))
        throw Refused{{Code::forbidden, "Only the room's host and moderators may do this."}};
    return room;
}

Json stage_of(SiteContext& site, chat::Room const& room) {
    return contract::stage_json(site.stages.of(room)->state(), site.accounts, site.rooms);
}

Json stages_json(SiteContext& site, Call const& call) {
    std::vector<live::StageState> states;
    for (auto const& room : site.rooms.visible_to(call.user()))
        if (room->kind == chat::Room::Kind::live) states.push_back(site.stages.of(*room)->state());
    std::stable_sort(states.begin(), states.end(), [](auto const& one, auto const& other) {
        auto const far = base::Timestamp::max();
        auto const key = [far](live::StageState const& state) {
            return std::tuple{place_of(state.phase), state.plan.starts_at.value_or(far),
                              -static_cast<std::int64_t>(state.viewers)};
        };
        return key(one) < key(other);
    });
    auto list = Json::array();
    for (auto const& state : states) list.push_back(contract::stage_json(state, site.accounts, site.rooms));
    return list;
}

Json gift_kinds_json() {
    auto kinds = Json::array();
    for (auto const& kind : live::gift_catalogue()) kinds.push_back(contract::gift_kind_json(kind));
    return kinds;
}

void add_live_routes(Router& router) {
    router
        .get("/api/v1/live", Rights::signed_in,
             [](SiteContext& site, Call& call) {
                 call.answer(Json{{"live", stages_json(site, call)}});
             })
        .about("Live rooms, those on air first")
        .answers("Stages");
    router
        .get("/api/v1/live/{name}", Rights::signed_in,
             [](SiteContext& site, Call& call) {
                 call.answer(stage_of(site, *live_room(site, call, call.parameter("name"))));
             })
        .about("How a live room stands")
        .answers("Stage");
    router.patch("/api/v1/live/{name}", Rights::signed_in, change)
        .counts_as_change()
        .about("Changes when it begins, how long it is held back, whether it is recorded; by its host or a moderator")
        .body("StageChange")
        .answers("Stage");
    router
        .post("/api/v1/live/{name}/end", Rights::signed_in,
              [](SiteContext& site, Call& call) { end(site, call, "end"); })
        .counts_as_change()
        .about("Ends the broadcast; by its host or a moderator")
        .answers("Stage");
    router
        .post("/api/v1/live/{name}/cut", Rights::moderator,
              [](SiteContext& site, Call& call) { end(site, call, "cut"); })
        .counts_as_change()
        .about("Ends the broadcast at once and keeps its host from going live again for five minutes")
        .answers("Stage");
    router
        .post("/api/v1/live/{name}/blank", Rights::signed_in,
              [](SiteContext& site, Call& call) { switch_over(site, call, "live_blank", &live::Stage::blank); })
        .counts_as_change()
        .about("Shows black instead of the picture, or the picture again; by the host or a moderator")
        .body("Switch")
        .answers("Stage");
    router
        .post("/api/v1/live/{name}/mute", Rights::signed_in,
              [](SiteContext& site, Call& call) { switch_over(site, call, "live_mute", &live::Stage::mute); })
        .counts_as_change()
        .about("Plays silence instead of the sound, or the sound again; by the host or a moderator")
        .body("Switch")
        .answers("Stage");
    router
        .post("/api/v1/live/{name}/reset", Rights::signed_in,
              [](SiteContext& site, Call& call) {
                  auto const room = led_live_room(site, call, call.parameter("name"));
                  site.stages.reset(*room);
                  audit(site, call, "live_reset", {{"room", room->name}});
                  call.answer(stage_of(site, *room));
              })
        .counts_as_change()
        .about("Counts hearts, gifts and top givers anew; by the host or a moderator")
        .answers("Stage");
    router.get("/api/v1/live/{name}/gifts", Rights::signed_in, show_gifts)
        .about("What can be given, and who gave most")
        .answers("Gifts");
    router.post("/api/v1/live/{name}/gifts", Rights::signed_in, give)
        .about("Gives something, without any money")
        .body("NewGift")
        .answers("Gift", 201);
    router.get("/api/v1/live/{name}/recordings", Rights::signed_in, list_recordings)
        .about("Finished recordings, newest first")
        .answers("Recordings");
    router.remove("/api/v1/live/{name}/recordings/{id}", Rights::signed_in, remove_recording)
        .about("Removes a recording; by the host or a moderator")
        .answers("", 204);
    router.post("/api/v1/live/{name}/clips", Rights::moderator, take_clip)
        .counts_as_change()
        .about(
            "Keeps the half minute before and after now as it comes, hidden or not; as evidence for a case, or without one")
        .body("NewClip")
        .answers("ClipTaking", 202);
    router.get("/api/v1/live/{name}/clips", Rights::moderator, list_clips)
        .reads({"case"})
        .about("Clips that moderators have kept, newest first; of one case alone")
        .answers("Clips");
    router.remove("/api/v1/live/{name}/clips/{id}", Rights::moderator, remove_clip)
        .about("Removes a clip")
        .answers("", 204);
    router
        .get("/live/{room}/clips/{file}", Rights::moderator,
             [](SiteContext& site, Call& call) { play(site, call, live::RecordingKind::clip); })
        .about("A clip as WebM; by ranges too")
        .answers("file");
    router
        .get("/live/{room}/recordings/{file}", Rights::signed_in,
             [](SiteContext& site, Call& call) { play(site, call, live::RecordingKind::whole); })
        .about("A recording as WebM; by ranges too")
        .answers("file");
}

}  // namespace soyuz::web
