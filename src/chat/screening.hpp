#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/user.hpp"
#include "judge/judge.hpp"
#include "judge/verdict_counts.hpp"
#include "moderation/cases/incident.hpp"

namespace soyuz::moderation {
class Cases;
class ClearedTexts;
class NearRepeats;
class RuleBook;
class Sanctions;
class Standing;
class Statistics;
struct CaseClaim;
}  // namespace soyuz::moderation

namespace soyuz::chat {

class Accounts;
class Observer;
class Settings;

/// What a verdict leads to: every text that people write passes here, whatever it is for.
///
/// Thread-safe; never blocks. A text that is allowed costs nothing but the judge.
class Screening {
public:
    /// All of it outlives the screening.
    struct Services {
        judge::Judge const& judge;
        Accounts const& accounts;
        Rooms const& rooms;
        moderation::Cases& cases;
        moderation::Standing& standing;
        moderation::ClearedTexts const& cleared;
        moderation::RuleBook const& rule_book;
        moderation::Statistics& statistics;
        moderation::NearRepeats& repeats;
        moderation::Sanctions& sanctions;
        base::Clock const& clock;
        Settings const& settings;
    };
    struct Options {
        /// So many flagged or blocked texts take the right to chat away: the last of them still goes out
        /// (MAX_BULLYING_COUNT).
        unsigned max_violations = 5;
        unsigned repeat_offender = 3;  ///< violations within a day that make the next one a block
        double toxic_threshold = 0.6;  ///< probability from which a text counts as bullying
    };
    explicit Screening(Services services) : Screening(services, Options{}) {}
    Screening(Services services, Options options) : services_(services), options_(options) {}
    /// Set before the server starts.
    void observe(Observer& observer) { observer_ = &observer; }

    /// The judge's verdict, unless moderators have cleared the text; a repeat offender's flag becomes a block. Flags
    /// and blocks of a known author name their case.
    judge::Verdict judge(std::string_view text, judge::Occasion const& occasion) const;
    /// The same for a message about to be posted: nearly the same text in several rooms is spam.
    judge::Verdict judge_post(std::string_view text, judge::Occasion const& occasion);
    /// The judge's own verdict, for those who only ask.
    judge::Verdict opinion(std::string_view text, judge::Occasion const& occasion) const;

    /// A message was posted that was simply allowed; on the committer's thread.
    void count_allowed();
    /// Logs the verdict, counts violations, opens or joins the case, tells moderators, and takes the right to chat
    /// away from those who have too many. `done` runs once that is durable; at once where there is nothing to do.
    /// `kind`, `lexicon` and `model` are set here.
    void record(moderation::Incident incident, judge::Verdict const& verdict, std::function<void()> done = {});

    /// A name, title or topic. Errors: invalid_value for `field` where it is blocked.
    base::Result<void> judge_line(judge::Occasion::Kind kind, UserPtr const& author, Room const* room,
                                  std::string_view text, std::string const& field);
    /// The same for somebody who has no account yet: nothing is recorded.
    base::Result<void> judge_new_name(std::string_view text, std::string const& field) const;

    /// What everybody sees of a verdict on a message: cries for help are nobody's business but the moderators'.
    judge::Verdict shown(judge::Verdict const& verdict, Room const& room) const;

    /// What messengers mark a text with.
    struct Bullying {
        bool is_bullying = false;
        double probability = 0;
    };
    /// Bullying is what is flagged or blocked for its words, and what is probably toxic where the judge objects at all:
    /// one rare word that sways the classifier is none.
    Bullying bullying(judge::Verdict const& verdict) const;

    /// Whether the author has too many violations to chat.
    bool has_lost_right(base::UserId const& user) const;
    /// A moderator gave the right to chat back: counting starts again.
    void forgive(base::UserId const& user);
    unsigned max_violations() const { return options_.max_violations; }
    /// Of all texts that were judged, those of `opinion` left out.
    judge::VerdictCounts const& counts() const { return counts_; }
    /// Counts verdicts anew.
    void reset_counts() { counts_.reset(); }

    /// Tells moderators of a case that changed.
    void case_changed(moderation::Case const& changed, std::optional<moderation::CaseClaim> const& claim,
                      std::size_t open) const;

private:
    judge::Verdict ask_judge(std::string_view text, judge::Occasion const& occasion) const;
    /// Is it a text to one person, delivered with a mark where it would be blocked elsewhere?
    bool is_only_marked(judge::Occasion const& occasion, judge::Verdict const& verdict) const;
    judge::Verdict weigh(judge::Verdict verdict, std::string_view text, judge::Occasion const& occasion) const;
    bool minds_repeats(base::RoomId const& room) const;
    std::string log_line(moderation::Incident const& incident, judge::Verdict const& verdict, User const* author,
                         Room const* room) const;
    void take_right(User const& author);

    Services const services_;
    Options const options_;
    mutable judge::VerdictCounts counts_;
    Observer* observer_ = nullptr;
};

}  // namespace soyuz::chat
