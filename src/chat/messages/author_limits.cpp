#include "chat/messages/author_limits.hpp"

#include <nlohmann/json.hpp>

#include "base/characters.hpp"
#include "base/json_members.hpp"
#include "base/json_writer.hpp"
#include "chat/banned_error.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/settings.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "moderation/conduct/spam_window.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

using base::Code;
using base::Error;
using Outcome = moderation::SpamWindow::Attempt::Outcome;

constexpr std::size_t max_remembered_bans = 2000;

Error sanction_error(moderation::Sanction const& sanction, base::Timestamp now) {
    bool const is_mute = sanction.kind == moderation::Sanction::Kind::mute;
    auto error = is_mute ? muted_error(sanction) : banned_error(sanction);
    if (sanction.until && *sanction.until > now) error.retry_after = *sanction.until - now;
    return error;
}

}  // namespace

AuthorLimits::AuthorLimits(store::Store& store, Rooms const& rooms, Settings const& settings,
                           moderation::SpamWindow& window, moderation::Sanctions& sanctions, base::Clock const& clock)
    : rooms_(rooms), settings_(settings), window_(window), sanctions_(sanctions), clock_(clock) {
    for (auto const& line : store.log_tail("spam_log", max_remembered_bans)) {
        auto const json = nlohmann::json::parse(line, nullptr, false);
        base::Members const members{json};
        base::UserId user{members.text("user")};
        auto const at = members.time("at");
        if (at && !user.empty()) window_.remember_ban(user, *at);
    }
}

std::optional<Error> AuthorLimits::ban_of(User const& user) const {
    if (auto const ban = sanctions_.ban_of(user.id)) return sanction_error(*ban, clock_.now());
    return std::nullopt;
}

std::optional<Error> AuthorLimits::exclusion_of(User const& user) const {
    if (auto const ban = sanctions_.exclusion_of(user.id)) return sanction_error(*ban, clock_.now());
    return std::nullopt;
}

std::optional<Error> AuthorLimits::mute_of(User const& user) const {
    if (auto const mute = sanctions_.mute_of(user.id)) return sanction_error(*mute, clock_.now());
    return std::nullopt;
}

std::optional<Error> AuthorLimits::ban_or_mute_of(User const& user) const {
    if (auto ban = ban_of(user)) return ban;
    return mute_of(user);
}

std::optional<Error> AuthorLimits::count_attempt(Author const& author, base::RoomId const& room,
                                                 std::string_view text) {
    if (!author.rate_limits) return std::nullopt;
    auto const settings = settings_.get();
    auto const attempt = window_.admit(settings->spam, author.user->id, author.address, text);
    switch (attempt.outcome) {
        case Outcome::admitted: return std::nullopt;
        case Outcome::flood:
            // Banned staff couldn't lift anything: they only wait.
            if (author.user->role < Role::moderator) return ban_for_flood(author, room, text, attempt.counted);
            break;
        case Outcome::too_soon:
        case Outcome::address_flood: break;
    }
    return Error{Code::rate_limited, "You are writing too fast. Wait a moment.", attempt.retry_after};
}

Error AuthorLimits::ban_for_flood(Author const& author, base::RoomId const& room, std::string_view text,
                                  unsigned counted) {
    auto const settings = settings_.get();
    auto const length = window_.next_ban(settings->spam, author.user->id);
    auto const now = clock_.now();
    moderation::Sanction ban;
    ban.user = author.user->id;
    ban.since = now;
    ban.until = now + length;
    ban.reason = "Too many messages in a short time.";

    auto const found = rooms_.find(room);
    std::string line;
    base::JsonWriter out{line};
    out.object([&] {
        out("at", now);
        out("user", author.user->id);
        out("username", author.user->username);
        out("room", found ? found->name : std::string{});
        out("text", base::cut_text(text, 200));
        out("rule", settings->spam.preset);
        out("count", counted);
        out("ban_s", length.count());
    });
    auto error = sanction_error(ban, now);
    sanctions_.impose(std::move(ban), std::move(line));
    return error;
}

}  // namespace soyuz::chat
