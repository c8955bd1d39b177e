#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/message.hpp"
#include "chat/messages/message_context.hpp"
#include "chat/messages/recent_posts.hpp"
#include "chat/messages/slow_mode.hpp"
#include "chat/room.hpp"
#include "chat/user.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

using base::Result;

class AttachmentIndex;
class History;

struct Draft {
    RoomPtr room;  ///< never null
    std::string text;
    base::Seq reply_to = 0;
    std::string client_id;  ///< at most 64 bytes; "" where there is none
    std::vector<Attachment> attachments;
    /// Stores what is attached and names it in each `file`: runs on the caller's thread once nothing speaks against the
    /// post any more, so that what is refused or known already writes nothing. May block on the disk.
    std::function<Result<void>(std::vector<Attachment>&)> store_files = nullptr;
    judge::Occasion::Kind kind = judge::Occasion::Kind::message;  ///< post or comment on the board, nowhere else
    std::string link = {};                                        ///< of a post
    /// The client_id is given back and no more: the same one again is another post.
    bool client_id_is_for_show = false;
};

/// Posts messages. Thread-safe; never blocks on the disk, but in a draft's `store_files`.
class Poster {
public:
    /// Reads the client_ids of the last day from the store.
    Poster(MessageContext& context, History const& history, AttachmentIndex& attachments);

    /// Errors: banned, muted, unknown_room, not_a_member, room_locked, slow_mode and rate_limited (with retry_after),
    /// invalid_value, message_blocked, read_only, overloaded. The same author and client_id within 24 hours, also
    /// after a restart, get the first result again, and nobody else hears of it.
    void post(Author const& author, Draft draft, MessageDone done);

    /// Posts what was held back at `written_at`, once moderators have let it through. Errors: unknown_room, read_only.
    struct Held {
        base::RoomId room;
        UserPtr author;
        std::string text;
        base::Seq reply_to = 0;
        base::Timestamp written_at{};
    };
    void post_held(Held held, MessageDone done);

private:
    struct PendingPost;
    /// The worst verdict on what the draft holds, and what it was on.
    struct Judged {
        judge::Verdict verdict;
        judge::Occasion::Kind kind = judge::Occasion::Kind::message;
        std::string_view text;
    };

    void remember_posts();
    /// Checks everything but the text itself; takes the member's turn in slow mode.
    base::Result<void> admit(Author const& author, Draft const& draft);
    void repeat_first_result(base::MessageId const& id, MessageDone done);
    Judged judge(Draft const& draft, std::string_view text, Room const& room, Author const& author) const;
    void commit(std::shared_ptr<PendingPost> const& pending);
    /// A message of a direct room has reached those of its two who are connected.
    void note_reached(Room const& room, base::MessageId const& id);
    void committed(std::shared_ptr<PendingPost> const& pending, base::Result<store::Committed> const& result);

    MessageContext& context_;
    History const& history_;
    AttachmentIndex& attachments_;
    RecentPosts recent_;
    SlowMode slow_mode_;
};

}  // namespace soyuz::chat
