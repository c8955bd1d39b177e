#include "chat/desk/case_effects.hpp"

#include <algorithm>
#include <future>

#include "chat/accounts/accounts.hpp"
#include "chat/messages/records.hpp"
#include "chat/rooms/rooms.hpp"
#include "moderation/cases/cleared_texts.hpp"
#include "store/commit_later.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

using base::Code;
using base::Error;
using base::Result;
using moderation::Case;
using moderation::Decision;
using moderation::DecisionRecord;
using Kind = judge::Occasion::Kind;

bool is_line(Case const& the_case) {
    return !the_case.field.empty() && (the_case.occasion == Kind::name || the_case.occasion == Kind::topic);
}

/// "<message id> <body>": the body stays identifiable when the case's list of messages changes.
std::string noted(Message const& message) {
    std::string text = base::to_string(message.id) + ' ';
    append_body(text, message);
    return text;
}

struct Noted {
    base::MessageId id;
    Message message;
};
std::optional<Noted> parse_noted(std::string_view text, Accounts const& accounts) {
    auto const space = text.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    auto const id = base::parse_message_id(text.substr(0, space));
    if (!id) return std::nullopt;
    auto message = parse_body(text.substr(space + 1), *id, accounts);
    if (!message) return std::nullopt;
    return Noted{*id, std::move(*message)};
}

void drop_reaction(Message& message, std::string const& emoji, base::UserId const& user) {
    auto const found = message.reactions.find(emoji);
    if (found == message.reactions.end()) return;
    std::erase(found->second, user);
    if (found->second.empty()) message.reactions.erase(found);
}

}  // namespace

Result<MessagePtr> CaseEffects::amend(base::MessageId const& id, Editor::Amendment amendment) {
    return store::await<Result<MessagePtr>>(
        [&](auto done) { messages_.editor.amend(id, std::move(amendment), std::move(done)); });
}

Result<void> CaseEffects::amend_noting(base::MessageId const& id, DecisionRecord& decision,
                                       Editor::Amendment amendment) {
    std::string note;
    auto const done = amend(id, [&](Message const& before) {
        auto after = amendment(before);
        if (after) note = noted(before);
        return after;
    });
    // A room that is gone takes its messages with it: then there is nothing to do, and that is not a failure.
    if (!done && done.error().code != Code::not_found && done.error().code != Code::unknown_room) return done.error();
    if (!note.empty()) decision.before.push_back(std::move(note));
    return {};
}

std::optional<Message> CaseEffects::removed_state(Case const& the_case, base::MessageId const& id) const {
    std::vector<DecisionRecord const*> newest_first;
    if (the_case.decision) newest_first.push_back(&*the_case.decision);
    for (auto decision = the_case.decisions.rbegin(); decision != the_case.decisions.rend(); ++decision)
        newest_first.push_back(&*decision);
    for (auto const* decision : newest_first) {
        if (decision->action != Decision::remove) continue;
        for (auto const& text : decision->before) {
            auto state = parse_noted(text, accounts_);
            if (!state || state->id != id || state->message.deleted) continue;
            // Files stay only for as long as the removal can be undone.
            if (decision->undo_until < clock_.now()) state->message.attachments.clear();
            return std::move(state->message);
        }
    }
    return std::nullopt;
}

Result<void> CaseEffects::let_stand(User const& actor, Case const& the_case, DecisionRecord& decision) {
    if (is_in_message(the_case) && the_case.messages.empty()) {
        bool const is_held_back =
            the_case.occasion == Kind::message || the_case.occasion == Kind::post || the_case.occasion == Kind::comment;
        if (the_case.kind != Case::Kind::blocked || !is_held_back) return {};
        auto const author = accounts_.find(the_case.author);
        if (!author || author->deleted) return {};
        auto const posted = store::await<Result<MessagePtr>>([&](auto done) {
            messages_.poster.post_held({the_case.room, author, the_case.text, the_case.reply_to, the_case.created_at},
                                       std::move(done));
        });
        if (!posted && posted.error().code != Code::unknown_room) return posted.error();
        if (posted) decision.posted = (*posted)->id;
        return {};
    }
    if (is_in_message(the_case)) {
        bool const is_held_edit = the_case.kind == Case::Kind::blocked && the_case.occasion == Kind::edit;
        for (auto const& id : the_case.messages) {
            auto const kept = removed_state(the_case, id);
            auto const amended = amend_noting(id, decision, [&](Message const& before) -> std::optional<Message> {
                Message after = before;
                if (before.deleted) {
                    // Messages deleted by their author stay deleted.
                    if (!before.removed_by_staff) return std::nullopt;
                    if (kept && kept->text.empty() && kept->attachments.empty()) return std::nullopt;
                    if (kept) after = *kept;
                    after.deleted = after.removed_by_staff = false;
                    if (!kept) after.text = the_case.text;
                    after.verdict = {};
                    return after;
                }
                if (is_held_edit) {
                    if (the_case.stale || before.text == the_case.text) return std::nullopt;
                    after.text = the_case.text;
                    after.edited_at = clock_.now();
                    after.verdict = {};
                    return after;
                }
                if (before.verdict.action == judge::Action::allow || !is_about(the_case, before.text))
                    return std::nullopt;
                after.verdict = {};
                return after;
            });
            if (!amended) return amended;
        }
        return {};
    }
    if (is_line(the_case) && the_case.decision && !the_case.decision->replaced.empty())
        return set_line(actor, the_case, the_case.text);
    return {};
}

Result<void> CaseEffects::take_down(User const& actor, Case const& the_case, DecisionRecord& decision) {
    if (the_case.occasion == Kind::reaction) {
        for (auto const& id : the_case.messages) {
            auto const amended = amend_noting(id, decision, [&](Message const& before) -> std::optional<Message> {
                if (before.deleted) return std::nullopt;
                Message after = before;
                drop_reaction(after, the_case.text, the_case.author);
                return after;
            });
            if (!amended) return amended;
        }
        return {};
    }
    if (is_line(the_case)) {
        if (line_now(the_case) != the_case.text) return {};
        decision.replaced = the_case.text;
        return set_line(actor, the_case, "");
    }
    // A blocked edit left the message as it was.
    if (!is_in_message(the_case) || (the_case.kind == Case::Kind::blocked && the_case.occasion == Kind::edit))
        return {};
    for (auto const& id : the_case.messages) {
        auto const amended = amend_noting(id, decision, [](Message const& before) -> std::optional<Message> {
            if (before.deleted) return std::nullopt;
            return Editor::emptied(before);
        });
        if (!amended) return amended;
    }
    return {};
}

Result<void> CaseEffects::reverse(User const& actor, Case const& the_case, DecisionRecord const& decision) {
    for (auto const& text : decision.before) {
        auto const state = parse_noted(text, accounts_);
        if (!state) continue;
        auto const amended = amend(state->id, [&](Message const& now) -> std::optional<Message> {
            if (state->message.deleted) return Editor::emptied(now);
            if (now.deleted) return state->message;
            // Reactions given meanwhile stay.
            Message after = now;
            after.text = state->message.text;
            after.mentions = state->message.mentions;
            after.edited_at = state->message.edited_at;
            after.verdict = state->message.verdict;
            if (the_case.occasion == Kind::reaction) after.reactions = state->message.reactions;
            return after;
        });
        if (!amended && amended.error().code != Code::not_found) return amended.error();
    }
    if (decision.posted) {
        auto const removed = amend(*decision.posted, [](Message const& now) -> std::optional<Message> {
            if (now.deleted) return std::nullopt;
            return Editor::emptied(now);
        });
        if (!removed && removed.error().code != Code::not_found) return removed.error();
    }
    if (!decision.replaced.empty()) return set_line(actor, the_case, decision.replaced);
    return {};
}

std::string CaseEffects::line_now(Case const& the_case) const {
    if (the_case.occasion == Kind::name) {
        auto const user = accounts_.find(the_case.author);
        return user && the_case.field == "display_name" ? user->display_name : std::string{};
    }
    auto const room = rooms_.find(the_case.room);
    if (!room) return {};
    return the_case.field == "title" ? room->title : room->topic;
}

Result<void> CaseEffects::set_line(User const& actor, Case const& the_case, std::string const& text) {
    if (the_case.occasion == Kind::name) {
        auto const user = accounts_.find(the_case.author);
        if (!user || user->deleted || the_case.field != "display_name") return {};
        Accounts::ProfileChange change;
        change.display_name = text.empty() ? user->username : text;
        auto const changed = accounts_.change_profile(user->id, std::move(change));
        if (!changed) return changed.error();
        return {};
    }
    auto const room = rooms_.find(the_case.room);
    if (!room) return {};
    Rooms::RoomChange change;
    if (the_case.field == "title") {
        change.title = text.empty() ? room->name : text;
    } else {
        change.topic = text;
    }
    auto const changed = rooms_.change(actor, room->id, std::move(change));
    if (!changed) return changed.error();
    return {};
}

}  // namespace soyuz::chat
