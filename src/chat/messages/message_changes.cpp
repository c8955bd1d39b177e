#include <algorithm>

#include "chat/messages/message_text.hpp"
#include "chat/messages/messages_implementation.hpp"
#include "chat/messages/records.hpp"
#include "moderation/cases/cases.hpp"

namespace soyuz::chat {

namespace {

using judge::Action;
using std::chrono::milliseconds;

constexpr std::size_t max_reaction_kinds = 20;
constexpr std::size_t max_reactions_of_kind = 500;

Error no_such_message() { return Error{Code::not_found, "There is no such message."}; }
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

/// One change on its way.
struct Messages::Implementation::Changing {
    base::MessageId id;
    RoomPtr room;
    Change change;
    Tell tell;
    Done done;
    bool may_be_deleted = false;
    Told told;
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
    start(std::make_shared<Changing>(
        Changing{id, std::move(room), std::move(change), std::move(tell), std::move(done), false, nullptr}));
}

void Messages::Implementation::start(std::shared_ptr<Changing> changing) {
    in_flight.begin();
    bool const is_started = changes.start(changing->id, [this, changing](bool may_run) {
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
    if ((*before)->deleted && !changing.may_be_deleted) return end(changing, no_such_message(), {});
    auto after = changing.change(**before, *changing.room, changing.told);
    if (!after) return end(changing, after.error(), changing.told ? *changing.told : Verdict{});
    if (!*after) return end(changing, *before, (*before)->verdict);

    auto const changed = std::make_shared<Message const>(std::move(**after));
    store::ReplaceMessage replace{changing.id.room, changing.id.seq, {}};
    append_body(replace.body, *changed);
    auto const shared = std::make_shared<Changing>(std::move(changing));
    store.commit({std::move(replace)}, [shared, changed, end](Result<store::Committed> const& result) {
        if (!result) return end(*shared, result.error(), {});
        shared->tell(*shared->room, changed, shared->told);
        end(*shared, changed, shared->told ? *shared->told : changed->verdict);
    });
}

void Messages::edit(Author const& author, base::MessageId const& id, std::string text, Done done) {
    auto& own = *implementation_;
    if (auto const sanction = own.ban_or_mute_of(*author.user)) return done(*sanction, {});
    if (auto const hasty = own.count_attempt(author, id.room, text)) return done(*hasty, {});
    auto tidied = tidy_text(std::move(text), own.settings.get()->message_characters, false);
    if (!tidied) return done(tidied.error(), {});
    Implementation::Change const change = [&own, user = author.user, wished = std::move(*tidied)](
                                              Message const& before, Room const& room,
                                              Implementation::Told& told) -> Result<std::optional<Message>> {
        if (before.sender->id != user->id) return Error{Code::forbidden, "Only its author can edit a message."};
        if (!own.rooms.is_member(user->id, room)) return Error{Code::not_a_member, "Join this room to write in it."};
        if (room.settings.locked && user->role < Role::moderator && !own.rooms.may_manage(*user, room))
            return Error{Code::room_locked, "Only moderators write in this room now."};
        if (before.text == wished) return std::optional<Message>{};
        auto verdict = own.screening.judge(wished, {judge::Occasion::Kind::edit, room.id, user->id});
        if (verdict.action != Action::allow) told = std::make_shared<Verdict const>(verdict);
        if (verdict.action == Action::block) {
            own.record(room, *user, incident_of(room, *user, before.id, wished), verdict, nullptr);
            return Error{Code::message_blocked, "The change was not made: it breaks the rules."};
        }
        Message after = before;
        after.text = wished;
        after.edited_at = own.clock.now();
        after.mentions = own.mentions_in(after.text, room);
        after.verdict = told ? own.screening.shown(verdict, room) : std::move(verdict);
        return std::optional{std::move(after)};
    };
    Implementation::Tell const tell = [&own](Room const& room, MessagePtr const& message,
                                             Implementation::Told const& told) {
        if (own.observer != nullptr) own.observer->message_edited(room, message);
        own.cases.message_changed(message->id);
        if (told)
            own.record(room, *message->sender, incident_of(room, *message->sender, message->id, message->text), *told,
                       message);
    };
    own.change(author, id, change, tell, std::move(done));
}

void Messages::amend(base::MessageId const& id, Amendment amendment, Done done) {
    auto& own = *implementation_;
    auto room = own.rooms.find(id.room);
    if (!room || id.seq == 0 || id.seq > own.rooms.last_seq(id.room)) return done(no_such_message(), {});
    auto const was_deleted = std::make_shared<bool>(false);
    own.start(std::make_shared<Implementation::Changing>(Implementation::Changing{
        id, std::move(room),
        [amendment = std::move(amendment), was_deleted](Message const& before, Room const&,
                                                        Implementation::Told&) -> Result<std::optional<Message>> {
            *was_deleted = before.deleted;
            return amendment(before);
        },
        [&own, was_deleted](Room const& in, MessagePtr const& message, Implementation::Told const&) {
            if (own.observer == nullptr) return;
            if (message->deleted && !*was_deleted) return own.observer->message_deleted(in, message);
            own.observer->message_edited(in, message);
        },
        std::move(done), true, nullptr}));
}

Message Messages::emptied(Message const& before) {
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
    after.removed_by_staff = true;
    return after;
}

void Messages::remove(Author const& author, base::MessageId const& id, Done done) {
    auto& own = *implementation_;
    if (auto const ban = own.sanctions.ban_of(author.user->id)) return done(*own.ban_or_mute_of(*author.user), {});
    own.change(
        author, id,
        [&own, user = author.user](Message const& before, Room const& room,
                                   Implementation::Told&) -> Result<std::optional<Message>> {
            bool const is_own = before.sender->id == user->id;
            bool const is_staff =
                own.rooms.may_manage(*user, room) || (user->role >= Role::moderator && room.kind != Room::Kind::direct);
            if (!is_own && !is_staff) return Error{Code::forbidden, "Only its author and moderators can delete it."};
            Message after = emptied(before);
            after.removed_by_staff = !is_own;
            return std::optional{std::move(after)};
        },
        [&own](Room const& room, MessagePtr const& message, Implementation::Told const&) {
            if (own.observer != nullptr) own.observer->message_deleted(room, message);
            own.cases.message_changed(message->id);
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
        [&own, user = author.user, kind = *tidied, on](Message const& before, Room const& room,
                                                       Implementation::Told& told) -> Result<std::optional<Message>> {
            if (!own.rooms.is_member(user->id, room)) return Error{Code::not_a_member, "Join this room to react."};
            auto const given = before.reactions.find(kind);
            bool const has_it = given != before.reactions.end() &&
                                std::find(given->second.begin(), given->second.end(), user->id) != given->second.end();
            if (has_it == on) return std::optional<Message>{};
            if (on) {
                auto const verdict = own.screening.judge(kind, {judge::Occasion::Kind::reaction, room.id, user->id});
                if (verdict.action != Action::allow) {
                    told = std::make_shared<Verdict const>(verdict);
                    auto incident = incident_of(room, *user, before.id, kind);
                    incident.occasion.kind = judge::Occasion::Kind::reaction;
                    own.record(room, *user, std::move(incident), verdict, nullptr);
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
        [&own, user = author.user, kind = *tidied, on](Room const& room, MessagePtr const& message,
                                                       Implementation::Told const&) {
            if (own.observer != nullptr) own.observer->reaction_changed(room, message, kind, *user, on);
        },
        std::move(done));
}

}  // namespace soyuz::chat
