#pragma once

#include <future>
#include <string>
#include <vector>

#include "chat/desk/desk.hpp"
#include "chat/messages/messages.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "moderation/cases/cases.hpp"
#include "moderation/conduct/sanctions.hpp"

namespace soyuz::chat {

using base::Code;
using base::Error;
using base::Result;
using moderation::Case;
using moderation::CasePtr;
using moderation::Decision;
using moderation::DecisionRecord;

/// What deciding, undoing and appealing share. Private to `Desk`.
struct Desk::Implementation {
    // Effects on what was written (desk_effects.cpp). They note in the decision what undoing needs.

    Result<void> let_stand(User const& actor, Case const& one, DecisionRecord& decision);
    Result<void> take_down(User const& actor, Case const& one, DecisionRecord& decision);
    Result<void> reverse(User const& actor, Case const& one, DecisionRecord const& decision);
    Result<MessagePtr> amend(base::MessageId const& id, Messages::Amendment amendment);
    /// As `amend`, and keeps the state before in the decision.
    Result<void> amend_noting(base::MessageId const& id, DecisionRecord& decision, Messages::Amendment amendment);
    /// The message as a moderator's earlier removal found it.
    std::optional<Message> removed_state(Case const& one, base::MessageId const& id) const;
    Result<void> set_line(User const& actor, Case const& one, std::string const& text);
    std::string line_now(Case const& one) const;

    // Effects on the author.

    Result<void> sanction(User const& actor, Case const& one, Wish const& wish, DecisionRecord& decision);
    void give_right_back(base::UserId const& author);

    std::optional<Error> refusal(User const& actor, Case const& one) const;
    void log(store::Batch& batch, User const& actor, Case const& one, std::string_view action,
             std::string_view note) const;
    void tell(Case const& one, std::string_view action, std::string_view note);

    moderation::Cases& cases;
    moderation::Standing& standing;
    moderation::ClearedTexts& cleared;
    Screening& screening;
    Messages& messages;
    Rooms& rooms;
    Accounts& accounts;
    moderation::Sanctions& sanctions;
    base::Clock const& clock;
    Observer* observer = nullptr;
};

}  // namespace soyuz::chat
