#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/message.hpp"
#include "chat/messages/change_queue.hpp"
#include "chat/messages/message_context.hpp"
#include "chat/messages/recently_deleted.hpp"

namespace soyuz::chat {

class History;

/// Changes messages that were posted. Thread-safe; never blocks on the disk.
class Editor {
public:
    Editor(MessageContext& context, History const& history) : context_(context), history_(history) {}

    /// By its author; judged like a post.
    void edit(Author const& author, base::MessageId const& id, std::string text, MessageDone done);
    /// By its author, the room's creator or a moderator.
    void remove(Author const& author, base::MessageId const& id, MessageDone done);
    /// Takes a deletion back; by who deleted it, within `undo_time`, unless moderators decided about it meanwhile.
    /// Errors: banned, muted, not_found, not_a_member, too_late.
    void restore(Author const& author, base::MessageId const& id, MessageDone done);
    /// `emoji`: one emoji (up to 64 bytes of it); at most 20 kinds a message.
    void react(Author const& author, base::MessageId const& id, std::string_view emoji, bool on, MessageDone done);

    /// For the moderators' desk, which has checked rights: gives a message, deleted or not, another state; nothing
    /// where it stays. Errors: not_found.
    using Amendment = std::function<std::optional<Message>(Message const& before)>;
    void amend(base::MessageId const& id, Amendment amendment, MessageDone done);
    /// What is left of a message that was deleted.
    static Message emptied(Message const& before, bool by_staff = true);

private:
    struct PendingChange;
    /// A verdict other than allow: the author hears of it, others may be shown less.
    using AuthorVerdict = std::shared_ptr<judge::Verdict const>;
    /// Gives the new state of a message, or nothing where it stays as it is.
    using Change = std::function<base::Result<std::optional<Message>>(Message const& before, Room const& room,
                                                                      AuthorVerdict& verdict)>;
    using Announce = std::function<void(Room const& room, MessagePtr const& message, AuthorVerdict const& verdict)>;

    enum class Scope { standing, deleted_too };

    /// Changes a message of `room`, which is null where the caller may know of none. Error: not_found.
    void change_message(RoomPtr room, base::MessageId const& id, Change change, Announce announce, MessageDone done,
                        Scope scope = Scope::standing);
    void apply(PendingChange& pending);

    MessageContext& context_;
    History const& history_;
    ChangeQueue changes_{context_.workers, 10'000};
    RecentlyDeleted deleted_{context_.clock};
};

}  // namespace soyuz::chat
