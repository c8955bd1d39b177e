#include <nlohmann/json.hpp>

#include "chat/rooms/rooms.hpp"
#include "chat/settings.hpp"
#include "contract/live_shapes.hpp"
#include "live/recording/recorder.hpp"
#include "live/stages.hpp"
#include "web/api/live.hpp"
#include "web/pages/chat_pages.hpp"
#include "web/pages/message_view.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using Json = nlohmann::json;

namespace {

bool may_make(SiteContext const& site, chat::User const& user) {
    if (user.role >= chat::Role::moderator) return true;
    auto const settings = site.settings.get();
    return user.role >= chat::Role::member && settings->purpose == chat::Purpose::stream &&
           settings->members_create_rooms;
}

void show_list(SiteContext& site, Call& call) {
    Json boot{{"user", person_view(call.user(), true)},
              {"csrf", call.masked_csrf_token()},
              {"lang", site.pages.language(call)},
              {"version", site.options.version}};
    call.answer(site.pages.render(
        call, "live_list.html",
        {{"stages", stages_json(site, call)}, {"may_make", may_make(site, call.user())}, {"boot", std::move(boot)}}));
}

Json clips_view(SiteContext& site, chat::Room const& room) {
    auto list = Json::array();
    auto const* const recorder = site.stages.recorder();
    if (recorder == nullptr) return list;
    for (auto const& info : recorder->of(room.id, live::RecordingKind::clip)) {
        auto json = contract::clip_json(info, room.name, site.accounts);
        json["day"] = day_of(info.started_at);
        json["time"] = base::to_rfc3339(info.started_at).substr(11, 5);
        list.push_back(std::move(json));
    }
    return list;
}

Json recordings_view(SiteContext& site, chat::Room const& room) {
    auto list = Json::array();
    auto const* const recorder = site.stages.recorder();
    if (recorder == nullptr) return list;
    for (auto const& info : recorder->of(room.id)) {
        auto json = contract::recording_json(info, room.name);
        json["day"] = day_of(info.started_at);
        json["time"] = base::to_rfc3339(info.started_at).substr(11, 5);
        json["minutes"] = (info.duration.count() + 59'999) / 60'000;
        list.push_back(std::move(json));
    }
    return list;
}

/// `view`: "" for the whole page, else what alone is shown: "chat" or "overlay".
void show_stage(SiteContext& site, Call& call, std::string_view view) {
    auto const room = live_room(site, call, call.parameter("room"));
    try {
        auto context = chat_context(site, call, room);
        auto stage = stage_of(site, *room);
        bool const may_lead = site.rooms.may_manage(call.user(), *room);
        context["stage"] = stage;
        context["view"] = view;
        context["may_lead"] = may_lead;
        context["gifts"] = gift_kinds_json();
        context["recordings"] = recordings_view(site, *room);
        context["clips"] = call.user().role >= chat::Role::moderator ? clips_view(site, *room) : Json::array();
        context["boot"]["live"] = {{"stage", std::move(stage)},
                                   {"view", view},
                                   {"may_lead", may_lead},
                                   {"may_cut", call.user().role >= chat::Role::moderator},
                                   {"gifts", gift_kinds_json()}};
        call.answer(site.pages.render(call, "live.html", std::move(context)));
    } catch (jinja::TemplateError const& error) {
        call.answer(site.pages.broken_template(call, error));
    }
}

}  // namespace

void add_live_pages(Router& router) {
    router.get("/live", Rights::signed_in, show_list);
    router.get("/live/{room}", Rights::signed_in, [](SiteContext& site, Call& call) {
        show_stage(site, call, call.query("overlay") == "1" ? "overlay" : "");
    });
    router.get("/live/{room}/chat", Rights::signed_in,
               [](SiteContext& site, Call& call) { show_stage(site, call, "chat"); });
}

}  // namespace soyuz::web
