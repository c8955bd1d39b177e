#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "chat/desk/case_effects.hpp"
#include "chat/message.hpp"
#include "chat/user.hpp"
#include "moderation/cases/case.hpp"
#include "store/store.hpp"

namespace soyuz::moderation {
class Cases;
class ClearedTexts;
class Sanctions;
class Standing;
}  // namespace soyuz::moderation

namespace soyuz::chat {

class Kicks;
class Observer;
class Screening;

/// Where moderators decide cases, and their decisions take effect.
///
/// Thread-safe. Everything here waits for the disk, and is for workers. The caller has checked that the user is a
/// moderator. Checked here, for whatever they do with a case: it isn't about themselves (forbidden) nor about somebody
/// of their role or a higher one (forbidden), and nobody of their role or a higher one has it in hand (claimed).
class Desk {
public:
    Desk(moderation::Cases& cases, moderation::Standing& standing, moderation::ClearedTexts& cleared,
         Screening& screening, Messages& messages, Rooms& rooms, Accounts& accounts, moderation::Sanctions& sanctions,
         Kicks& kicks, base::Clock const& clock);
    /// Set before the server starts.
    void observe(Observer& observer) { observer_ = &observer; }

    struct DecisionRequest {
        moderation::Decision action = moderation::Decision::approve;
        std::optional<unsigned> minutes;       ///< of a mute or ban
        std::optional<base::Timestamp> until;  ///< the same, as a time
        std::string note;                      ///< the author reads it
    };
    /// Errors: not_found, forbidden, claimed, already_decided, invalid_value, and what prevented the effect.
    base::Result<moderation::CasePtr> decide(UserPtr const& actor, std::string_view id, DecisionRequest const& request);
    /// Within ten seconds, ten minutes for a ban; by who decided or somebody of a higher role. Errors: not_found,
    /// forbidden, conflict, too_late.
    base::Result<moderation::CasePtr> undo(UserPtr const& actor, std::string_view id);

    base::Result<moderation::CasePtr> claim(User const& actor, std::string_view id);
    base::Result<moderation::CasePtr> release(User const& actor, std::string_view id);

    /// By the author of the text: asks moderators to look again, once a case. Errors: not_found, already_appealed,
    /// conflict.
    base::Result<moderation::CasePtr> appeal(User const& author, std::string_view id, std::string text);

    /// Puts people out for some minutes.
    Kicks& kicks() const { return kicks_; }

    struct Reported {
        moderation::CasePtr the_case;
        moderation::CaseReport report;
    };
    /// A message, or a person where `message` is null. The same report twice is one.
    Reported report(User const& by, MessagePtr const& message, UserPtr const& person, std::string reason,
                    std::string note);

private:
    base::Result<void> sanction(User const& actor, moderation::Case const& the_case, DecisionRequest const& request,
                                moderation::DecisionRecord& decision);
    void give_right_back(base::UserId const& author);
    std::optional<base::Error> refusal(User const& actor, moderation::Case const& the_case) const;
    std::optional<base::Error> fault_of_undo(User const& actor, moderation::Case const& the_case) const;
    /// A case that they may act on. Errors: not_found, forbidden.
    base::Result<moderation::CasePtr> case_for(User const& actor, std::string_view id) const;
    /// Over whom `actor` stands.
    std::function<bool(base::UserId const&)> outranks(User const& actor) const;
    void log(store::Batch& batch, User const& actor, moderation::Case const& the_case, std::string_view action,
             std::string_view note) const;
    void tell(moderation::Case const& the_case, std::string_view action, std::string_view note);

    moderation::Cases& cases_;
    moderation::Standing& standing_;
    moderation::ClearedTexts& cleared_;
    Screening& screening_;
    Messages& messages_;
    Accounts& accounts_;
    moderation::Sanctions& sanctions_;
    Kicks& kicks_;
    base::Clock const& clock_;
    CaseEffects effects_;
    Observer* observer_ = nullptr;
};

}  // namespace soyuz::chat
