#include "chat/messages/editor.hpp"

#include <algorithm>

#include "chat/messages/emoji.hpp"
#include "chat/messages/history.hpp"
#include "chat/messages/message_text.hpp"
#include "chat/messages/records.hpp"
#include "chat/observer.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "chat/settings.hpp"
#include "moderation/cases/cases.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

using base::Code;
using base::Error;
using base::Result;
using judge::Action;
using judge::Verdict;
using std::chrono::milliseconds;

constexpr std::size_t max_reaction_kinds = 20;
constexpr std::size_t max_reactions_of_kind = 500;

moderation::Incident incident_of(Room const& room, User const& author, base::MessageId const& message,
                                 std::string text) {
    moderation::Incident incident;
    incident.occasion = {judge::Occasion::Kind::edit, room.id, author.id};
    incident.text = std::move(text);
    incident.message = message;
    return incident;
}

Error too_much() { return Error{Code::overloaded, "Too much is going on. Try again.", milliseconds{1000}}; }

}  // namespace

struct Editor::PendingChange {
    base::MessageId id;
    RoomPtr room;
    Change change;
    Announce announce;
    MessageDone done;
    Scope scope;
    AuthorVerdict author_verdict;
};

void Editor::change_message(RoomPtr room, base::MessageId const& id, Change change, Announce announce, MessageDone done,
                            Scope scope) {
    if (!context_.is_posted(room, id)) return done(no_such_message(), {}, Settled::at_once);
    auto const pending = std::make_shared<PendingChange>(
        PendingChange{id, std::move(room), std::move(change), std::move(announce), std::move(done), scope, nullptr});
    context_.in_flight.begin();
    bool const is_started = changes_.start(pending->id, [this, pending](bool may_run) {
        if (may_run) return apply(*pending);
        pending->done(too_much(), {}, Settled::at_once);
        changes_.finished(pending->id);
        context_.in_flight.end();
    });
    if (is_started) return;
    pending->done(too_much(), {}, Settled::at_once);
    context_.in_flight.end();
}

void Editor::apply(PendingChange& pending) {
    auto const end = [this](PendingChange& ended, Result<MessagePtr> const& result, Verdict const& verdict,
                            Settled settled) {
        changes_.finished(ended.id);
        ended.done(result, verdict, settled);
        context_.in_flight.end();
    };
    auto const before = history_.load(pending.id, *pending.room);
    if (!before) return end(pending, before.error(), {}, Settled::at_once);
    if ((*before)->deleted && pending.scope == Scope::standing)
        return end(pending, no_such_message(), {}, Settled::at_once);
    auto after = pending.change(**before, *pending.room, pending.author_verdict);
    if (!after)
        return end(pending, after.error(), pending.author_verdict ? *pending.author_verdict : Verdict{},
                   Settled::at_once);
    if (!*after) return end(pending, *before, (*before)->verdict, Settled::at_once);

    auto const changed = std::make_shared<Message const>(std::move(**after));
    store::ReplaceMessage replace{pending.id.room, pending.id.seq, {}};
    append_body(replace.body, *changed);
    store::Batch batch{std::move(replace)};
    bool const turns = (*before)->deleted != changed->deleted;
    if (turns) batch.push_back(context_.rooms.deletions().note(pending.id, changed->deleted));
    auto const shared = std::make_shared<PendingChange>(std::move(pending));
    context_.store.commit(std::move(batch), [this, shared, changed, turns, was = *before,
                                             end](Result<store::Committed> const& result) {
        if (!result) {
            if (turns) (void)context_.rooms.deletions().note(was->id, was->deleted);
            return end(*shared, result.error(), {}, Settled::at_once);
        }
        context_.dropped_files.note(*was, *changed);
        if (shared->room->kind == Room::Kind::board && context_.board_changed) context_.board_changed(*changed);
        shared->announce(*shared->room, changed, shared->author_verdict);
        end(*shared, changed, shared->author_verdict ? *shared->author_verdict : changed->verdict, Settled::by_commit);
    });
}

void Editor::edit(Author const& author, base::MessageId const& id, std::string text, MessageDone done) {
    if (auto const sanction = context_.limits.ban_or_mute_of(*author.user))
        return done(*sanction, {}, Settled::at_once);
    if (auto const hasty = context_.limits.count_attempt(author, id.room, text))
        return done(*hasty, {}, Settled::at_once);
    auto tidied = tidy_text(std::move(text), context_.settings.get()->message_characters, false);
    if (!tidied) return done(tidied.error(), {}, Settled::at_once);
    Change const change = [this, user = author.user, wished = std::move(*tidied)](
                              Message const& before, Room const& room,
                              AuthorVerdict& author_verdict) -> Result<std::optional<Message>> {
        if (before.sender->id != user->id) return Error{Code::forbidden, "Only its author can edit a message."};
        if (!context_.rooms.is_member(user->id, room))
            return Error{Code::not_a_member, "Join this room to write in it."};
        if (room.settings.locked && user->role < Role::moderator && !context_.rooms.may_manage(*user, room))
            return Error{Code::room_locked, "Only moderators write in this room now."};
        if (before.text == wished) return std::optional<Message>{};
        auto verdict = context_.screening.judge(wished, {judge::Occasion::Kind::edit, room.id, user->id});
        if (verdict.action != Action::allow) author_verdict = std::make_shared<Verdict const>(verdict);
        if (verdict.action == Action::block) {
            context_.record(room, *user, incident_of(room, *user, before.id, wished), verdict, nullptr);
            return Error{Code::message_blocked, "The change was not made: it breaks the rules."};
        }
        Message after = before;
        after.text = wished;
        after.edited_at = context_.clock.now();
        after.mentions = context_.mentions_in(after.text, room);
        after.verdict = author_verdict ? context_.screening.shown(verdict, room) : std::move(verdict);
        return std::optional{std::move(after)};
    };
    Announce const announce = [this](Room const& room, MessagePtr const& message, AuthorVerdict const& author_verdict) {
        if (context_.observer != nullptr) context_.observer->message_edited(room, message);
        context_.cases.message_changed(message->id);
        if (author_verdict)
            context_.record(room, *message->sender, incident_of(room, *message->sender, message->id, message->text),
                            *author_verdict, message);
    };
    change_message(context_.room_of_message(*author.user, id), id, change, announce, std::move(done));
}

void Editor::amend(base::MessageId const& id, Amendment amendment, MessageDone done) {
    deleted_.drop(id);
    auto const was_deleted = std::make_shared<bool>(false);
    change_message(
        context_.rooms.find(id.room), id,
        [amendment = std::move(amendment), was_deleted](Message const& before, Room const&,
                                                        AuthorVerdict&) -> Result<std::optional<Message>> {
            *was_deleted = before.deleted;
            return amendment(before);
        },
        [this, was_deleted](Room const& room, MessagePtr const& message, AuthorVerdict const&) {
            if (context_.observer == nullptr) return;
            if (message->deleted && !*was_deleted) return context_.observer->message_deleted(room, message);
            context_.observer->message_edited(room, message);
        },
        std::move(done), Scope::deleted_too);
}

Message Editor::emptied(Message const& before, bool by_staff) {
    Message after;
    after.id = before.id;
    after.room_name = before.room_name;
    after.sender = before.sender;
    after.sent_at = before.sent_at;
    after.written_at = before.written_at;
    after.edited_at = before.edited_at;
    after.reply_to = before.reply_to;
    after.client_id = before.client_id;
    after.deleted = true;
    after.removed_by_staff = by_staff;
    return after;
}

void Editor::remove(Author const& author, base::MessageId const& id, MessageDone done) {
    if (auto const ban = context_.limits.exclusion_of(*author.user)) return done(*ban, {}, Settled::at_once);
    auto const whole = std::make_shared<Message>();
    change_message(
        context_.room_for_look(*author.user, id, "private_message_removed"), id,
        [this, user = author.user, whole](Message const& before, Room const& room,
                                          AuthorVerdict&) -> Result<std::optional<Message>> {
            bool const is_own = before.sender->id == user->id;
            bool const is_staff = context_.rooms.may_manage(*user, room) ||
                                  (user->role >= Role::moderator && room.kind != Room::Kind::direct);
            if (!is_own && !is_staff) return Error{Code::forbidden, "Only its author and moderators can delete it."};
            *whole = before;
            return std::optional{emptied(before, !is_own)};
        },
        [this, user = author.user, whole](Room const& room, MessagePtr const& message, AuthorVerdict const&) {
            deleted_.keep(std::move(*whole), user->id);
            if (context_.observer != nullptr) context_.observer->message_deleted(room, message);
            context_.cases.message_changed(message->id);
        },
        std::move(done));
}

void Editor::restore(Author const& author, base::MessageId const& id, MessageDone done) {
    if (auto const sanction = context_.limits.ban_or_mute_of(*author.user))
        return done(*sanction, {}, Settled::at_once);
    change_message(
        context_.room_of_message(*author.user, id), id,
        [this, user = author.user](Message const& now, Room const& room,
                                   AuthorVerdict&) -> Result<std::optional<Message>> {
            if (!now.deleted) return std::optional<Message>{};
            if (!context_.rooms.is_member(user->id, room))
                return Error{Code::not_a_member, "Join this room to write in it."};
            auto whole = deleted_.take(now.id, user->id);
            if (!whole) return Error{Code::too_late, "This can no longer be undone."};
            return whole;
        },
        [this](Room const& room, MessagePtr const& message, AuthorVerdict const&) {
            if (context_.observer != nullptr) context_.observer->message_edited(room, message);
        },
        std::move(done), Scope::deleted_too);
}

void Editor::react(Author const& author, base::MessageId const& id, std::string_view emoji, bool on, MessageDone done) {
    if (auto const sanction = context_.limits.ban_or_mute_of(*author.user))
        return done(*sanction, {}, Settled::at_once);
    auto tidied = tidy_emoji(emoji);
    if (!tidied) return done(base::invalid_field("emoji", "must be one emoji"), {}, Settled::at_once);
    change_message(
        context_.room_of_message(*author.user, id), id,
        [this, user = author.user, kind = *tidied, on](
            Message const& before, Room const& room, AuthorVerdict& author_verdict) -> Result<std::optional<Message>> {
            if (!context_.rooms.is_member(user->id, room)) return Error{Code::not_a_member, "Join this room to react."};
            auto const given = before.reactions.find(kind);
            bool const has_it = given != before.reactions.end() &&
                                std::find(given->second.begin(), given->second.end(), user->id) != given->second.end();
            if (has_it == on) return std::optional<Message>{};
            if (on) {
                auto const verdict =
                    context_.screening.judge(kind, {judge::Occasion::Kind::reaction, room.id, user->id});
                if (verdict.action != Action::allow) {
                    author_verdict = std::make_shared<Verdict const>(verdict);
                    auto incident = incident_of(room, *user, before.id, kind);
                    incident.occasion.kind = judge::Occasion::Kind::reaction;
                    context_.record(room, *user, std::move(incident), verdict, nullptr);
                }
                if (verdict.action == Action::block)
                    return Error{Code::message_blocked, "This reaction was not given: it breaks the rules."};
            }
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
        [this, user = author.user, kind = *tidied, on](Room const& room, MessagePtr const& message,
                                                       AuthorVerdict const&) {
            if (context_.observer != nullptr) context_.observer->reaction_changed(room, message, kind, *user, on);
        },
        std::move(done));
}

}  // namespace soyuz::chat
