#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/message.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/user.hpp"
#include "judge/judge.hpp"

namespace soyuz::moderation {
class Cases;
class Sanctions;
class SpamWindow;
}  // namespace soyuz::moderation

namespace soyuz::chat {

class Accounts;
class Screening;
class Settings;

/// Who posts, and from where.
struct Author {
    UserPtr user;
    std::string_view address;  ///< the client's; valid during the call
    bool rate_limits = true;   ///< false only where the whole server was started without them
};

struct Draft {
    base::RoomId room;
    std::string text;
    base::Seq reply_to = 0;
    std::string client_id;  ///< at most 64 bytes; "" where there is none
    std::vector<Attachment> attachments;
};

/// Posts, edits and reads the messages of rooms.
///
/// Thread-safe. Calls that take `done` never block on the disk: the record goes to the journal and `done` runs on the
/// committer's thread once it is durable, or at once, on the caller's thread, with the error that prevented it.
class Messages {
public:
    Messages(store::Store& store, Accounts const& accounts, Rooms& rooms, Settings const& settings,
             moderation::Cases& cases, Screening& screening, moderation::SpamWindow& window,
             moderation::Sanctions& sanctions, base::Clock const& clock);
    ~Messages();
    /// Set before the server starts.
    void observe(Observer& observer);

    /// The verdict comes along with errors too: message_blocked says why.
    using Done = std::function<void(Result<MessagePtr>, judge::Verdict const&)>;

    /// Errors: banned, muted, unknown_room, not_a_member, room_locked, slow_mode and rate_limited (with retry_after),
    /// invalid_value, message_blocked, read_only, overloaded. The same author and client_id within 24 hours, also
    /// after a restart, get the first result again, and nobody else hears of it.
    void post(Author const& author, Draft draft, Done done);
    /// By its author; judged like a post.
    void edit(Author const& author, base::MessageId const& id, std::string text, Done done);
    /// By its author, the room's creator or a moderator.
    void remove(Author const& author, base::MessageId const& id, Done done);
    /// `emoji`: one emoji (up to 64 bytes of it); at most 20 kinds a message.
    void react(Author const& author, base::MessageId const& id, std::string emoji, bool on, Done done);

    /// For the moderators' desk, which has looked at rights: gives a message, deleted or not, another state; nothing
    /// where it stays. Errors: not_found.
    using Amendment = std::function<std::optional<Message>(Message const& before)>;
    void amend(base::MessageId const& id, Amendment amendment, Done done);
    /// What is left of a message that staff removed.
    static Message emptied(Message const& before);

    /// Posts what was held back at `written_at`, once moderators have let it through.
    struct Held {
        base::RoomId room;
        UserPtr author;
        std::string text;
        base::Seq reply_to = 0;
        base::Timestamp written_at{};
    };
    void post_held(Held held, Done done);

    struct Page {
        std::vector<MessagePtr> messages;  ///< ascending
        bool has_more = false;             ///< beyond the end that was asked for
    };
    /// Up to `limit` (1 … 200) messages next to `seq`. Errors: unknown_room. May block on the disk: for workers.
    Result<Page> before(User const& reader, base::RoomId const& room, base::Seq seq, std::size_t limit) const;
    Result<Page> after(User const& reader, base::RoomId const& room, base::Seq seq, std::size_t limit) const;
    Result<Page> around(User const& reader, base::RoomId const& room, base::Seq seq, std::size_t limit) const;
    Result<MessagePtr> find(User const& reader, base::MessageId const& id) const;
    /// For the moderators' desk: up to `each_side` messages before and after `seq`, and that one; whoever may read
    /// them.
    std::vector<MessagePtr> for_staff(base::RoomId const& room, base::Seq seq, std::size_t each_side) const;

    struct Query {
        std::string text;  ///< every word must stand in the message, regardless of case
        base::RoomId room;
        base::UserId from;
        std::optional<base::Timestamp> before, after;
        std::size_t limit = 50;
    };
    /// Newest first, over the rooms that the reader may read, within a bounded number of messages.
    Result<Page> search(User const& reader, Query const& query) const;

    /// Posts a line of the server's own, for example "Sara joined".
    void notice(base::RoomId const& room, std::string_view text);

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace soyuz::chat
