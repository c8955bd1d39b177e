#include "chat/banned_error.hpp"

#include "moderation/conduct/sanctions.hpp"

namespace soyuz::chat {

base::Error banned_error(moderation::Sanction const& ban) {
    base::Error error{base::Code::banned, "You are banned from this server."};
    if (ban.is_automatic_ban()) error.message = "You wrote too much in a short time. You can write again soon.";
    error.until = ban.until;
    error.reason = ban.reason;
    error.automatic = ban.is_automatic_ban();
    return error;
}

base::Error muted_error(moderation::Sanction const& mute) {
    base::Error error{base::Code::muted, "You are muted."};
    error.until = mute.until;
    error.reason = mute.reason;
    error.automatic = mute.by.empty();
    return error;
}

}  // namespace soyuz::chat
