#include <algorithm>
#include <functional>
#include <vector>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/observer.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "dialects/rest/family.hpp"
#include "dialects/rest/routes.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "moderation/conduct/standing.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::dialects {

namespace {

using Json = nlohmann::json;
using base::Code;
using web::Call;
using web::Cost;
using web::or_refuse;
using web::Refused;
using web::Rights;
using web::SiteContext;

constexpr std::size_t most_of_page = 200;
constexpr std::size_t step = 200;
/// So many of the newest messages of all direct rooms are looked at for a report.
constexpr std::size_t most_looked_at = 20'000;

chat::UserPtr other_member(SiteContext const& site, chat::Room const& room, chat::User const& user) {
    for (auto const& id : site.rooms.members(room))
        if (id != user.id) return site.accounts.find(id);
    return nullptr;
}

std::vector<chat::RoomPtr> direct_rooms(SiteContext const& site, chat::User const& user) {
    auto rooms = site.rooms.of(user.id);
    std::erase_if(rooms, [](auto const& room) { return room->kind != chat::Room::Kind::direct; });
    return rooms;
}

Json message_json(SiteContext const& site, chat::Message const& message, std::string const& receiver,
                  base::Seq read_by_receiver) {
    auto const bullying = site.screening.bullying(message.verdict);
    return {{"id", base::to_string(message.id)},
            {"sender", message.sender->username},
            {"receiver", receiver},
            {"message", message.text},
            {"timestamp", base::to_rfc3339(message.sent_at)},
            {"is_bullying", bullying.is_bullying},
            {"bullying_probability", bullying.probability},
            {"is_read", message.id.seq <= read_by_receiver}};
}

/// A message of the direct room of `user` and `other`, as either sees it.
Json message_of(SiteContext const& site, chat::Message const& message, chat::User const& user,
                chat::UserPtr const& other) {
    bool const is_own = message.sender->id == user.id;
    auto const other_name = other ? other->username : std::string{};
    auto const read = is_own ? (other ? site.rooms.read_seq(other->id, message.id.room) : 0)
                             : site.rooms.read_seq(user.id, message.id.room);
    return message_json(site, message, is_own ? other_name : user.username, read);
}

/// Visits the messages of a room that stand, newest first, until `visit` returns false.
void each_standing(SiteContext& site, chat::User const& reader, chat::Room const& room,
                   std::function<bool(chat::MessagePtr const&)> const& visit) {
    auto before = site.rooms.last_seq(room.id) + 1;
    while (before > 1) {
        auto const page = or_refuse(site.messages.history.before(reader, room.id, before, step));
        if (page.messages.empty()) return;
        for (auto message = page.messages.rbegin(); message != page.messages.rend(); ++message)
            if (!(*message)->deleted && !visit(*message)) return;
        if (!page.has_more) return;
        before = page.messages.front()->id.seq;
    }
}

chat::MessagePtr newest(SiteContext& site, chat::User const& reader, chat::Room const& room) {
    chat::MessagePtr found;
    each_standing(site, reader, room, [&](chat::MessagePtr const& message) {
        found = message;
        return false;
    });
    return found;
}

void show_messages(SiteContext& site, Call& call) {
    auto const& user = call.user();
    auto const other = web::find_user(site, call.parameter("username"));
    auto const limit = call.query_number("limit").value_or(50);
    auto const offset = call.query_number("offset").value_or(0);
    if (limit < 1 || limit > most_of_page) throw Refused{base::invalid_field("limit", "must be from 1 to 200")};
    auto list = Json::array();
    std::size_t total = 0;
    if (auto const room = site.rooms.find_direct(user.id, other->id)) {
        auto const cleared = site.rooms.cleared_seq(user.id, *room);
        auto const last = site.rooms.last_seq(room->id);
        total = static_cast<std::size_t>(last - std::min(last, cleared)) -
                site.rooms.deletions().count_after(room->id, cleared);
        site.rooms.mark_delivered(user, *room, last);
        std::vector<Json> found;
        std::size_t skipped = 0;
        each_standing(site, user, *room, [&](chat::MessagePtr const& message) {
            if (skipped < offset) return ++skipped, true;
            found.push_back(message_of(site, *message, user, other));
            return found.size() < limit;
        });
        for (auto each = found.rbegin(); each != found.rend(); ++each) list.push_back(std::move(*each));
    }
    bool const has_more = offset + list.size() < total;
    call.answer(Json{{"messages", std::move(list)}, {"total", total}, {"has_more", has_more}});
}

void show_conversations(SiteContext& site, Call& call) {
    auto const& user = call.user();
    std::vector<std::pair<base::Timestamp, Json>> found;
    for (auto const& room : direct_rooms(site, user)) {
        auto const other = other_member(site, *room, user);
        if (!other || other->deleted) continue;
        auto const last = newest(site, user, *room);
        if (!last) continue;
        found.emplace_back(last->sent_at, Json{{"username", other->username},
                                               {"unread_count", site.rooms.unread(user.id, room->id)},
                                               {"last_message", message_of(site, *last, user, other)},
                                               {"is_online", site.presence.is_online(other->id)}});
    }
    std::stable_sort(found.begin(), found.end(), [](auto const& a, auto const& b) { return a.first > b.first; });
    auto list = Json::array();
    for (auto& each : found) list.push_back(std::move(each.second));
    call.answer(Json{{"conversations", std::move(list)}});
}

void show_online(SiteContext& site, Call& call) {
    std::vector<std::string> names;
    for (auto const& id : site.presence.online())
        if (auto const user = site.accounts.find(id); user && !user->deleted && user->id != call.user().id)
            names.push_back(user->username);
    std::sort(names.begin(), names.end());
    auto list = Json::array();
    for (auto const& name : names) list.push_back({{"username", name}, {"is_online", true}});
    call.answer(Json{{"users", std::move(list)}});
}

/// What a person is told before and after they have lost the right to chat; null where there is nothing to say.
Json warning_of(unsigned count, unsigned most, bool can_chat) {
    if (!can_chat) return "You can't write at the moment. A moderator can give you the right to chat back.";
    if (count == 0) return nullptr;
    return std::to_string(count) + " of " + std::to_string(most) +
           " flagged messages and comments: at the last of them you can't write any more.";
}

struct ChatState {
    moderation::Standing::Figures figures;
    bool can_chat = true, is_blocked = false;
};
ChatState state_of(SiteContext const& site, base::UserId const& id) {
    ChatState state;
    state.figures = site.standing.of(id);
    state.is_blocked = site.screening.has_lost_right(id);
    state.can_chat = !site.sanctions.mute_of(id) && !site.sanctions.ban_of(id);
    return state;
}

void show_can_chat(SiteContext& site, Call& call) {
    auto const state = state_of(site, call.user().id);
    auto const most = site.screening.max_violations();
    call.answer(Json{{"can_chat", state.can_chat},
                     {"is_blocked", state.is_blocked},
                     {"bullying_count", state.figures.counted},
                     {"max_allowed", most},
                     {"breakdown",
                      {{"bullying_comments", state.figures.comments},
                       {"bullying_messages", state.figures.counted - state.figures.comments}}},
                     {"warning", warning_of(state.figures.counted, most, state.can_chat)}});
}

void show_report(SiteContext& site, Call& call) {
    auto const& user = call.user();
    std::size_t received = 0, looked_at = 0;
    for (auto const& room : direct_rooms(site, user)) {
        each_standing(site, user, *room, [&](chat::MessagePtr const& message) {
            if (message->sender->id != user.id && site.screening.bullying(message->verdict).is_bullying) ++received;
            return ++looked_at < most_looked_at;
        });
    }
    auto const state = state_of(site, user.id);
    call.answer(Json{{"received_bullying_count", received},
                     {"sent_bullying_count", state.figures.counted},
                     {"warning", warning_of(state.figures.counted, site.screening.max_violations(), state.can_chat)}});
}

void show_bullying_users(SiteContext& site, Call& call) {
    auto const page = call.query_number("page").value_or(1);
    auto const limit = call.query_number("limit").value_or(20);
    if (page < 1 || page > 1'000'000) throw Refused{base::invalid_field("page", "must be from 1")};
    if (limit < 1 || limit > most_of_page) throw Refused{base::invalid_field("limit", "must be from 1 to 200")};
    std::vector<std::pair<unsigned, chat::UserPtr>> found;
    for (auto const& id : site.standing.beyond(0))
        if (auto user = site.accounts.find(id); user && !user->deleted)
            found.emplace_back(site.standing.of(id).counted, std::move(user));
    std::sort(found.begin(), found.end(), [](auto const& a, auto const& b) {
        return a.first != b.first ? a.first > b.first : a.second->username < b.second->username;
    });
    auto list = Json::array();
    auto const first = std::min<std::size_t>(found.size(), (page - 1) * limit);
    auto const last = std::min<std::size_t>(found.size(), first + limit);
    for (auto at = first; at < last; ++at) {
        auto const& [count, user] = found[at];
        auto const state = state_of(site, user->id);
        list.push_back({{"id", user->id.value},
                        {"username", user->username},
                        {"bullying_count", count},
                        {"bullying_comments", state.figures.comments},
                        {"bullying_messages", count - state.figures.comments},
                        {"is_blocked", state.is_blocked},
                        {"can_chat", state.can_chat}});
    }
    call.answer(Json{{"users", std::move(list)},
                     {"total", found.size()},
                     {"page", page},
                     {"limit", limit},
                     {"pages", (found.size() + limit - 1) / limit}});
}

}  // namespace

void add_messenger_chat_routes(web::Router& router) {
    router.get("/api/chat/messages/{username}", Rights::signed_in, show_messages).refuses(messenger_refusal);
    router.get("/api/chat/conversations", Rights::signed_in, show_conversations).refuses(messenger_refusal);
    router.get("/api/chat/online-users", Rights::signed_in, show_online).refuses(messenger_refusal);
    router.get("/api/chat/bullying-report", Rights::signed_in, show_report)
        .costs(Cost::search)
        .refuses(messenger_refusal);
    router.get("/api/chat/can-chat", Rights::signed_in, show_can_chat).refuses(messenger_refusal);
    router.get("/api/users/bullying", Rights::moderator, show_bullying_users).refuses(messenger_refusal);
}

}  // namespace soyuz::dialects
