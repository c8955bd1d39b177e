#include "chat/desk/kicks.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "base/log.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

using base::RoomId;
using base::Timestamp;
using base::UserId;

namespace {

constexpr char const* collection = "kicks";

std::string key_of(RoomId const& room, UserId const& user) { return room.value + '.' + user.value; }

}  // namespace

Kicks::Kicks(store::Store& store, Accounts const& accounts, Rooms& rooms, base::Clock const& clock)
    : store_(store), accounts_(accounts), rooms_(rooms), clock_(clock) {
    store_.each_document(collection, [&](std::string const& key, base::Json const& value) {
        base::Members const members{value};
        auto const until = members.time("until");
        // Without an end, staff lets them in.
        if (until)
            expulsions_[key] = {UserId{members.text("user")}, RoomId{members.text("room")}, UserId{members.text("by")},
                                *until};
    });
}

std::size_t Kicks::disconnect(Kick const& kick) {
    // First, so that none opens between the closing and this.
    keep_out(kick.user, kick.until);
    std::size_t count = 0;
    for (auto* const observer : observers_) count += observer->kicked(kick);
    return count;
}

void Kicks::keep_out(UserId const& user, Timestamp until) {
    auto const now = clock_.now();
    if (until <= now) return;
    std::unique_lock const lock{mutex_};
    std::erase_if(ends_, [now](auto const& each) { return each.second <= now; });
    if (ends_.size() >= most) return;
    auto& end = ends_[user];
    end = std::max(end, until);
}

std::optional<base::Error> Kicks::refusal_of(UserId const& user) const {
    std::shared_lock const lock{mutex_};
    if (ends_.empty()) return std::nullopt;
    auto const found = ends_.find(user);
    auto const now = clock_.now();
    if (found == ends_.end() || found->second <= now) return std::nullopt;
    return base::Error{base::Code::forbidden, "A moderator has put you out for a while.",
                       std::chrono::ceil<std::chrono::milliseconds>(found->second - now)};
}

base::Result<void> Kicks::expel(User const& actor, UserId const& user, RoomId const& room,
                                std::optional<Timestamp> until) {
    // First, so that whoever is told of it hears of the end, too.
    auto const key = key_of(room, user);
    put(key, until ? std::optional{Expulsion{user, room, actor.id, *until}} : std::nullopt);
    auto const done = rooms_.expel(actor, user, room);
    if (!done) put(key, std::nullopt);
    return done;
}

std::optional<Timestamp> Kicks::end_of(RoomId const& room, UserId const& user) const {
    std::shared_lock const lock{mutex_};
    auto const found = expulsions_.find(key_of(room, user));
    return found == expulsions_.end() ? std::nullopt : std::optional{found->second.until};
}

void Kicks::put(std::string const& key, std::optional<Expulsion> expulsion) {
    {
        std::unique_lock const lock{mutex_};
        if (!expulsion && expulsions_.erase(key) == 0) return;
        if (expulsion) expulsions_[key] = *expulsion;
    }
    store::Batch batch;
    if (expulsion) {
        batch.push_back(store::Put{collection, key,
                                   base::to_text({{"user", expulsion->user.value},
                                                  {"room", expulsion->room.value},
                                                  {"by", expulsion->by.value},
                                                  {"until", base::to_rfc3339(expulsion->until)}})});
    } else {
        batch.push_back(store::Erase{collection, key});
    }
    store_.commit(std::move(batch), [](base::Result<store::Committed> const& result) {
        if (!result) base::log::warn("the end of a kick is not written; staff has to let them in after a restart");
    });
}

void Kicks::readmit_due() {
    std::vector<std::pair<std::string, Expulsion>> due;
    {
        std::shared_lock const lock{mutex_};
        for (auto const& each : expulsions_)
            if (each.second.until <= clock_.now()) due.push_back(each);
    }
    for (auto const& [key, expulsion] : due) {
        auto const room = rooms_.find(expulsion.room);
        // Whoever put them out may have gone since then; where nobody leads the room, there is nothing to be done.
        for (auto const& leader : {expulsion.by, room ? room->creator : UserId{}}) {
            auto const actor = accounts_.find(leader);
            if (actor && rooms_.readmit(*actor, expulsion.user, expulsion.room)) break;
        }
        put(key, std::nullopt);
    }
}

}  // namespace soyuz::chat
