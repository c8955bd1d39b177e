#include "web/api/rooms.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/desk/desk.hpp"
#include "chat/desk/kicks.hpp"
#include "chat/observer.hpp"
#include "chat/settings.hpp"
#include "contract/shapes.hpp"
#include "moderation/rules/room_rules.hpp"
#include "moderation/rules/rule_book.hpp"
#include "web/files/qr.hpp"
#include "web/http/json_fields.hpp"
#include "web/reach.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

namespace {

constexpr std::size_t longest_title = 100;
constexpr std::size_t longest_topic = 500;
constexpr unsigned long long longest_slow_mode = std::chrono::seconds{chat::max_slow_mode}.count();

std::optional<chat::Room::Kind> read_kind(JsonFields& fields) {
    auto const text = fields.optional_text("kind", 20);
    if (!text) return std::nullopt;
    if (*text == "public") return chat::Room::Kind::public_;
    if (*text == "private") return chat::Room::Kind::private_;
    if (*text == "live") return chat::Room::Kind::live;
    fields.wrong("kind", "This must be public, private or live.");
    return std::nullopt;
}

std::optional<chat::RoomSettings> read_settings(JsonFields& fields, chat::RoomSettings settings) {
    auto const* const object = fields.optional_object("settings");
    if (object == nullptr) return std::nullopt;
    JsonFields inner{*object};
    if (auto const seconds = inner.optional_number("slow_mode_s", longest_slow_mode))
        settings.slow_mode = std::chrono::seconds{*seconds};
    if (auto const locked = inner.optional_flag("locked")) settings.locked = *locked;
    inner.check();
    return settings;
}

void check_text(JsonFields& fields, std::string_view name, std::optional<std::string> const& text, std::size_t most) {
    if (text && text->size() > most * 4)
        fields.wrong(name, "This may have up to " + std::to_string(most) + " characters.");
}

struct NewRoom {
    chat::Rooms::NewRoom room;
    static NewRoom read(JsonFields& fields) {
        NewRoom wish;
        wish.room.name = fields.text("name", 200);
        auto const title = fields.optional_text("title");
        auto const topic = fields.optional_text("topic");
        check_text(fields, "title", title, longest_title);
        check_text(fields, "topic", topic, longest_topic);
        wish.room.title = title.value_or("");
        wish.room.topic = topic.value_or("");
        wish.room.kind = read_kind(fields).value_or(chat::Room::Kind::public_);
        wish.room.settings = read_settings(fields, {}).value_or(chat::RoomSettings{});
        return wish;
    }
};

/// Watch words are shown only to those who may change them: a reader of the list can write around it.
Json room_of(SiteContext& site, Call const& call, chat::Room const& room) {
    auto json = contract::room_json(site.rooms, site.accounts, room, call.user());
    auto const own = site.rule_book.of(room.id);
    auto rules = moderation::to_json(own ? *own : moderation::RoomRules{});
    if (rules["preset"].is_null()) rules["preset"] = moderation::name(site.settings.get()->moderation_preset);
    if (!site.rooms.may_manage(call.user(), room)) rules = {{"preset", rules["preset"]}, {"shown", rules["shown"]}};
    json["settings"]["moderation"] = std::move(rules);
    return json;
}

std::optional<moderation::RoomRules> read_rules(SiteContext& site, JsonFields& fields, base::RoomId const& room) {
    auto const* const settings = fields.optional_object("settings");
    if (settings == nullptr || !settings->contains("moderation")) return std::nullopt;
    auto const before = room.empty() ? nullptr : site.rule_book.of(room);
    return or_refuse(moderation::changed_rules(before ? *before : moderation::RoomRules{}, (*settings)["moderation"],
                                               "settings.moderation"));
}

void create(SiteContext& site, Call& call) {
    count_lasting(site, call, Lasting::rooms);
    check_may_write(site, call);
    auto wish = parse<NewRoom>(call);
    if (!site.settings.get()->members_create_rooms && call.user().role < chat::Role::moderator)
        throw Refused{{Code::forbidden, "Only moderators make rooms here."}};
    // A stream is seen by all at once: who may host one is narrower, but where the server is there for streams.
    bool const is_for_staff = site.settings.get()->purpose != chat::Purpose::stream;
    if (wish.room.kind == chat::Room::Kind::live && is_for_staff && call.user().role < chat::Role::moderator)
        throw Refused{{Code::forbidden, "Only moderators make live rooms here."}};
    judge_topic(site, call, nullptr, wish.room.name, "name");
    judge_topic(site, call, nullptr, wish.room.title, "title");
    judge_topic(site, call, nullptr, wish.room.topic, "topic");
    call.answer(room_of(site, call, *or_refuse(site.rooms.create(call.user(), std::move(wish.room)))), 201);
}

void change(SiteContext& site, Call& call) {
    auto const room = managed_room(site, call, call.parameter("name"));
    count_lasting(site, call, Lasting::rooms);
    chat::Rooms::RoomChange change;
    std::optional<moderation::RoomRules> rules;
    read_body(call, [&](JsonFields& fields) {
        change.title = fields.optional_text("title");
        change.topic = fields.optional_text("topic");
        check_text(fields, "title", change.title, longest_title);
        check_text(fields, "topic", change.topic, longest_topic);
        change.kind = read_kind(fields);
        change.settings = read_settings(fields, room->settings);
        rules = read_rules(site, fields, room->id);
    });
    if (change.title || change.topic) check_may_write(site, call);
    judge_topic(site, call, room.get(), change.title.value_or(""), "title");
    judge_topic(site, call, room.get(), change.topic.value_or(""), "topic");
    auto const changed = or_refuse(site.rooms.change(call.user(), room->id, std::move(change)));
    if (rules) {
        or_refuse(site.rule_book.set(room->id, std::move(*rules)));
        audit(site, call, "room_moderation_changed", {{"room", room->name}});
    }
    call.answer(room_of(site, call, *changed));
}

void list_members(SiteContext& site, Call& call) {
    auto const room = room_for(site, call, call.parameter("name"));
    if (!site.rooms.may_read(call.user(), *room))
        throw Refused{{Code::not_a_member, "Join the room to see who is in it."}};
    auto const people = [&](std::vector<base::UserId> const& ids) {
        auto list = Json::array();
        for (auto const& id : ids) {
            auto const user = site.accounts.find(id);
            if (user && !user->deleted) list.push_back(contract::user_json(*user, site.presence.is_online(id)));
        }
        return list;
    };
    Json answer{{"members", people(site.rooms.members(*room))}};
    // Whoever may let them in again sees who was put out.
    if (site.rooms.may_manage(call.user(), *room)) answer["put_out"] = people(room->expelled);
    call.answer(std::move(answer));
}

Json invite_json(SiteContext& site, Call const& call, chat::Invite const& invite) {
    auto const meeting = meeting_point(site, call);
    return {{"code", invite.code},
            {"url", meeting.url + "/join/" + invite.code},
            {"audience", name(meeting.audience)},
            {"qr_svg_url", "/join/" + invite.code + "/qr.svg"},
            {"expires_at", base::to_rfc3339(invite.expires_at)},
            {"uses_left", invite.uses_left}};
}

void make_invite(SiteContext& site, Call& call) {
    auto const room = room_for(site, call, call.parameter("name"));
    check_may_write(site, call);
    auto hours = 24ULL * 7;
    auto uses = 100ULL;
    if (!call.request().body.empty()) {
        read_body(call, [&](JsonFields& fields) {
            hours = std::max(1ULL, fields.optional_number("hours", 24ULL * 365).value_or(hours));
            uses = std::max(1ULL, fields.optional_number("uses", 100'000).value_or(uses));
        });
    }
    auto const invite = or_refuse(site.rooms.invites().create(call.user(), room->id, std::chrono::hours{hours}, uses));
    call.answer(invite_json(site, call, invite), 201);
}

void show_qr_code(SiteContext& site, Call& call) {
    if (!site.rooms.invites().find(call.parameter("code")))
        throw Refused{{Code::not_found, "This invite can't be used any more."}};
    Answer picture;
    picture.type = "image/svg+xml";
    picture.body = qr_svg(meeting_point(site, call).url + "/join/" + call.parameter("code"));
    // The address changes when the server is opened to others.
    call.answer(std::move(picture.with("Cache-Control", "private, no-cache")));
}

void show_marks(SiteContext& site, Call& call) {
    auto const room = room_for(site, call, call.parameter("name"));
    if (room->kind != chat::Room::Kind::direct)
        throw Refused{{Code::conflict, "Only direct conversations have these marks."}};
    auto marks = Json::array();
    for (auto const& id : site.rooms.members(*room)) {
        auto const user = site.accounts.find(id);
        if (!user || user->deleted) continue;
        marks.push_back({{"username", user->username},
                         {"delivered_seq", site.rooms.delivered_seq(id, room->id)},
                         {"read_seq", site.rooms.read_seq(id, room->id)}});
    }
    call.answer(Json{{"marks", std::move(marks)}});
}

}  // namespace

chat::RoomPtr room_for(SiteContext& site, Call const& call, std::string_view name_or_id) {
    auto room = site.rooms.find_for(call.user(), name_or_id);
    if (!room) throw Refused{{Code::unknown_room, "There is no such room."}};
    return room;
}

chat::RoomPtr managed_room(SiteContext& site, Call const& call, std::string_view name_or_id) {
    auto room = room_for(site, call, name_or_id);
    if (!site.rooms.may_manage(call.user(), *room))
        throw Refused{{Code::forbidden, "Only the room's creator and moderators may do this."}};
    return room;
}

void add_room_routes(Router& router) {
    router
        .get("/api/v1/rooms", Rights::signed_in,
             [](SiteContext& site, Call& call) {
                 auto rooms = Json::array();
                 for (auto const& room : site.rooms.visible_to(call.user())) {
                     if (!site.rooms.shows(call.user().id, *room)) continue;
                     auto json = room_of(site, call, *room);
                     json["joined"] = site.rooms.is_member(call.user().id, *room);
                     rooms.push_back(std::move(json));
                 }
                 call.answer(Json{{"rooms", std::move(rooms)}});
             })
        .about("Public rooms and the caller's own")
        .answers("Rooms");
    router.post("/api/v1/rooms", Rights::signed_in, create)
        .counts_as_change()
        .about("Makes a room")
        .body("NewRoom")
        .answers("Room", 201);
    router
        .get("/api/v1/rooms/{name}", Rights::signed_in,
             [](SiteContext& site, Call& call) {
                 call.answer(room_of(site, call, *room_for(site, call, call.parameter("name"))));
             })
        .about("One room")
        .answers("Room");
    router.get("/api/v1/rooms/{name}/marks", Rights::signed_in, show_marks)
        .about("How far each of the two in a direct conversation was reached, and has read")
        .answers("Marks");
    router
        .remove("/api/v1/rooms/{name}/messages", Rights::signed_in,
                [](SiteContext& site, Call& call) {
                    or_refuse(site.rooms.clear(call.user(), room_for(site, call, call.parameter("name"))->id));
                    call.answer(no_content());
                })
        .counts_as_change()
        .about("Clears a direct conversation for the caller alone; the next message brings it back")
        .answers("", 204);
    router.patch("/api/v1/rooms/{name}", Rights::signed_in, change)
        .counts_as_change()
        .about("Changes a room; by its creator or a moderator")
        .body("RoomChange")
        .answers("Room");
    router
        .remove("/api/v1/rooms/{name}", Rights::signed_in,
                [](SiteContext& site, Call& call) {
                    auto const room = managed_room(site, call, call.parameter("name"));
                    or_refuse(site.rooms.remove(call.user(), room->id));
                    audit(site, call, "room_removed", {{"room", room->name}});
                    call.answer(no_content());
                })
        .counts_as_change()
        .about("Removes a room with its messages")
        .answers("", 204);
    router
        .post("/api/v1/rooms/{name}/join", Rights::signed_in,
              [](SiteContext& site, Call& call) {
                  auto const room = room_for(site, call, call.parameter("name"));
                  or_refuse(site.rooms.join(call.user(), room->id));
                  call.answer(room_of(site, call, *room));
              })
        .counts_as_change()
        .about("Joins a public room")
        .answers("Room");
    router
        .post("/api/v1/rooms/{name}/leave", Rights::signed_in,
              [](SiteContext& site, Call& call) {
                  or_refuse(site.rooms.leave(call.user(), room_for(site, call, call.parameter("name"))->id));
                  call.answer(no_content());
              })
        .counts_as_change()
        .about("Leaves a room")
        .answers("", 204);
    router.get("/api/v1/rooms/{name}/members", Rights::signed_in, list_members)
        .about("Who is in a room")
        .answers("Members");
    router
        .remove("/api/v1/rooms/{name}/members/{username}", Rights::signed_in,
                [](SiteContext& site, Call& call) {
                    auto const room = managed_room(site, call, call.parameter("name"));
                    auto const user = find_user(site, call.parameter("username"));
                    or_refuse(site.desk.kicks().expel(call.user(), user->id, room->id, std::nullopt));
                    call.answer(no_content());
                })
        .counts_as_change()
        .about("Puts somebody out of a room; into a private one no invite lets them again")
        .answers("", 204);
    router
        .put("/api/v1/rooms/{name}/members/{username}", Rights::signed_in,
             [](SiteContext& site, Call& call) {
                 auto const room = managed_room(site, call, call.parameter("name"));
                 auto const user = find_user(site, call.parameter("username"));
                 or_refuse(site.rooms.readmit(call.user(), user->id, room->id));
                 call.answer(no_content());
             })
        .counts_as_change()
        .about("Lets somebody in again who was put out of a private room")
        .answers("", 204);
    router.post("/api/v1/rooms/{name}/invites", Rights::signed_in, make_invite)
        .counts_as_change()
        .about("Makes an invite; by a member")
        .body("NewInvite")
        .answers("Invite", 201);
    router
        .get("/api/v1/rooms/{name}/invites", Rights::signed_in,
             [](SiteContext& site, Call& call) {
                 auto const room = managed_room(site, call, call.parameter("name"));
                 auto invites = Json::array();
                 for (auto const& invite : site.rooms.invites().of(room->id))
                     invites.push_back(invite_json(site, call, invite));
                 call.answer(Json{{"invites", std::move(invites)}});
             })
        .about("A room's invites that can still be used")
        .answers("Invites");
    router
        .post("/api/v1/join/{code}", Rights::signed_in,
              [](SiteContext& site, Call& call) {
                  call.answer(room_of(
                      site, call,
                      *or_refuse(site.rooms.invites().redeem(call.user(), invite_code(call.parameter("code"))))));
              })
        .counts_as_change()
        .about("Joins the room of an invite")
        .answers("Room");
    router
        .post("/api/v1/direct", Rights::signed_in,
              [](SiteContext& site, Call& call) {
                  std::string username;
                  read_body(call, [&](JsonFields& fields) { username = fields.text("username", 200); });
                  auto const room = or_refuse(site.rooms.direct(call.user(), *find_user(site, username)));
                  call.answer(room_of(site, call, *room));
              })
        .counts_as_change()
        .about("The direct room of the caller and another, made on first use")
        .body("Username")
        .answers("Room");
    router.get("/join/{code}/qr.svg", Rights::anyone, show_qr_code);
}

}  // namespace soyuz::web
