#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "chat/messages/attachment_index.hpp"
#include "chat/messages/editor.hpp"
#include "chat/messages/history.hpp"
#include "chat/messages/message_context.hpp"
#include "chat/messages/poster.hpp"
#include "chat/messages/search.hpp"

namespace soyuz::chat {

/// The messages of rooms: posted, changed and read.
///
/// Thread-safe. Calls that take `done` never block on the disk: the record goes to the journal and `done` runs on
/// the committer's thread once it is durable, or at once, on the caller's thread, with the error that prevented it.
class Messages {
    MessageContext context_;

public:
    Messages(store::Store& store, Accounts const& accounts, Rooms& rooms, Settings const& settings,
             moderation::Cases& cases, Screening& screening, moderation::SpamWindow& window,
             moderation::Sanctions& sanctions, base::Clock const& clock);
    /// Waits for everything that is on its way.
    ~Messages();
    /// Waits for what is under way: nothing is told to observers or posters afterwards.
    void stop();
    /// Set before the server starts.
    void observe(Observer& observer) { context_.observer = &observer; }
    /// Who is connected, so that messages reach them at once. Set before the server starts.
    void ask(Presence const& presence) { context_.presence = &presence; }

    /// `changed` hears of each message of the board that was posted or changed, on the committer's thread. Set before
    /// the server starts.
    void watch_board(std::function<void(Message const&)> changed) { context_.board_changed = std::move(changed); }

    /// Why `user` may not write now: banned or muted.
    std::optional<base::Error> sanction_of(User const& user) const { return context_.limits.ban_or_mute_of(user); }

    History const history{context_};
    Search search{context_};
    AttachmentIndex attachments{context_, history};
    Poster poster{context_, history, attachments};
    Editor editor{context_, history};

    /// Takes an account that is gone out of all messages: its name out of mentions, and its files, whose names are
    /// given. What people wrote stays. Blocks on the disk.
    std::vector<std::string> forget(User const& gone);
    /// Files that can't come back by undoing any more.
    std::vector<std::string> take_dropped_files() { return context_.dropped_files.take_due(); }
};

}  // namespace soyuz::chat
