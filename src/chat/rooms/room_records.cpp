#include "chat/rooms/room_records.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/random.hpp"
#include "chat/names.hpp"

namespace soyuz::chat {

namespace {

using base::Json;

std::string text_of(Json const& json, char const* key) {
    auto const found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::uint64_t number_of(Json const& json, char const* key) {
    auto const found = json.find(key);
    return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

base::Timestamp time_of(Json const& json, char const* key) {
    return base::parse_rfc3339(text_of(json, key)).value_or(base::Timestamp{});
}

std::string dump(Json const& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string room_document(Room const& room) {
    return dump({{"name", room.name},
                 {"title", room.title},
                 {"topic", room.topic},
                 {"kind", name(room.kind)},
                 {"slow_mode_s", room.settings.slow_mode.count()},
                 {"locked", room.settings.locked},
                 {"creator", room.creator.value},
                 {"created_at", base::to_rfc3339(room.created_at)}});
}

std::optional<Room> parse_room(std::string const& id, Json const& json) {
    if (!json.is_object()) return std::nullopt;
    Room room;
    room.id = base::RoomId{id};
    room.name = text_of(json, "name");
    room.title = text_of(json, "title");
    room.topic = text_of(json, "topic");
    bool is_known = false;
    for (auto kind : {Room::Kind::open, Room::Kind::closed, Room::Kind::direct, Room::Kind::live}) {
        if (text_of(json, "kind") != name(kind)) continue;
        room.kind = kind;
        is_known = true;
    }
    // A kind that can't be read must not open a private room.
    if (room.name.empty() || !is_known) return std::nullopt;
    room.settings.slow_mode = std::chrono::seconds{
        static_cast<std::int64_t>(std::min<std::uint64_t>(number_of(json, "slow_mode_s"), 86'400))};
    auto const locked = json.find("locked");
    room.settings.locked = locked != json.end() && *locked == true;
    room.creator = base::UserId{text_of(json, "creator")};
    room.created_at = time_of(json, "created_at");
    return room;
}

std::string member_key(base::RoomId const& room, base::UserId const& user) { return room.value + '.' + user.value; }

std::string member_document(Member const& member) {
    return dump(
        {{"room", member.room.value}, {"user", member.user.value}, {"joined_at", base::to_rfc3339(member.joined_at)}});
}

std::optional<Member> parse_member(Json const& json) {
    if (!json.is_object()) return std::nullopt;
    Member member{base::RoomId{text_of(json, "room")}, base::UserId{text_of(json, "user")}, time_of(json, "joined_at")};
    if (member.room.empty() || member.user.empty()) return std::nullopt;
    return member;
}

std::string invite_document(StoredInvite const& stored) {
    Json used_by = Json::array();
    for (auto const& user : stored.used_by) used_by.push_back(user.value);
    return dump({{"room", stored.invite.room.value},
                 {"inviter", stored.invite.inviter.value},
                 {"expires_at", base::to_rfc3339(stored.invite.expires_at)},
                 {"uses_left", stored.invite.uses_left},
                 {"used_by", std::move(used_by)}});
}

std::optional<StoredInvite> parse_invite(std::string const& code, Json const& json) {
    if (!json.is_object()) return std::nullopt;
    StoredInvite stored;
    stored.invite.code = code;
    stored.invite.room = base::RoomId{text_of(json, "room")};
    stored.invite.inviter = base::UserId{text_of(json, "inviter")};
    stored.invite.expires_at = time_of(json, "expires_at");
    stored.invite.uses_left = number_of(json, "uses_left");
    if (auto const used = json.find("used_by"); used != json.end() && used->is_array()) {
        for (auto const& user : *used) {
            if (user.is_string()) stored.used_by.emplace_back(user.get<std::string>());
        }
    }
    if (stored.invite.room.empty()) return std::nullopt;
    return stored;
}

std::string new_invite_code() {
    // No 0 and o, no 1, i and l; the first multiple of their number below 256 keeps the choice even.
    static constexpr std::string_view alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
    constexpr std::size_t even = 256 / alphabet.size() * alphabet.size();
    std::string code;
    while (code.size() < 10) {
        unsigned char byte = 0;
        base::random_bytes(&byte, 1);
        if (byte < even) code += alphabet[byte % alphabet.size()];
    }
    return code;
}

}  // namespace soyuz::chat
