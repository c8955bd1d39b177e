#include "chat/messages/poster.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/messages/attachment_index.hpp"
#include "chat/messages/history.hpp"
#include "chat/messages/message_text.hpp"
#include "chat/messages/records.hpp"
#include "chat/observer.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "chat/settings.hpp"

namespace soyuz::chat {

namespace {

using base::Code;
using base::Error;
using base::Result;
using judge::Action;
using judge::Verdict;
using std::chrono::milliseconds;

constexpr std::size_t max_attachments = 10;
constexpr std::size_t max_recent_posts = 500'000;
/// After a restart client_ids are looked for in this many of the newest messages.
constexpr std::size_t max_scanned = 200'000;
constexpr base::Seq scan_step = 512;

}  // namespace

/// A message on its way to the disk, with what is to be done then: one allocation for both, as the message is part of
/// it. `self` keeps it until the commit's outcome.
struct Poster::PendingPost {
    Message message;
    RoomPtr room;
    MessageDone done;
    Poster& poster;
    std::shared_ptr<PendingPost> self;
    /// What the judge said and about what, unless it was simply allowed; others may be shown less.
    std::unique_ptr<moderation::Incident> incident;
    std::unique_ptr<Verdict> verdict;
    bool is_once = false;  ///< a repeat of its client_id gets this one's result
};

Poster::Poster(MessageContext& context, History const& history, AttachmentIndex& attachments)
    : context_(context),
      history_(history),
      attachments_(attachments),
      recent_(context.clock, max_recent_posts),
      slow_mode_(context.clock) {
    remember_posts();
}

void Poster::remember_posts() {
    auto& store = context_.store;
    struct Left {
        base::RoomId room;
        base::Seq last;
    };
    std::vector<Left> left;
    store.each_document("rooms", [&](std::string const& id, nlohmann::json const&) {
        base::RoomId const room{id};
        if (auto const last = store.last_seq(room); last > 0) left.push_back({room, last});
    });
    auto const since = context_.clock.now() - RecentPosts::memory;
    std::size_t scanned = 0;
    // A step of each room in turn, so that a busy room doesn't keep the others from being scanned.
    while (!left.empty() && scanned < max_scanned) {
        for (auto& [room, last] : left) {
            auto const first = last > scan_step ? last - scan_step + 1 : 1;
            auto const bodies = store.messages(room, first, last);
            last = first - 1;
            if (!bodies) continue;
            bool is_old = false;
            for (auto const& stored : *bodies) {
                auto const head = head_of(stored.body);
                if (head.sent_at && *head.sent_at <= since) {
                    is_old = true;
                } else if (head.sent_at && !head.client_id.empty()) {
                    recent_.remember(base::UserId{std::string{head.sender}}, head.client_id, {room, stored.seq},
                                     *head.sent_at);
                }
            }
            scanned += bodies->size();
            if (is_old) last = 0;
        }
        std::erase_if(left, [](auto const& room) { return room.last == 0; });
    }
}

Result<void> Poster::admit(Author const& author, Draft const& draft) {
    auto const& user = *author.user;
    auto const& room = *draft.room;
    auto& limits = context_.limits;
    if (auto ban = limits.ban_of(user)) return std::move(*ban);
    // Counted first, because refused attempts count too; reported only after graver reasons.
    auto hasty = limits.count_attempt(author, room.id, draft.text);
    if (hasty && hasty->code == Code::banned) return std::move(*hasty);
    if (auto mute = limits.mute_of(user)) return std::move(*mute);
    if (!context_.rooms.is_member(user.id, room)) {
        if (!room.is_open()) return Error{Code::unknown_room, "There is no such room."};
        return Error{Code::not_a_member, "Join this room to write in it."};
    }
    bool const is_for_board = draft.kind != judge::Occasion::Kind::message;
    if (is_for_board != (room.kind == Room::Kind::board)) return Error{Code::unknown_room, "There is no such room."};
    bool const is_staff = user.role >= Role::moderator || room.is_led_by(user);
    if (room.settings.locked && !is_staff) return Error{Code::room_locked, "Only moderators write in this room now."};
    if (hasty) return std::move(*hasty);
    if (!is_staff) {
        auto const wait = slow_mode_.take(room.id, user.id, room.settings.slow_mode);
        if (wait > milliseconds{0}) return Error{Code::slow_mode, "This room is in slow mode. Wait a moment.", wait};
    }
    return {};
}

void Poster::post(Author const& author, Draft draft, MessageDone done) {
    auto& screening = context_.screening;
    auto const& user = author.user;
    bool const is_once = !draft.client_id.empty() && !draft.client_id_is_for_show;
    if (is_once) {
        if (!is_client_id(draft.client_id))
            return done(base::invalid_field("client_id", "must be up to 64 printable ASCII characters"), {},
                        Settled::at_once);
        auto const begun = recent_.begin(user->id, draft.client_id, done);
        if (begun.turn == RecentPosts::Turn::waiting) return;
        if (begun.turn == RecentPosts::Turn::known) return repeat_first_result(begun.id, std::move(done));
    }
    auto const refuse = [&](Error const& error) {
        if (is_once) recent_.finish(user->id, draft.client_id, error, {}, Settled::at_once);
        done(error, {}, Settled::at_once);
    };

    if (auto const admitted = admit(author, draft); !admitted) return refuse(admitted.error());
    auto const room = std::move(draft.room);
    auto const refuse_turn = [&](Error const& error) {
        slow_mode_.give_back(room->id, user->id);
        refuse(error);
    };

    auto text =
        tidy_text(std::move(draft.text), context_.settings.get()->message_characters, !draft.attachments.empty());
    if (!text) return refuse_turn(text.error());
    if (draft.attachments.size() > max_attachments)
        return refuse_turn(base::invalid_field("attachments", "must be at most 10"));
    if (draft.reply_to > 0 && draft.reply_to > context_.rooms.last_seq(room->id))
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
        slow_mode_.give_back(room->id, user->id);
        Error const error{Code::message_blocked, "This message was not posted: it breaks the rules."};
        if (is_once) recent_.finish(user->id, draft.client_id, error, *verdict, Settled::at_once);
        // The author is told once the case is on disk, so that they can appeal at once.
        context_.in_flight.begin();
        context_.record(*room, *user, std::move(*incident), *verdict, nullptr,
                        [this, done = std::move(done), error, why = *verdict] {
                            done(error, why, Settled::at_once);
                            context_.in_flight.end();
                        });
        return;
    }

    if (draft.store_files) {
        if (auto const stored = draft.store_files(draft.attachments); !stored) return refuse_turn(stored.error());
    }

    auto const pending = std::make_shared<PendingPost>(
        PendingPost{{}, room, std::move(done), *this, nullptr, std::move(incident), std::move(verdict), is_once});
    auto& message = pending->message;
    message.id.room = room->id;
    message.room_name = room->name;
    message.sender = user;
    message.sent_at = context_.clock.now();
    message.reply_to = draft.reply_to;
    message.mentions = context_.mentions_in(*text, *room);
    message.attachments = std::move(draft.attachments);
    message.link = std::move(draft.link);
    message.client_id = std::move(draft.client_id);
    message.text = std::move(*text);
    message.verdict = std::move(judged.verdict);
    commit(pending);
}

Poster::Judged Poster::judge(Draft const& draft, std::string_view text, Room const& room, Author const& author) const {
    using Kind = judge::Occasion::Kind;
    auto& screening = context_.screening;
    auto const& user = *author.user;
    judge::Occasion const occasion{draft.kind, room.id, user.id};
    // Staff may tell every room the same; without rate limits repeats are allowed as well.
    bool const may_repeat = !author.rate_limits || user.role >= Role::moderator;
    Judged judged{may_repeat ? screening.judge(text, occasion) : screening.judge_post(text, occasion), draft.kind,
                  text};
    if (!draft.link.empty()) {
        auto verdict = screening.judge(draft.link, occasion);
        if (verdict.action > judged.verdict.action) judged = {std::move(verdict), draft.kind, draft.link};
    }
    for (auto const& attachment : draft.attachments) {
        auto verdict = screening.judge(attachment.name, {Kind::file_name, room.id, user.id});
        if (verdict.action > judged.verdict.action) judged = {std::move(verdict), Kind::file_name, attachment.name};
        if (attachment.alt.empty()) continue;
        auto of_alt = screening.judge(attachment.alt, occasion);
        if (of_alt.action > judged.verdict.action) judged = {std::move(of_alt), draft.kind, attachment.alt};
    }
    return judged;
}

void Poster::commit(std::shared_ptr<PendingPost> const& pending) {
    store::Batch batch;
    append_body(std::get<store::AppendMessage>(batch.emplace_back(store::AppendMessage{pending->room->id, {}})).body,
                pending->message);
    context_.in_flight.begin();
    // A function that holds no more than a pointer needs no allocation of its own; the store calls each exactly once.
    pending->self = pending;
    context_.store.commit(std::move(batch), [waiting = pending.get()](Result<store::Committed> const& result) {
        auto const owned = std::move(waiting->self);
        waiting->poster.committed(owned, result);
    });
}

void Poster::committed(std::shared_ptr<PendingPost> const& pending, Result<store::Committed> const& result) {
    struct Landed {
        base::InFlight& in_flight;
        ~Landed() { in_flight.end(); }
    } const landed{context_.in_flight};

    auto& message = pending->message;
    auto const& user = message.sender;
    // The callbacks are released: holders of the message must not keep them alive.
    auto const done = std::move(pending->done);
    auto const room = std::move(pending->room);
    if (!result) {
        slow_mode_.give_back(message.id.room, user->id);
        if (pending->is_once) recent_.finish(user->id, message.client_id, result.error(), {}, Settled::at_once);
        return done(result.error(), {}, Settled::at_once);
    }
    message.id.seq = result->seqs.front();
    MessagePtr const posted{pending, &message};
    context_.rooms.note_posted(user->id, posted->id.room, posted->id.seq);
    if (!posted->attachments.empty()) attachments_.note(*posted);
    if (room->kind == Room::Kind::board && context_.board_changed) context_.board_changed(*posted);
    if (context_.observer != nullptr) context_.observer->message_posted(*room, posted);
    if (room->kind == Room::Kind::direct) note_reached(*room, posted->id);
    auto const verdict = std::move(pending->verdict);
    if (!verdict) {
        context_.screening.count_allowed();
        if (pending->is_once) recent_.finish(user->id, posted->client_id, posted, posted->verdict, Settled::by_commit);
        return done(posted, posted->verdict, Settled::by_commit);
    }
    // Here too the author is told once the case is on disk.
    auto const incident = std::move(pending->incident);
    incident->message = posted->id;
    context_.in_flight.begin();
    bool const is_once = pending->is_once;
    context_.record(*room, *user, std::move(*incident), *verdict, posted,
                    [this, posted, done, is_once, why = *verdict] {
                        if (is_once)
                            recent_.finish(posted->sender->id, posted->client_id, posted, why, Settled::by_commit);
                        done(posted, why, Settled::by_commit);
                        context_.in_flight.end();
                    });
}

void Poster::note_reached(Room const& room, base::MessageId const& id) {
    if (context_.presence == nullptr) return;
    for (auto const& member : context_.rooms.members(room)) {
        if (!context_.presence->is_online(member)) continue;
        if (auto const user = context_.accounts.find(member)) context_.rooms.mark_delivered(*user, room, id.seq);
    }
}

void Poster::post_held(Held held, MessageDone done) {
    auto const room = context_.rooms.find(held.room);
    if (!room) return done(Error{Code::unknown_room, "There is no such room."}, {}, Settled::at_once);
    auto const pending =
        std::make_shared<PendingPost>(PendingPost{{}, room, std::move(done), *this, nullptr, nullptr, nullptr});
    auto& message = pending->message;
    message.id.room = room->id;
    message.room_name = room->name;
    message.sender = std::move(held.author);
    message.sent_at = context_.clock.now();
    message.written_at = held.written_at;
    message.reply_to = held.reply_to;
    message.mentions = context_.mentions_in(held.text, *room);
    message.text = std::move(held.text);
    commit(pending);
}

void Poster::repeat_first_result(base::MessageId const& id, MessageDone done) {
    auto const shared = std::make_shared<MessageDone>(std::move(done));
    bool const is_submitted = context_.workers.submit([this, id, shared] {
        auto const room = context_.rooms.find(id.room);
        if (!room) return (*shared)(Error{Code::unknown_room, "There is no such room."}, {}, Settled::at_once);
        auto const first = history_.load(id, *room);
        (*shared)(first, first ? (*first)->verdict : Verdict{}, Settled::at_once);
    });
    if (!is_submitted)
        (*shared)(Error{Code::overloaded, "Too much is going on. Try again.", milliseconds{1000}}, {},
                  Settled::at_once);
}

}  // namespace soyuz::chat
