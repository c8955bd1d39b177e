#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/message.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/user.hpp"
#include "judge/judge.hpp"

namespace soyuz::moderation {
class Cases;
class ClearedTexts;
class RuleBook;
class Sanctions;
class Standing;
class Statistics;
struct CaseReport;
}  // namespace soyuz::moderation

namespace soyuz::chat {

class Accounts;
class Observer;

struct GuardOptions {
    unsigned max_violations = 5;   ///< more flagged or blocked texts take the right to chat away (MAX_BULLYING_COUNT)
    unsigned repeat_offender = 3;  ///< violations within a day that make the next one a block
};

/// What a verdict leads to: every text that people write passes here, whatever it is for.
///
/// Thread-safe; never blocks. A text that is allowed costs nothing but the judge.
class Guard {
public:
    Guard(store::Store& store, judge::Judge const& judge, Accounts const& accounts, Rooms const& rooms,
          moderation::Sanctions& sanctions, base::Clock const& clock, GuardOptions options = {});
    ~Guard();
    /// Set before the server starts.
    void observe(Observer& observer);

    /// The judge's verdict, unless moderators have cleared the text; a repeat offender's flag becomes a block. Flags
    /// and blocks of a known author name their case.
    judge::Verdict judge(std::string_view text, judge::Occasion const& occasion) const;
    /// The same for a message about to be posted: nearly the same text in several rooms is spam.
    judge::Verdict judge_post(std::string_view text, judge::Occasion const& occasion);
    /// A message was posted that was simply allowed; on the committer's thread.
    void count_allowed();
    /// The judge's own verdict, for those who only ask.
    judge::Verdict opinion(std::string_view text, judge::Occasion const& occasion) const;

    /// A text that was not simply allowed.
    struct Incident {
        judge::Occasion occasion;
        UserPtr author;  ///< null where there is no account yet: the log alone hears of it
        Room const* room = nullptr;
        std::string field;  ///< of a name or topic: which one
        std::string text;
        std::optional<base::MessageId> message;  ///< that holds the text, or was to be changed to it
        base::Seq reply_to = 0;
    };
    /// Logs the verdict, counts violations, opens or joins the case, tells moderators, and takes the right to chat
    /// away from those who have too many. `done` runs once that is durable; at once where there is nothing to do.
    void record(Incident incident, judge::Verdict const& verdict, std::function<void()> done = {});

    /// A name, title or topic. Errors: invalid_value for `field` where it is blocked.
    base::Result<void> judge_line(judge::Occasion::Kind kind, UserPtr const& author, Room const* room,
                                  std::string_view text, std::string const& field);

    /// What everybody sees of a verdict on a message: cries for help are nobody's business but the moderators'.
    judge::Verdict shown(judge::Verdict const& verdict, Room const& room) const;

    /// Whether the author may chat, as far as their record goes.
    bool has_lost_right(base::UserId const& user) const;
    /// A moderator gave the right to chat back: counting begins anew.
    void forgive(base::UserId const& user);

    unsigned max_violations() const;
    moderation::Cases& cases();
    moderation::Standing& standing();
    moderation::ClearedTexts& cleared();
    moderation::RuleBook& rule_book();
    moderation::Statistics& statistics();

private:
    judge::Verdict weigh(judge::Verdict verdict, std::string_view text, judge::Occasion const& occasion) const;

    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace soyuz::chat
