#pragma once

#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/user.hpp"

namespace soyuz::moderation {
class Sanctions;
class SpamWindow;
struct Sanction;
}  // namespace soyuz::moderation

namespace soyuz::store {
class Store;
}

namespace soyuz::chat {

class Rooms;
class Settings;

/// Who posts, and from where.
struct Author {
    UserPtr user;
    std::string_view address;  ///< the client's; valid during the call
    bool rate_limits = true;   ///< false only where the whole server was started without them
};

/// Whether an author may write now: bans, mutes, and the spam window. Thread-safe.
class AuthorLimits {
public:
    /// Earlier bans for floods are read from the spam log, so that the next one is longer after a restart too.
    AuthorLimits(store::Store& store, Rooms const& rooms, Settings const& settings, moderation::SpamWindow& window,
                 moderation::Sanctions& sanctions, base::Clock const& clock);

    std::optional<base::Error> ban_of(User const& user) const;
    /// A ban by people, under which nothing at all is done.
    std::optional<base::Error> exclusion_of(User const& user) const;
    std::optional<base::Error> mute_of(User const& user) const;
    std::optional<base::Error> ban_or_mute_of(User const& user) const;
    /// Counts an attempt. A flood is answered with a ban at once.
    std::optional<base::Error> count_attempt(Author const& author, base::RoomId const& room, std::string_view text);

private:
    base::Error ban_for_flood(Author const& author, base::RoomId const& room, std::string_view text, unsigned counted);

    Rooms const& rooms_;
    Settings const& settings_;
    moderation::SpamWindow& window_;
    moderation::Sanctions& sanctions_;
    base::Clock const& clock_;
};

}  // namespace soyuz::chat
