#include <nlohmann/json.hpp>

#include "chat/rooms/rooms.hpp"
#include "chat/settings.hpp"
#include "web/http/call.hpp"
#include "web/pages/message_view.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using Json = nlohmann::json;

namespace {

/// The rooms to filter by; what happens in them the page's script asks for.
Json rooms_view(SiteContext& site, Call const& call) {
    auto rooms = Json::array();
    for (auto const& room : site.rooms.visible_to(call.user())) {
        if (room->kind == chat::Room::Kind::direct) continue;
        rooms.push_back({{"name", room->name},
                         {"title", room->title.empty() ? room->name : room->title},
                         {"live", room->kind == chat::Room::Kind::live}});
    }
    return rooms;
}

void show_moderation(SiteContext& site, Call& call) {
    auto rooms = rooms_view(site, call);
    Json boot{{"user", person_view(call.user(), true)},
              {"rooms", rooms},
              {"csrf", call.masked_csrf_token()},
              {"lang", site.pages.language(call)},
              {"version", site.options.version}};
    call.answer(site.pages.render(call, "moderation.html", {{"rooms", std::move(rooms)}, {"boot", std::move(boot)}}));
}

}  // namespace

void add_moderation_pages(Router& router) { router.get("/moderation", Rights::moderator, show_moderation); }

}  // namespace soyuz::web
