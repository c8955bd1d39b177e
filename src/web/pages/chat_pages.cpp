#include "web/pages/chat_pages.hpp"

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
#include "web/http/cookies.hpp"
#include "web/pages/message_view.hpp"
#include "web/pages/room_sections.hpp"
#include "web/reach.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

namespace {

constexpr std::size_t messages_on_page = 50;
/// For readers without a script; a script asks for all of them when they are looked at.
constexpr std::size_t people_on_page = 50;

Json room_view(SiteContext& site, Call const& call, chat::Room const& room) {
    auto json = contract::room_json(site.rooms, site.accounts, room, call.user());
    if (json.value("title", "").empty()) json["title"] = room.name;
    return json;
}

/// The other one of a conversation of two, as far as the page shows them before it asks; null elsewhere.
Json peer_view(SiteContext& site, Call const& call, chat::Room const& room) {
    if (room.kind != chat::Room::Kind::direct) return nullptr;
    for (auto const& id : site.rooms.members(room)) {
        auto const other = id == call.user().id ? nullptr : site.accounts.find(id);
        if (other) return person_view(*other, site.presence.is_online(id));
    }
    return nullptr;
}

bool wants_recent_first(Call const& call) { return call.cookie(room_order_cookie) == "recent"; }

/// The rooms at the side: those that the caller is in.
Json rooms_view(SiteContext& site, Call const& call) {
    auto rooms = Json::array();
    bool const by_time = wants_recent_first(call);
    for (auto const& room : site.rooms.of(call.user().id)) {
        if (!site.rooms.shows(call.user().id, *room)) continue;
        auto& view = rooms.emplace_back(room_view(site, call, *room));
        auto const newest = by_time ? site.messages.history.sent_at({room->id, site.rooms.last_seq(room->id)})
                                    : std::optional<base::Timestamp>{};
        if (newest) view["last_at"] = base::to_rfc3339(*newest);
        auto const peer = peer_view(site, call, *room);
        for (auto const* part : {"avatar_url", "initials", "hue", "online"})
            if (peer.contains(part)) view[part] = peer[part];
    }
    return rooms;
}

struct Landing {
    chat::History::Page page;
    bool has_older = false;
    base::Seq first_unread = 0;  ///< 0: everything was read
};

/// Where the page opens: at the newest messages, or, where more was missed than fits, around the first of it.
Landing landing(SiteContext& site, Call const& call, chat::Room const& room, base::Seq last_seq) {
    auto const& user = call.user();
    auto const& history = site.messages.history;
    auto const read = site.rooms.read_seq(user.id, room.id);
    auto const first_unread_of = [&](chat::History::Page const& page) -> base::Seq {
        auto const first = std::find_if(page.messages.begin(), page.messages.end(), [&](auto const& message) {
            return message->id.seq > read && message->sender->id != user.id && !message->deleted;
        });
        return first != page.messages.end() ? (*first)->id.seq : 0;
    };
    if (last_seq > read + messages_on_page) {
        auto page = or_refuse(history.around(user, room.id, read + 1, messages_on_page));
        bool const has_older = !page.messages.empty() && page.messages.front()->id.seq > 1;
        // Where all of it is one's own or deleted, there is nothing to go back to.
        if (auto const first = first_unread_of(page); first != 0) return {std::move(page), has_older, first};
    }
    auto page = or_refuse(history.before(user, room.id, last_seq + 1, messages_on_page));
    auto const first = first_unread_of(page);
    bool const has_older = page.has_more;
    return {std::move(page), has_older, first};
}

/// Authors read why a message of theirs is under review; other people only see that it is.
Json reviews_view(SiteContext& site, Call const& call, chat::History::Page const& page) {
    auto reviews = Json::object();
    for (auto const& message : page.messages) {
        if (message->deleted || message->sender->id != call.user().id) continue;
        auto const one = site.cases.find_open(message->id);
        if (!one || one->kind != moderation::Case::Kind::flagged || !one->verdict) continue;
        reviews[base::to_string(message->id)] = {
            {"action", "flag"}, {"case_id", one->id}, {"reasons", one->verdict->reasons}};
    }
    return reviews;
}

Json messages_view(SiteContext& site, Call const& call, chat::Room const& room, chat::History::Page const& page) {
    bool const is_direct = room.kind == chat::Room::Kind::direct;
    auto const language = site.pages.language(call);
    std::unordered_map<base::Seq, chat::Message const*> here;
    for (auto const& message : page.messages) here.emplace(message->id.seq, message.get());
    auto views = Json::array();
    chat::Message const* previous = nullptr;
    for (auto const& message : page.messages) {
        auto const replied = here.find(message->reply_to);
        chat::MessagePtr fetched;
        chat::Message const* answered = replied != here.end() ? replied->second : nullptr;
        if (answered == nullptr && message->reply_to != 0) {
            auto found = site.messages.history.find(call.user(), {message->id.room, message->reply_to});
            if (found) fetched = *std::move(found);
            answered = fetched.get();
        }
        auto const key = row_key(language, *message, previous, answered, call.user(), site.accounts, is_direct);
        auto const row = site.pages.message_row(key, language, call.user(), [&] {
            return message_view(*message, previous, answered, call.user(), site.accounts, is_direct);
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
Json people_view(SiteContext& site, chat::Room const& room, std::size_t& online_count) {
    std::vector<std::pair<bool, chat::UserPtr>> people;
    online_count = 0;
    for (auto const& id : site.rooms.members(room)) {
        auto user = site.accounts.find(id);
        if (!user || user->deleted) continue;
        bool const online = site.presence.is_online(id);
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
    // Nobody took the right to chat away: what was written did.
    if (sanction->by.empty() && sanction->kind == moderation::Sanction::Kind::mute) json["automatic"] = true;
    return json;
}

/// The invite that the side card shows to those who may invite: the longest-lived one there is.
Json invite_view(SiteContext& site, chat::User const& user, chat::Room const& room, std::string const& base) {
    if (!site.rooms.may_manage(user, room)) return nullptr;
    auto const invites = site.rooms.invites().of(room.id);
    auto const best = std::max_element(invites.begin(), invites.end(), [](auto const& one, auto const& other) {
        return one.expires_at < other.expires_at;
    });
    if (best == invites.end()) return nullptr;
    return {
        {"code", best->code}, {"url", base + "/join/" + best->code}, {"qr_svg_url", "/join/" + best->code + "/qr.svg"}};
}

}  // namespace

Json chat_context(SiteContext& site, Call& call, chat::RoomPtr const& room) {
    auto const& user = call.user();
    if (!site.rooms.is_member(user.id, *room) && room->is_open()) or_refuse(site.rooms.join(user, room->id));

    auto const last_seq = site.rooms.last_seq(room->id);
    auto const [page, has_older, first_unread] = landing(site, call, *room, last_seq);
    site.rooms.mark_delivered(user, *room, last_seq);
    auto const settings = site.settings.get();
    auto const mute = sanction_view(site.sanctions.mute_of(user.id));
    std::size_t online_count = 0;
    auto people = people_view(site, *room, online_count);
    Json const first = first_unread != 0 ? Json(first_unread) : Json{};

    auto reach = reach_json(site, call);
    auto invite = invite_view(site, user, *room, reach["url"]);
    // Whoever has just set this up stands in an empty room: the way for others comes first.
    bool const is_alone = !invite.is_null() && user.role == chat::Role::owner && room->id == site.rooms.lobby()->id &&
                          site.rooms.members(*room).size() == 1;
    auto view = room_view(site, call, *room);
    auto rooms = rooms_view(site, call);
    auto const me = person_view(user, true);
    Json boot{{"user", me},
              {"room", view},
              {"rooms", rooms},
              {"may_make_rooms", user.role != chat::Role::guest &&
                                     (settings->members_create_rooms || user.role >= chat::Role::moderator)},
              {"csrf", call.masked_csrf_token()},
              {"lang", site.pages.language(call)},
              {"version", site.options.version},
              {"time", base::to_rfc3339(site.clock.now())},
              {"last_seq", last_seq},
              {"first_unread", first},
              {"mute", mute},
              {"ban", sanction_view(site.sanctions.ban_of(user.id))},
              {"reviews", reviews_view(site, call, page)},
              {"limits", {{"text", settings->message_characters}, {"file", settings->attachment_bytes}}}};
    return Json{{"room", std::move(view)},
                {"room_sections", room_sections(rooms, site.pages.language(call), wants_recent_first(call))},
                {"peer", peer_view(site, call, *room)},
                {"messages", messages_view(site, call, *room, page)},
                {"has_more", has_older},
                {"first_unread", first},
                {"people", std::move(people)},
                {"online_count", online_count},
                {"invite", std::move(invite)},
                {"reach", std::move(reach)},
                {"welcome", is_alone},
                {"ban", nullptr},
                {"mute", mute},
                {"max_text", settings->message_characters},
                {"max_file", settings->attachment_bytes},
                {"boot", std::move(boot)}};
}

void add_chat_pages(Router& router) {
    router.get("/chat", Rights::signed_in, [](SiteContext&, Call& call) {
        call.answer(redirect("/chat/" + std::string{chat::Rooms::lobby_name}));
    });
    router.get("/chat/{room}", Rights::signed_in, [](SiteContext& site, Call& call) {
        auto const room = room_for(site, call, call.parameter("room"));
        try {
            call.answer(site.pages.render(call, "chat.html", chat_context(site, call, room)));
        } catch (jinja::TemplateError const& error) {
            call.answer(site.pages.broken_template(call, error));
        }
    });
}

}  // namespace soyuz::web
