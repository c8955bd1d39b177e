#include "chat/rooms/invites.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "chat/observer.hpp"
#include "chat/rooms/rooms.hpp"

namespace soyuz::chat {

using base::Code;
using base::Error;
using base::Result;
using base::RoomId;
using base::UserId;

namespace {

constexpr std::size_t max_invites_of_room = 100;

Error not_valid() { return Error{Code::not_found, "This invite is not valid (any more)."}; }

}  // namespace

Invites::Invites(Rooms& rooms, store::Store& store, base::Clock const& clock) : rooms_(rooms), clock_(clock) {
    store.each_document("invites", [&](std::string const& code, nlohmann::json const& value) {
        if (auto invite = parse_invite(code, value)) invites_.insert_or_assign(code, std::move(*invite));
    });
}

Result<Invite> Invites::create(User const& actor, RoomId const& id, std::chrono::hours lifetime, std::size_t uses) {
    auto const room = rooms_.find(id);
    if (!room || !rooms_.may_read(actor, *room)) return Rooms::no_such_room();
    if (!rooms_.is_member(actor.id, *room)) return Error{Code::not_a_member, "You are not in this room."};
    if (room->kind == Room::Kind::direct) return Error{Code::forbidden, "Nobody can be invited here."};
    bool const is_for_leaders = room->name == Rooms::lobby_name || room->kind == Room::Kind::private_;
    if (actor.role < Role::member || (is_for_leaders && !room->is_led_by(actor))) return Rooms::not_yours();
    if (lifetime < std::chrono::hours{1} || lifetime > std::chrono::hours{24 * 365})
        return base::invalid_field("expires_in_h", "must be from 1 to 8760");
    if (uses < 1 || uses > 1000) return base::invalid_field("uses", "must be from 1 to 1000");

    StoredInvite stored;
    stored.invite.code = new_invite_code();
    stored.invite.room = id;
    stored.invite.inviter = actor.id;
    stored.invite.expires_at = clock_.now() + lifetime;
    stored.invite.uses_left = uses;

    std::lock_guard const order{rooms_.changing_};
    store::Batch batch;
    std::vector<std::string> dead;
    {
        std::shared_lock const lock{mutex_};
        std::size_t present = 0;
        for (auto const& [code, other] : invites_) {
            if (!other.is_usable(clock_.now()) || !rooms_.find(other.invite.room)) {
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
    if (auto const written = rooms_.write(std::move(batch)); !written) return written.error();
    drop(dead);
    std::unique_lock const lock{mutex_};
    invites_.insert_or_assign(stored.invite.code, stored);
    return stored.invite;
}

std::optional<Invite> Invites::find(std::string_view code) const {
    std::shared_lock const lock{mutex_};
    auto const found = invites_.find(base::lower_ascii(code));
    if (found == invites_.end() || !found->second.is_usable(clock_.now())) return std::nullopt;
    if (!rooms_.find(found->second.invite.room)) return std::nullopt;
    return found->second.invite;
}

Result<RoomPtr> Invites::redeem(User const& user, std::string_view code) {
    RoomPtr room;
    {
        std::lock_guard const order{rooms_.changing_};
        StoredInvite stored;
        {
            std::shared_lock const lock{mutex_};
            auto const found = invites_.find(base::lower_ascii(code));
            if (found == invites_.end()) return not_valid();
            stored = found->second;
        }
        room = rooms_.find(stored.invite.room);
        if (!room) return not_valid();
        bool const is_lobby = room->name == Rooms::lobby_name;
        bool const has_used = std::find(stored.used_by.begin(), stored.used_by.end(), user.id) != stored.used_by.end();
        if (is_lobby ? has_used : rooms_.is_member(user.id, *room)) return room;
        if (!stored.is_usable(clock_.now()) || room->has_expelled(user.id)) return not_valid();

        store::Batch batch;
        if (!has_used && user.id != stored.invite.inviter) {
            --stored.invite.uses_left;
            stored.used_by.push_back(user.id);
            batch.push_back(store::Put{"invites", stored.invite.code, invite_document(stored)});
        }
        if (!is_lobby) {
            if (auto const entered = rooms_.enter(user, *room, std::move(batch)); !entered) return entered.error();
        } else if (!batch.empty()) {
            if (auto const written = rooms_.write(std::move(batch)); !written) return written.error();
        }
        std::unique_lock const lock{mutex_};
        invites_.insert_or_assign(stored.invite.code, stored);
    }
    if (room->name != Rooms::lobby_name && rooms_.observer_ != nullptr) rooms_.observer_->member_joined(*room, user);
    return room;
}

std::vector<Invite> Invites::of(RoomId const& room) const {
    std::vector<Invite> found;
    std::shared_lock const lock{mutex_};
    for (auto const& [code, stored] : invites_) {
        if (stored.invite.room == room && stored.is_usable(clock_.now())) found.push_back(stored.invite);
    }
    return found;
}

std::vector<std::string> Invites::codes_of(RoomId const& room) const {
    std::vector<std::string> codes;
    std::shared_lock const lock{mutex_};
    for (auto const& [code, stored] : invites_) {
        if (stored.invite.room == room) codes.push_back(code);
    }
    return codes;
}

std::vector<std::string> Invites::codes_by(UserId const& inviter) const {
    std::vector<std::string> codes;
    std::shared_lock const lock{mutex_};
    for (auto const& [code, stored] : invites_) {
        if (stored.invite.inviter == inviter) codes.push_back(code);
    }
    return codes;
}

void Invites::drop(std::vector<std::string> const& codes) {
    std::unique_lock const lock{mutex_};
    for (auto const& code : codes) invites_.erase(code);
}

}  // namespace soyuz::chat
