#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/message.hpp"
#include "chat/messages/messages.hpp"
#include "chat/user.hpp"
#include "moderation/cases/case.hpp"

namespace soyuz::chat {

class Accounts;
class Rooms;

/// What decisions do to the texts that they are about. Each notes in the decision what undoing it needs. Thread-safe;
/// waits for the disk.
class CaseEffects {
public:
    CaseEffects(Messages& messages, Rooms& rooms, Accounts& accounts, base::Clock const& clock)
        : messages_(messages), rooms_(rooms), accounts_(accounts), clock_(clock) {}

    base::Result<void> let_stand(User const& actor, moderation::Case const& the_case,
                                 moderation::DecisionRecord& decision);
    base::Result<void> take_down(User const& actor, moderation::Case const& the_case,
                                 moderation::DecisionRecord& decision);
    base::Result<void> reverse(User const& actor, moderation::Case const& the_case,
                               moderation::DecisionRecord const& decision);

private:
    base::Result<MessagePtr> amend(base::MessageId const& id, Editor::Amendment amendment);
    /// As `amend`, and keeps the state before in the decision.
    base::Result<void> amend_noting(base::MessageId const& id, moderation::DecisionRecord& decision,
                                    Editor::Amendment amendment);
    /// The message as a moderator's earlier removal found it.
    std::optional<Message> removed_state(moderation::Case const& the_case, base::MessageId const& id) const;
    base::Result<void> set_line(User const& actor, moderation::Case const& the_case, std::string const& text);
    std::string line_now(moderation::Case const& the_case) const;

    Messages& messages_;
    Rooms& rooms_;
    Accounts& accounts_;
    base::Clock const& clock_;
};

}  // namespace soyuz::chat
