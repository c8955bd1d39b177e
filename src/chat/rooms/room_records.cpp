#include "chat/rooms/room_records.hpp"

#include <nlohmann/json.hpp>

#include "base/json_members.hpp"
#include "base/random.hpp"
#include "chat/names.hpp"

namespace soyuz::chat {

using base::Json;

std::string room_document(Room const& room) {
    Json json{{"name", room.name},
              {"title", room.title},
              {"topic", room.topic},
              {"kind", name(room.kind)},
              {"slow_mode_s", room.settings.slow_mode.count()},
              {"locked", room.settings.locked},
              {"creator", room.creator.value},
              {"created_at", base::to_rfc3339(room.created_at)}};
    for (auto const& user : room.expelled) json["expelled"].push_back(user.value);
    return base::to_text(json);
}

std::optional<Room> parse_room(std::string const& id, Json const& json) {
    base::Members const members{json};
    Room room;
    room.id = base::RoomId{id};
    room.name = members.text("name");
    room.title = members.text("title");
    room.topic = members.text("topic");
    bool is_known = false;
    using Kind = Room::Kind;
    for (auto kind : {Kind::public_, Kind::private_, Kind::direct, Kind::live, Kind::board}) {
        if (members.text("kind") != name(kind)) continue;
        room.kind = kind;
        is_known = true;
    }
    // A kind that can't be read must not open a private room.
    if (room.name.empty() || !is_known) return std::nullopt;
    room.settings.slow_mode =
        std::chrono::seconds{static_cast<std::int64_t>(std::min<std::uint64_t>(members.number("slow_mode_s"), 86'400))};
    room.settings.locked = members.flag("locked");
    room.creator = base::UserId{members.text("creator")};
    room.created_at = members.time("created_at").value_or(base::Timestamp{});
    for (auto& user : members.texts("expelled")) room.expelled.emplace_back(std::move(user));
    return room;
}

std::string member_key(base::RoomId const& room, base::UserId const& user) { return room.value + '.' + user.value; }

std::string member_document(Member const& member) {
    return base::to_text(
        {{"room", member.room.value}, {"user", member.user.value}, {"joined_at", base::to_rfc3339(member.joined_at)}});
}

std::optional<Member> parse_member(Json const& json) {
    base::Members const members{json};
    Member member{base::RoomId{members.text("room")}, base::UserId{members.text("user")},
                  members.time("joined_at").value_or(base::Timestamp{})};
    if (member.room.empty() || member.user.empty()) return std::nullopt;
    return member;
}

std::string invite_document(StoredInvite const& stored) {
    Json used_by = Json::array();
    for (auto const& user : stored.used_by) used_by.push_back(user.value);
    return base::to_text({{"room", stored.invite.room.value},
                          {"inviter", stored.invite.inviter.value},
                          {"expires_at", base::to_rfc3339(stored.invite.expires_at)},
                          {"uses_left", stored.invite.uses_left},
                          {"used_by", std::move(used_by)}});
}

std::optional<StoredInvite> parse_invite(std::string const& code, Json const& json) {
    base::Members const members{json};
    StoredInvite stored;
    stored.invite.code = code;
    stored.invite.room = base::RoomId{members.text("room")};
    stored.invite.inviter = base::UserId{members.text("inviter")};
    stored.invite.expires_at = members.time("expires_at").value_or(base::Timestamp{});
    stored.invite.uses_left = members.number("uses_left");
    for (auto& user : members.texts("used_by")) stored.used_by.emplace_back(std::move(user));
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
