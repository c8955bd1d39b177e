#include <algorithm>

#include "base/text.hpp"
#include "chat/rooms/rooms_implementation.hpp"

namespace soyuz::chat {

namespace {

constexpr std::size_t max_invites_of_room = 100;

}  // namespace

Result<Invite> Rooms::invite(User const& actor, RoomId const& id, std::chrono::hours lifetime, std::size_t uses) {
    auto& own = *implementation_;
    auto const room = own.find(id);
    if (!room || !may_read(actor, *room)) return no_such_room();
    if (!is_member(actor.id, *room)) return Error{Code::not_a_member, "You are not in this room."};
    if (room->kind == Room::Kind::direct) return Error{Code::forbidden, "Nobody can be invited here."};
    // An invite to the lobby is one to the server; a private room is its creator's to open.
    bool const is_for_staff = room->name == lobby_name || room->kind == Room::Kind::closed;
    if (actor.role < Role::member || (is_for_staff && !may_manage(actor, *room))) return not_yours();
    if (lifetime < std::chrono::hours{1} || lifetime > std::chrono::hours{24 * 365})
        return base::invalid_field("expires_in_h", "must be from 1 to 8760");
    if (uses < 1 || uses > 1000) return base::invalid_field("uses", "must be from 1 to 1000");

    StoredInvite stored;
    stored.invite.code = new_invite_code();
    stored.invite.room = id;
    stored.invite.inviter = actor.id;
    stored.invite.expires_at = own.clock.now() + lifetime;
    stored.invite.uses_left = uses;

    std::lock_guard const order{own.changing};
    store::Batch batch;
    std::vector<std::string> dead;
    {
        std::shared_lock const lock{own.mutex};
        std::size_t present = 0;
        for (auto const& [code, other] : own.invites) {
            if (!other.is_usable(own.clock.now()) || !own.rooms.contains(other.invite.room)) {
                dead.push_back(code);
                batch.push_back(store::Erase{"invites", code});
            } else if (other.invite.room == id) {
                ++present;
            }
        }
        if (present >= max_invites_of_room)
            return Error{Code::conflict, "This room has as many open invites as it can have."};
    }
    batch.push_back(store::Put{"invites", stored.invite.code, invite_document(stored)});
    if (auto const written = own.write(std::move(batch)); !written) return written.error();
    std::unique_lock const lock{own.mutex};
    for (auto const& code : dead) own.invites.erase(code);
    own.invites.insert_or_assign(stored.invite.code, stored);
    return stored.invite;
}

std::optional<Invite> Rooms::find_invite(std::string_view code) const {
    auto const& own = *implementation_;
    std::shared_lock const lock{own.mutex};
    auto const found = own.invites.find(base::lower_ascii(code));
    if (found == own.invites.end() || !found->second.is_usable(own.clock.now())) return std::nullopt;
    if (!own.rooms.contains(found->second.invite.room)) return std::nullopt;
    return found->second.invite;
}

Result<RoomPtr> Rooms::redeem(User const& user, std::string_view code) {
    auto& own = *implementation_;
    RoomPtr room;
    {
        std::lock_guard const order{own.changing};
        StoredInvite stored;
        {
            std::shared_lock const lock{own.mutex};
            auto const found = own.invites.find(base::lower_ascii(code));
            if (found == own.invites.end()) return Error{Code::not_found, "This invite is not valid (any more)."};
            stored = found->second;
        }
        room = own.find(stored.invite.room);
        bool const is_in = room && room->name != lobby_name && is_member(user.id, *room);
        bool const has_used = std::find(stored.used_by.begin(), stored.used_by.end(), user.id) != stored.used_by.end();
        if (is_in || (room && has_used && room->name == lobby_name)) return room;
        if (!room || (!stored.is_usable(own.clock.now()) && !has_used))
            return Error{Code::not_found, "This invite is not valid (any more)."};

        store::Batch batch;
        if (!has_used && user.id != stored.invite.inviter) {
            --stored.invite.uses_left;
            stored.used_by.push_back(user.id);
            batch.push_back(store::Put{"invites", stored.invite.code, invite_document(stored)});
        }
        if (room->name == lobby_name) {
            if (!batch.empty()) {
                if (auto const written = own.write(std::move(batch)); !written) return written.error();
            }
        } else if (auto const entered = own.enter(user, *room, std::move(batch)); !entered) {
            return entered.error();
        }
        std::unique_lock const lock{own.mutex};
        own.invites.insert_or_assign(stored.invite.code, stored);
    }
    if (room->name != lobby_name && own.observer != nullptr) own.observer->member_joined(*room, user);
    return room;
}

std::vector<Invite> Rooms::invites(RoomId const& room) const {
    auto const& own = *implementation_;
    std::vector<Invite> found;
    std::shared_lock const lock{own.mutex};
    for (auto const& [code, stored] : own.invites) {
        if (stored.invite.room == room && stored.is_usable(own.clock.now())) found.push_back(stored.invite);
    }
    return found;
}

}  // namespace soyuz::chat
