#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "chat/room.hpp"

/// Rooms, memberships and invites as they lie on disk (docs/files.md names the fields).
namespace soyuz::chat {

std::string room_document(Room const& room);
std::optional<Room> parse_room(std::string const& id, nlohmann::json const& json);

struct Member {
    base::RoomId room;
    base::UserId user;
    base::Timestamp joined_at{};
};
std::string member_key(base::RoomId const& room, base::UserId const& user);
std::string member_document(Member const& member);
std::optional<Member> parse_member(nlohmann::json const& json);

struct Invite {
    std::string code;
    base::RoomId room;
    base::UserId inviter;
    base::Timestamp expires_at{};
    std::size_t uses_left = 0;
};

/// An invite with those whom it let in, so that nobody uses it up by coming twice.
struct StoredInvite {
    Invite invite;
    std::vector<base::UserId> used_by;

    bool is_usable(base::Timestamp now) const { return invite.uses_left > 0 && invite.expires_at > now; }
};
std::string invite_document(StoredInvite const& stored);
std::optional<StoredInvite> parse_invite(std::string const& code, nlohmann::json const& json);
/// Ten characters that can't be mistaken for each other: 49 bits.
std::string new_invite_code();

}  // namespace soyuz::chat
