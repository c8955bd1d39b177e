#include "base/log.hpp"
#include "base/text.hpp"
#include "chat/banned_error.hpp"
#include "chat/messages/message_text.hpp"
#include "chat/messages/messages_implementation.hpp"
#include "chat/messages/records.hpp"
#include "chat/names.hpp"

namespace soyuz::chat {

namespace {

using judge::Action;
using Outcome = moderation::SpamWindow::Attempt::Outcome;
using std::chrono::milliseconds;

constexpr std::size_t max_mentions = 20;
constexpr std::size_t max_attachments = 10;

Error sanction_error(moderation::Sanction const& sanction, base::Timestamp now) {
    auto error = banned_error(sanction);
    if (sanction.kind == moderation::Sanction::Kind::mute) {
        error.code = Code::muted;
        error.message = "You are muted.";
        error.automatic = sanction.by.empty();
    }
    if (sanction.until && *sanction.until > now) error.retry_after = *sanction.until - now;
    return error;
}

void append_member(std::string& out, std::string_view key, std::string_view value) {
    out.append(out.size() > 1 ? ",\"" : "\"").append(key).append("\":");
    base::append_json_string(out, value);
}

}  // namespace

/// A message on its way to the disk, with what is to be done then: one allocation for both, as the message is part of
/// it. `self` keeps it until the commit's outcome.
struct Messages::Implementation::Posting {
    Message message;
    RoomPtr room;
    Done done;
    Implementation& messages;
    std::shared_ptr<Posting> self;
    /// What the judge said and about what, unless it was simply allowed; others may be shown less.
    std::unique_ptr<moderation::Incident> incident;
    std::unique_ptr<Verdict> verdict;
};

std::optional<Error> Messages::Implementation::ban_or_mute_of(User const& user) const {
    if (auto const ban = sanctions.ban_of(user.id)) return sanction_error(*ban, clock.now());
    if (auto const mute = sanctions.mute_of(user.id)) return sanction_error(*mute, clock.now());
    return std::nullopt;
}

Error Messages::Implementation::ban_for_flood(Author const& author, base::RoomId const& room, std::string_view text,
                                              unsigned counted) {
    auto const rules = settings.get()->spam;
    auto const length = window.next_ban(rules, author.user->id);
    auto const now = clock.now();
    moderation::Sanction ban;
    ban.user = author.user->id;
    ban.since = now;
    ban.until = now + length;
    ban.reason = "Too many messages in a short time.";

    auto const found = rooms.find(room);
    std::string line = "{";
    append_member(line, "at", base::to_rfc3339(now));
    append_member(line, "user", author.user->id.value);
    append_member(line, "username", author.user->username);
    append_member(line, "room", found ? found->name : std::string{});
    append_member(line, "text", cut_text(text, 200));
    append_member(line, "rule", rules.preset);
    line += ",\"count\":" + std::to_string(counted) + ",\"ban_s\":" + std::to_string(length.count()) + '}';
    auto const error = sanction_error(ban, now);
    sanctions.impose(std::move(ban), std::move(line));
    return error;
}

std::optional<Error> Messages::Implementation::count_attempt(Author const& author, base::RoomId const& room,
                                                             std::string_view text) {
    if (!author.rate_limits) return std::nullopt;
    auto const rules = settings.get();
    auto const attempt = window.admit(rules->spam, author.user->id, author.address, text);
    switch (attempt.outcome) {
        case Outcome::admitted: return std::nullopt;
        case Outcome::flood:
            // Staff who are locked out couldn't lift anything: they only wait.
            if (author.user->role < Role::moderator) return ban_for_flood(author, room, text, attempt.counted);
            break;
        case Outcome::too_soon:
        case Outcome::address_flood: break;
    }
    return Error{Code::rate_limited, "You are writing too fast. Wait a moment.", attempt.retry_after};
}

Result<RoomPtr> Messages::Implementation::admit(Author const& author, Draft const& draft) {
    auto const& user = *author.user;
    if (auto const ban = sanctions.ban_of(user.id)) return sanction_error(*ban, clock.now());
    // Counted before anything else is looked at, as refused attempts count too; told only after graver reasons.
    auto hasty = count_attempt(author, draft.room, draft.text);
    if (hasty && hasty->code == Code::banned) return std::move(*hasty);
    if (auto const mute = sanctions.mute_of(user.id)) return sanction_error(*mute, clock.now());
    auto room = rooms.find(draft.room);
    if (!room || !rooms.may_read(user, *room)) return Error{Code::unknown_room, "There is no such room."};
    if (!rooms.is_member(user.id, *room)) return Error{Code::not_a_member, "Join this room to write in it."};
    bool const is_staff = user.role >= Role::moderator || rooms.may_manage(user, *room);
    if (room->settings.locked && !is_staff) return Error{Code::room_locked, "Only moderators write in this room now."};
    if (hasty) return std::move(*hasty);
    if (!is_staff) {
        auto const wait = slow_mode.take(room->id, user.id, room->settings.slow_mode);
        if (wait > milliseconds{0}) return Error{Code::slow_mode, "This room is in slow mode. Wait a moment.", wait};
    }
    return room;
}

void Messages::Implementation::post(Author const& author, Draft draft, Done done) {
    auto const& user = author.user;
    if (!draft.client_id.empty()) {
        if (!is_client_id(draft.client_id))
            return done(base::invalid_field("client_id", "must be up to 64 printable ASCII characters"), {});
        auto const begun = recent.begin(user->id, draft.client_id,
                                        [done](auto const& result, Verdict const& verdict) { done(result, verdict); });
        if (begun.turn == RecentPosts::Turn::waiting) return;
        if (begun.turn == RecentPosts::Turn::known) return repeat_first_result(begun.id, std::move(done));
    }
    auto const refuse = [&](Error const& error, Verdict const& verdict = {}) {
        if (!draft.client_id.empty()) recent.finish(user->id, draft.client_id, error, verdict);
        done(error, verdict);
    };

    auto admitted = admit(author, draft);
    if (!admitted) return refuse(admitted.error());
    auto const room = std::move(*admitted);
    auto const refuse_turn = [&](Error const& error, Verdict const& verdict = {}) {
        slow_mode.give_back(room->id, user->id);
        refuse(error, verdict);
    };

    auto text = tidy_text(std::move(draft.text), settings.get()->message_characters, !draft.attachments.empty());
    if (!text) return refuse_turn(text.error());
    if (draft.attachments.size() > max_attachments)
        return refuse_turn(base::invalid_field("attachments", "must be at most 10"));
    if (draft.reply_to > 0 && draft.reply_to > rooms.last_seq(room->id))
        return refuse_turn(base::invalid_field("reply_to", "is not a message of this room"));

    auto judged = judge(draft, *text, *room, author);
    std::unique_ptr<moderation::Incident> incident;
    std::unique_ptr<Verdict> verdict;
    if (judged.verdict.action != Action::allow) {
        incident = std::make_unique<moderation::Incident>();
        incident->occasion = {judged.kind, room->id, user->id};
        incident->text = judged.text;
        incident->reply_to = draft.reply_to;
        verdict = std::make_unique<Verdict>(judged.verdict);
        judged.verdict = screening.shown(judged.verdict, *room);
    }
    if (verdict && verdict->action == Action::block) {
        slow_mode.give_back(room->id, user->id);
        Error const error{Code::message_blocked, "This message was not posted: it breaks the rules."};
        if (!draft.client_id.empty()) recent.finish(user->id, draft.client_id, error, *verdict);
        // Told only once the case that they can appeal in is on disk.
        in_flight.begin();
        record(*room, *user, std::move(*incident), *verdict, nullptr,
               [this, done = std::move(done), error, why = *verdict] {
                   done(error, why);
                   in_flight.end();
               });
        return;
    }

    auto posting = std::make_shared<Posting>(
        Posting{{}, room, std::move(done), *this, nullptr, std::move(incident), std::move(verdict)});
    auto& message = posting->message;
    message.id.room = room->id;
    message.room_name = room->name;
    message.sender = user;
    message.sent_at = clock.now();
    message.reply_to = draft.reply_to;
    message.mentions = mentions_in(*text, *room);
    message.attachments = std::move(draft.attachments);
    message.client_id = std::move(draft.client_id);
    message.text = std::move(*text);
    message.verdict = std::move(judged.verdict);
    commit(posting);
}

Messages::Implementation::Judged Messages::Implementation::judge(Draft const& draft, std::string_view text,
                                                                 Room const& room, Author const& author) const {
    using Kind = judge::Occasion::Kind;
    auto const& user = *author.user;
    judge::Occasion const occasion{Kind::message, room.id, user.id};
    // Staff may tell every room the same; tests of a whole server write what they like.
    bool const may_repeat = !author.rate_limits || user.role >= Role::moderator;
    Judged judged{may_repeat ? screening.judge(text, occasion) : screening.judge_post(text, occasion), Kind::message,
                  text};
    for (auto const& attachment : draft.attachments) {
        auto verdict = screening.judge(attachment.name, {Kind::file_name, room.id, user.id});
        if (verdict.action > judged.verdict.action) judged = {std::move(verdict), Kind::file_name, attachment.name};
    }
    return judged;
}

void Messages::Implementation::commit(std::shared_ptr<Posting> const& posting) {
    store::Batch batch;
    append_body(std::get<store::AppendMessage>(batch.emplace_back(store::AppendMessage{posting->room->id, {}})).body,
                posting->message);
    in_flight.begin();
    // A function that holds no more than a pointer needs no allocation of its own; the store calls each exactly once.
    posting->self = posting;
    store.commit(std::move(batch), [waiting = posting.get()](Result<store::Committed> const& result) {
        auto const owned = std::move(waiting->self);
        waiting->messages.committed(owned, result);
    });
}

void Messages::Implementation::committed(std::shared_ptr<Posting> const& owned,
                                         Result<store::Committed> const& result) {
    struct Landed {
        store::InFlight& in_flight;
        ~Landed() { in_flight.end(); }
    } const landed{in_flight};

    auto& posting = *owned;
    auto& message = posting.message;
    auto const& user = message.sender;
    // Who keeps the message shall not keep what waited for it.
    auto const done = std::move(posting.done);
    auto const room = std::move(posting.room);
    if (!result) {
        slow_mode.give_back(message.id.room, user->id);
        if (!message.client_id.empty()) recent.finish(user->id, message.client_id, result.error(), {});
        return done(result.error(), {});
    }
    message.id.seq = result->seqs.front();
    MessagePtr const posted{owned, &message};
    rooms.note_posted(user->id, posted->id.room, posted->id.seq);
    if (observer != nullptr) observer->message_posted(*room, posted);
    auto const verdict = std::move(posting.verdict);
    if (!verdict) {
        screening.count_allowed();
        if (!posted->client_id.empty()) recent.finish(user->id, posted->client_id, posted, posted->verdict);
        return done(posted, posted->verdict);
    }
    // The author hears of it once the case is on disk, too.
    auto const incident = std::move(posting.incident);
    incident->message = posted->id;
    in_flight.begin();
    record(*room, *user, std::move(*incident), *verdict, posted, [this, posted, done, why = *verdict] {
        if (!posted->client_id.empty()) recent.finish(posted->sender->id, posted->client_id, posted, why);
        done(posted, why);
        in_flight.end();
    });
}

void Messages::post_held(Held held, Done done) {
    auto& own = *implementation_;
    auto const room = own.rooms.find(held.room);
    if (!room) return done(Error{Code::unknown_room, "There is no such room."}, {});
    auto const posting = std::make_shared<Implementation::Posting>(
        Implementation::Posting{{}, room, std::move(done), own, nullptr, nullptr, nullptr});
    auto& message = posting->message;
    message.id.room = room->id;
    message.room_name = room->name;
    message.sender = std::move(held.author);
    message.sent_at = own.clock.now();
    message.written_at = held.written_at;
    message.reply_to = held.reply_to;
    message.mentions = own.mentions_in(held.text, *room);
    message.text = std::move(held.text);
    own.commit(posting);
}

void Messages::Implementation::repeat_first_result(base::MessageId const& id, Done done) {
    auto const shared = std::make_shared<Done>(std::move(done));
    bool const is_submitted = workers.submit([this, id, shared] {
        auto const room = rooms.find(id.room);
        if (!room) return (*shared)(Error{Code::unknown_room, "There is no such room."}, {});
        auto const first = load(id, *room);
        (*shared)(first, first ? (*first)->verdict : Verdict{});
    });
    if (!is_submitted) (*shared)(Error{Code::overloaded, "Too much is going on. Try again.", milliseconds{1000}}, {});
}

std::vector<std::string> Messages::Implementation::mentions_in(std::string_view text, Room const& room) const {
    std::vector<std::string> names;
    if (text.find('@') == std::string_view::npos) return names;
    for (auto const& mention : find_mentions(text, max_mentions)) {
        for (auto const candidate : mention.candidates) {
            auto const user = accounts.find_by_name(candidate);
            if (!user) continue;
            bool const is_new = std::find(names.begin(), names.end(), user->username) == names.end();
            if (is_new && rooms.is_member(user->id, room)) names.push_back(user->username);
            break;
        }
    }
    return names;
}

void Messages::Implementation::record(Room const& room, User const& author, moderation::Incident incident,
                                      Verdict const& verdict, MessagePtr const& message, std::function<void()> done) {
    bool const is_grave = verdict.action == Action::flag || verdict.action == Action::block;
    if (is_grave && observer != nullptr) observer->moderation_alert(room, author, incident.text, verdict, message);
    screening.record(std::move(incident), verdict, std::move(done));
}

}  // namespace soyuz::chat
