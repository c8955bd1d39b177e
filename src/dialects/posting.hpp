#pragma once

#include "chat/messages/messages.hpp"
#include "dialects/session.hpp"

namespace soyuz::dialects {

/// What the author of a message is told, beside what everybody hears.
enum class AuthorHears {
    errors,        ///< room: nothing more where it went well
    moderation,    ///< channels: `message_blocked` and `moderation_warning`
    message_sent,  ///< messenger: whether it was delivered
};

/// Posts as the session's user: the same call, limits and verdicts as of the native `message`. `receiver` is the other
/// member of a direct room.
void post(Session& session, chat::Draft draft, Reply reply, AuthorHears hears, base::UserId receiver = {});

}  // namespace soyuz::dialects
