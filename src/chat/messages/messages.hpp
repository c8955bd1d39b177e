#pragma once

#include <optional>

#include "chat/messages/editor.hpp"
#include "chat/messages/history.hpp"
#include "chat/messages/message_context.hpp"
#include "chat/messages/poster.hpp"

namespace soyuz::chat {

/// The messages of rooms: posted, changed and read.
///
/// Thread-safe. Calls that take `done` never block on the disk: the record goes to the journal and `done` runs on the
/// committer's thread once it is durable, or at once, on the caller's thread, with the error that prevented it.
class Messages {
    MessageContext context_;

public:
    Messages(store::Store& store, Accounts const& accounts, Rooms& rooms, Settings const& settings,
             moderation::Cases& cases, Screening& screening, moderation::SpamWindow& window,
             moderation::Sanctions& sanctions, base::Clock const& clock);
    /// Waits for everything that is on its way.
    ~Messages();
    /// Set before the server starts.
    void observe(Observer& observer) { context_.observer = &observer; }

    /// Why `user` may not write now: banned or muted.
    std::optional<base::Error> sanction_of(User const& user) const { return context_.limits.ban_or_mute_of(user); }

    History const history{context_};
    Poster poster{context_, history};
    Editor editor{context_, history};
};

}  // namespace soyuz::chat
