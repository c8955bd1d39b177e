#include <algorithm>

#include "chat/message_text.hpp"
#include "chat/messages_implementation.hpp"
#include "chat/records.hpp"

namespace soyuz::chat {

namespace {

using moderation::Action;
using std::chrono::milliseconds;

constexpr std::size_t max_reaction_kinds = 20;
constexpr std::size_t max_reactions_of_kind = 500;

Error no_such_message() { return Error{Code::not_found, "There is no such message."}; }
Error too_much() { return Error{Code::overloaded, "Too much is going on. Try again.", milliseconds{1000}}; }

}  // namespace

/// One change on its way.
struct Messages::Implementation::Changing {
    base::MessageId id;
    RoomPtr room;
    Change change;
    Tell tell;
    Done done;
};

RoomPtr Messages::Implementation::room_for_change(User const& user, base::MessageId const& id) const {
    auto room = rooms.find(id.room);
    if (!room) return nullptr;
    // Moderators who got hold of a message's id, from a report say, may act on it in private rooms too.
    bool const is_staff = user.role >= Role::moderator && room->kind == Room::Kind::closed;
    return is_staff || rooms.may_read(user, *room) ? room : nullptr;
}

void Messages::Implementation::change(Author const& author, base::MessageId const& id, Change change, Tell tell,
                                      Done done) {
    auto room = room_for_change(*author.user, id);
    if (!room || id.seq == 0 || id.seq > rooms.last_seq(id.room)) return done(no_such_message(), {});
    auto const changing =
        std::make_shared<Changing>(Changing{id, std::move(room), std::move(change), std::move(tell), std::move(done)});
    in_flight.begin();
    bool const is_started = changes.start(id, [this, changing](bool may_run) {
        if (may_run) return apply(*changing);
        changing->done(too_much(), {});
        changes.finished(changing->id);
        in_flight.end();
    });
    if (is_started) return;
    changing->done(too_much(), {});
    in_flight.end();
}

void Messages::Implementation::apply(Changing& changing) {
    auto const end = [this](Changing& ended, Result<MessagePtr> const& result, Verdict const& verdict) {
        changes.finished(ended.id);
        ended.done(result, verdict);
        in_flight.end();
    };
    auto const before = load(changing.id, *changing.room);
    if (!before) return end(changing, before.error(), {});
    if ((*before)->deleted) return end(changing, no_such_message(), {});
    auto after = changing.change(**before, *changing.room);
    if (!after) return end(changing, after.error(), {});
    if (!*after) return end(changing, *before, (*before)->verdict);
    if ((*after)->verdict.action == Action::block) {
        return end(changing, Error{Code::message_blocked, "The change was not made: it breaks the rules."},
                   (*after)->verdict);
    }

    auto const changed = std::make_shared<Message const>(std::move(**after));
    store::ReplaceMessage replace{changing.id.room, changing.id.seq, {}};
    append_body(replace.body, *changed);
    auto const shared = std::make_shared<Changing>(std::move(changing));
    store.commit({std::move(replace)}, [shared, changed, end](Result<store::Committed> const& result) {
        if (!result) return end(*shared, result.error(), {});
        shared->tell(*shared->room, changed);
        end(*shared, changed, changed->verdict);
    });
}

void Messages::edit(Author const& author, base::MessageId const& id, std::string text, Done done) {
    auto& own = *implementation_;
    if (auto const sanction = own.ban_or_mute_of(*author.user)) return done(*sanction, {});
    if (auto const hasty = own.count_attempt(author, id.room, text)) return done(*hasty, {});
    auto tidied = tidy_text(std::move(text), own.settings.get()->message_characters, false);
    if (!tidied) return done(tidied.error(), {});
    own.change(
        author, id,
        [&own, user = author.user, wished = std::move(*tidied)](Message const& before,
                                                                Room const& room) -> Result<std::optional<Message>> {
            if (before.sender->id != user->id) return Error{Code::forbidden, "Only its author can edit a message."};
            if (!own.rooms.is_member(user->id, room))
                return Error{Code::not_a_member, "Join this room to write in it."};
            if (room.settings.locked && user->role < Role::moderator && !own.rooms.may_manage(*user, room))
                return Error{Code::room_locked, "Only moderators write in this room now."};
            if (before.text == wished) return std::optional<Message>{};
            Message after = before;
            after.text = wished;
            after.edited_at = own.clock.now();
            after.mentions = own.mentions_in(after.text, room);
            after.verdict = own.judge.judge(after.text, {moderation::Occasion::Kind::edit, room.id, user->id});
            if (after.verdict.action == Action::block)
                own.tell_of_verdict(room, *user, after.text, after.verdict, nullptr, "edit");
            return std::optional{std::move(after)};
        },
        [&own](Room const& room, MessagePtr const& message) {
            if (own.observer != nullptr) own.observer->message_edited(room, message);
            if (message->verdict.action != Action::allow)
                own.tell_of_verdict(room, *message->sender, message->text, message->verdict, message, "edit");
        },
        std::move(done));
}

void Messages::remove(Author const& author, base::MessageId const& id, Done done) {
    auto& own = *implementation_;
    if (auto const ban = own.sanctions.ban_of(author.user->id)) return done(*own.ban_or_mute_of(*author.user), {});
    own.change(
        author, id,
        [&own, user = author.user](Message const& before, Room const& room) -> Result<std::optional<Message>> {
            bool const is_own = before.sender->id == user->id;
            bool const is_staff =
                own.rooms.may_manage(*user, room) || (user->role >= Role::moderator && room.kind != Room::Kind::direct);
            if (!is_own && !is_staff) return Error{Code::forbidden, "Only its author and moderators can delete it."};
            Message after;
            after.id = before.id;
            after.room_name = before.room_name;
            after.sender = before.sender;
            after.sent_at = before.sent_at;
            after.edited_at = before.edited_at;
            after.reply_to = before.reply_to;
            after.client_id = before.client_id;
            after.deleted = true;
            after.removed_by_staff = !is_own;
            return std::optional{std::move(after)};
        },
        [&own](Room const& room, MessagePtr const& message) {
            if (own.observer != nullptr) own.observer->message_deleted(room, message);
        },
        std::move(done));
}

void Messages::react(Author const& author, base::MessageId const& id, std::string emoji, bool on, Done done) {
    auto& own = *implementation_;
    if (auto const sanction = own.ban_or_mute_of(*author.user)) return done(*sanction, {});
    auto tidied = tidy_emoji(std::move(emoji));
    if (!tidied) return done(base::invalid_field("emoji", "must be one emoji"), {});
    own.change(
        author, id,
        [&own, user = author.user, kind = *tidied, on](Message const& before,
                                                       Room const& room) -> Result<std::optional<Message>> {
            if (!own.rooms.is_member(user->id, room)) return Error{Code::not_a_member, "Join this room to react."};
            auto const given = before.reactions.find(kind);
            bool const has_it = given != before.reactions.end() &&
                                std::find(given->second.begin(), given->second.end(), user->id) != given->second.end();
            if (has_it == on) return std::optional<Message>{};
            Message after = before;
            auto& users = after.reactions[kind];
            if (on) {
                if (after.reactions.size() > max_reaction_kinds)
                    return Error{Code::conflict, "This message has as many kinds of reactions as it can have."};
                if (users.size() >= max_reactions_of_kind)
                    return Error{Code::conflict, "This message has as many of these reactions as it can have."};
                users.push_back(user->id);
            } else {
                std::erase(users, user->id);
                if (users.empty()) after.reactions.erase(kind);
            }
            return std::optional{std::move(after)};
        },
        [&own, user = author.user, kind = *tidied, on](Room const& room, MessagePtr const& message) {
            if (own.observer != nullptr) own.observer->reaction_changed(room, message, kind, *user, on);
        },
        std::move(done));
}

}  // namespace soyuz::chat
