#include <algorithm>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/observer.hpp"
#include "chat/settings.hpp"
#include "contract/shapes.hpp"
#include "moderation/cases/cases.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "web/api/rooms.hpp"
#include "web/app.hpp"
#include "web/pages/message_view.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

namespace {

constexpr std::size_t messages_on_page = 50;
constexpr std::size_t people_on_page = 200;

Json room_view(Call const& call, chat::Room const& room) {
    auto const& app = call.app();
    auto json = contract::room_json(app.rooms, app.accounts, room, call.user());
    if (json.value("title", "").empty()) json["title"] = room.name;
    return json;
}

/// The rooms at the side: those that the caller is in.
Json rooms_view(Call const& call) {
    auto rooms = Json::array();
    for (auto const& room : call.app().rooms.of(call.user().id)) rooms.push_back(room_view(call, *room));
    return rooms;
}

/// Authors read why a message of theirs is under review, whoever else may see that it is.
Json reviews_view(Call const& call, chat::History::Page const& page) {
    auto reviews = Json::object();
    for (auto const& message : page.messages) {
        if (message->deleted || message->sender->id != call.user().id) continue;
        auto const one = call.app().cases.find_open(message->id);
        if (!one || one->kind != moderation::Case::Kind::flagged || !one->verdict) continue;
        reviews[base::to_string(message->id)] = {
            {"action", "flag"}, {"case_id", one->id}, {"reasons", one->verdict->reasons}};
    }
    return reviews;
}

Json messages_view(Call const& call, chat::History::Page const& page) {
    auto const language = call.app().pages.language(call);
    std::unordered_map<base::Seq, chat::Message const*> here;
    for (auto const& message : page.messages) here.emplace(message->id.seq, message.get());
    auto views = Json::array();
    chat::Message const* previous = nullptr;
    for (auto const& message : page.messages) {
        auto const replied = here.find(message->reply_to);
        chat::MessagePtr fetched;
        chat::Message const* answered = replied != here.end() ? replied->second : nullptr;
        if (answered == nullptr && message->reply_to != 0) {
            auto found = call.app().messages.history.find(call.user(), {message->id.room, message->reply_to});
            if (found) fetched = *std::move(found);
            answered = fetched.get();
        }
        auto const& app = call.app();
        auto const key = row_key(language, *message, previous, answered, call.user(), app.accounts);
        auto const row = app.pages.message_row(key, language, call.user(), [&] {
            return message_view(*message, previous, answered, call.user(), app.accounts);
        });
        bool const is_new_day = begins_day(*message, previous);
        views.push_back({{"seq", message->id.seq},
                         {"new_day", is_new_day},
                         {"day_text", is_new_day ? day_of(message->sent_at) : std::string{}},
                         {"row", *row}});
        previous = message.get();
    }
    return views;
}

/// Those who are here first, then by name.
Json people_view(Call const& call, chat::Room const& room, std::size_t& online_count) {
    auto const& app = call.app();
    std::vector<std::pair<bool, chat::UserPtr>> people;
    online_count = 0;
    for (auto const& id : app.rooms.members(room)) {
        auto user = app.accounts.find(id);
        if (!user || user->deleted) continue;
        bool const online = app.presence.is_online(id);
        online_count += online ? 1 : 0;
        people.emplace_back(online, std::move(user));
    }
    auto const in_order = [](auto const& one, auto const& other) {
        if (one.first != other.first) return one.first;
        return one.second->display_name < other.second->display_name;
    };
    auto const shown = std::min(people.size(), people_on_page);
    std::partial_sort(people.begin(), people.begin() + static_cast<std::ptrdiff_t>(shown), people.end(), in_order);
    auto views = Json::array();
    for (std::size_t i = 0; i < shown; ++i) views.push_back(person_view(*people[i].second, people[i].first));
    return views;
}

Json sanction_view(std::optional<moderation::Sanction> const& sanction) {
    if (!sanction) return nullptr;
    Json json{{"reason", sanction->reason}, {"until", nullptr}};
    if (sanction->until) json["until"] = base::to_rfc3339(*sanction->until);
    // Nobody took the right to chat away, and no time gives it back: what was written did.
    if (sanction->by.empty() && !sanction->until) json["automatic"] = true;
    return json;
}

/// The invite that the side card shows to those who may invite: the longest-lived one there is.
Json invite_view(Call const& call, chat::Room const& room) {
    auto const& app = call.app();
    if (!app.rooms.may_manage(call.user(), room)) return nullptr;
    auto const invites = app.rooms.invites().of(room.id);
    auto const best = std::max_element(invites.begin(), invites.end(), [](auto const& one, auto const& other) {
        return one.expires_at < other.expires_at;
    });
    if (best == invites.end()) return nullptr;
    return {{"code", best->code},
            {"url", app.base_url(call.client()) + "/join/" + best->code},
            {"qr_svg_url", "/join/" + best->code + "/qr.svg"}};
}

void show_room(Call& call) {
    auto& app = call.app();
    auto const& user = call.user();
    auto const room = room_for(call, call.parameter("room"));
    if (!app.rooms.is_member(user.id, *room) && room->kind == chat::Room::Kind::public_)
        or_refuse(app.rooms.join(user, room->id));

    auto const last_seq = app.rooms.last_seq(room->id);
    auto const page = or_refuse(app.messages.history.before(user, room->id, last_seq + 1, messages_on_page));
    auto const read = app.rooms.read_seq(user.id, room->id);
    auto const settings = app.settings.get();
    auto const mute = sanction_view(app.sanctions.mute_of(user.id));
    std::size_t online_count = 0;
    auto people = people_view(call, *room, online_count);
    auto const first_unread = std::find_if(page.messages.begin(), page.messages.end(), [&](auto const& message) {
        return message->id.seq > read && message->sender->id != user.id;
    });
    Json const first = first_unread != page.messages.end() ? Json((*first_unread)->id.seq) : Json{};

    auto view = room_view(call, *room);
    auto rooms = rooms_view(call);
    auto const me = person_view(user, true);
    Json boot{{"user", me},
              {"room", view},
              {"rooms", rooms},
              {"csrf", call.csrf_token()},
              {"lang", app.pages.language(call)},
              {"version", app.options.version},
              {"time", base::to_rfc3339(app.clock.now())},
              {"last_seq", last_seq},
              {"first_unread", first},
              {"mute", mute},
              {"reviews", reviews_view(call, page)},
              {"limits", {{"text", settings->message_characters}, {"file", settings->attachment_bytes}}}};
    Json context{{"room", std::move(view)},
                 {"rooms", std::move(rooms)},
                 {"messages", messages_view(call, page)},
                 {"has_more", page.has_more},
                 {"first_unread", first},
                 {"people", std::move(people)},
                 {"online_count", online_count},
                 {"invite", invite_view(call, *room)},
                 {"ban", nullptr},
                 {"mute", mute},
                 {"max_text", settings->message_characters},
                 {"boot", std::move(boot)}};
    call.answer(app.pages.render(call, "chat.html", std::move(context)));
}

}  // namespace

void add_chat_pages(Router& router, App&) {
    router.get("/chat", Rights::signed_in,
               [](Call& call) { call.answer(redirect("/chat/" + std::string{chat::Rooms::lobby_name})); });
    router.get("/chat/{room}", Rights::signed_in, [](Call& call) {
        try {
            show_room(call);
        } catch (jinja::TemplateError const& error) {
            call.answer(call.app().pages.broken_template(call, error));
        }
    });
}

}  // namespace soyuz::web
