#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/in_flight.hpp"
#include "base/result.hpp"
#include "base/workers.hpp"
#include "chat/message.hpp"
#include "chat/messages/author_limits.hpp"
#include "chat/messages/dropped_files.hpp"
#include "chat/room.hpp"
#include "moderation/cases/incident.hpp"

namespace soyuz::moderation {
class Cases;
struct Case;
}  // namespace soyuz::moderation

namespace soyuz::store {
class Store;
}

namespace soyuz::chat {

class Accounts;
class Observer;
class Presence;
class Rooms;
class Screening;
class Settings;

/// Where an outcome comes from.
enum class Settled {
    by_commit,  ///< on the committer's thread; the end of its group is still to come (store::Store::Hooks)
    at_once,    ///< on any thread: an error, or nothing had to be changed
};

/// Runs once with the outcome of a post or change. The verdict comes along with errors too: message_blocked says why.
using MessageDone = std::function<void(base::Result<MessagePtr>, judge::Verdict const&, Settled)>;

/// Also where there is one that the asker may not know of.
base::Error no_such_message();

/// What posting, changing and reading messages share.
struct MessageContext {
    /// The room of a message that `user` may read; null where they may not.
    RoomPtr room_of_message(User const& user, base::MessageId const& id) const;
    /// The same for moderators too who are not in its private room, where a case of others' making names the message.
    /// Such a look is noted in audit_log as `action`.
    RoomPtr room_for_look(User const& user, base::MessageId const& id, std::string_view action) const;
    /// Is there such a message, deleted or not? `room`: its room, null where the asker may know of none.
    bool is_posted(RoomPtr const& room, base::MessageId const& id) const;
    /// May they see what stands around a case? Noted likewise.
    bool may_look_around(User const& user, moderation::Case const& the_case, Room const& room) const;
    /// Names of the room's members that `text` mentions, each once.
    std::vector<std::string> mentions_in(std::string_view text, Room const& room) const;
    /// Has a verdict recorded, and alerts moderators; `done` as `Screening::record`.
    void record(Room const& room, User const& author, moderation::Incident incident, judge::Verdict const& verdict,
                MessagePtr const& message, std::function<void()> done = {});

    void note_look(User const& user, moderation::Case const& the_case, std::string_view action) const;

    store::Store& store;
    Accounts const& accounts;
    Rooms& rooms;
    Settings const& settings;
    moderation::Cases& cases;
    Screening& screening;
    base::Clock const& clock;
    AuthorLimits limits;
    DroppedFiles dropped_files;
    Observer* observer = nullptr;
    Presence const* presence = nullptr;
    /// Hears of each message of the board that was posted or changed, on the committer's thread.
    std::function<void(Message const&)> board_changed = nullptr;

    base::InFlight in_flight;
    /// For what has to read a message first: one thread is enough, as reading takes microseconds.
    base::Workers workers{"chat-changes", 1, 30'000};
};

}  // namespace soyuz::chat
