#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "judge/judge.hpp"

namespace soyuz::moderation {

/// How a moderator decides a case.
enum class Decision {
    approve,          ///< it stands; what was removed or blocked comes back
    remove,           ///< nobody sees it any more
    warn,             ///< its author is told privately
    mute,             ///< its author reads, but doesn't write, for a time
    ban,              ///< its author is locked out
    grant,            ///< an appeal: as approve, and the violation is taken back
    reject,           ///< an appeal: it stays as it was decided
    not_a_violation,  ///< as grant, and the same text passes from now on
    expired,          ///< nobody decided: it made room for newer ones
};
std::string_view name(Decision decision);
std::optional<Decision> decision_of(std::string_view word);

struct CaseReport {
    std::string id;
    base::UserId by;
    std::string reason, note;
    base::Timestamp at{};
};

struct DecisionRecord {
    Decision action = Decision::approve;
    base::UserId by;  ///< empty where nobody decided
    base::Timestamp at{};
    std::string note;
    unsigned minutes = 0;                  ///< of a mute or ban; 0: for good, or neither
    std::optional<base::Timestamp> until;  ///< end of a mute or ban
    base::Timestamp undo_until{};
    bool undone = false;
    bool took_back = false;  ///< the violations were taken back
    /// What undoing needs: bodies of the messages as they were before, in the case's order; the place of a message
    /// that was posted because of the decision; a name or topic that was taken away.
    std::vector<std::string> before;
    std::optional<base::MessageId> posted;
    std::string replaced;
};

struct CaseAppeal {
    std::string text;
    base::Timestamp at{};
};

/// Another text that joined a case because its author has as many open cases as one person can have.
struct FurtherText {
    std::string text;
    std::optional<base::MessageId> message;  ///< that holds it, where it was posted
    base::Timestamp at{};
};

/// One text that came to the moderators' attention. Immutable once shared: a change makes a new one.
struct Case {
    /// What opened it. alert: somebody may need help; detection: something was found in a watched stream.
    enum class Kind { flagged, blocked, reported, alert, detection };

    std::string id;
    Kind kind = Kind::flagged;
    bool open = true;
    judge::Occasion::Kind occasion = judge::Occasion::Kind::message;
    std::string field;                      ///< for a name or topic: which one, as in display_name
    base::RoomId room;                      ///< empty where there is none
    std::vector<base::MessageId> messages;  ///< that hold the text, newest last; none where it was not posted
    std::string text;                       ///< whole, as written
    std::string text_key;                   ///< `same_text_key` of it; not stored
    base::Seq reply_to = 0;                 ///< of a blocked message
    std::string stream, detection;          ///< ids of what was found in a watched stream; "" otherwise
    unsigned count = 1;                     ///< how often it came, further texts included
    std::vector<FurtherText> further;       ///< the newest of these, newest last
    base::UserId author;
    base::Timestamp created_at{}, updated_at{};
    std::optional<judge::Verdict> verdict;
    std::string lexicon, model;  ///< versions that the verdict was made with
    std::vector<CaseReport> reports;
    std::optional<CaseAppeal> appeal;
    std::optional<DecisionRecord> decision;
    std::vector<DecisionRecord> decisions;  ///< older ones, oldest first
    bool stale = false;                     ///< edited or deleted since

    /// It is open to another decision; the present one joins `decisions`.
    void keep_decision();
};
using CasePtr = std::shared_ptr<Case const>;

std::string_view name(Case::Kind kind);
/// Of a case that the engine opens.
Case::Kind kind_of(judge::Verdict const& verdict);

/// May the author appeal: something was done against them, and they have not appealed yet.
bool can_appeal(Case const& appealed);

/// Must a moderator have seen it? Then it never makes room for others: an alert, a threat or whatever is severe, a
/// report of a member, an appeal.
bool must_be_seen(Case const& the_case);
bool is_severe(judge::Verdict const& verdict);
bool is_threat(judge::Verdict const& verdict);

/// Is `text` what the case is about?
bool is_about(Case const& the_case, std::string_view text);

/// Is it about a message, posted or not, rather than a name, topic or reaction?
bool is_in_message(Case const& the_case);

/// Did the engine find it, or somebody other than `user` report it?
bool was_raised_by_others(Case const& the_case, base::UserId const& user);

/// Words of somebody in danger from themselves: for help, never counted against them.
bool is_cry_for_help(judge::Verdict const& verdict);
/// The same of a case: the engine took it for one, or all who reported it feared so.
bool asks_for_help(Case const& the_case);

/// Texts with the same key differ in case and white space alone.
std::string same_text_key(std::string_view text);

}  // namespace soyuz::moderation
