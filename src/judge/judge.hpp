#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"

/// Text in, verdict out.
namespace soyuz::judge {

enum class Action { allow, warn, flag, block };
enum class Severity { none, low, medium, high };

std::string_view name(Action action);
std::string_view name(Severity severity);

/// A part of the text that spoke for the verdict.
struct Match {
    std::string term;       ///< as the list or rule names it
    std::string category;   ///< profanity, hate_speech, harassment, threat, sexual, self_harm, spam, personal_info
    std::size_t start = 0;  ///< in code points of the original text
    std::size_t end = 0;    ///< one past the last
};

struct Verdict {
    Action action = Action::allow;
    Severity severity = Severity::none;
    double score = 0;                  ///< what the action was decided from, 0 … 1
    double probability = 0;            ///< the classifier's calibrated probability of toxicity
    std::vector<std::string> reasons;  ///< categories, the weightiest first
    std::vector<Match> matches;
    std::string language;  ///< "en", "ur-Latn", …
    std::string case_id;   ///< what the moderators decide; empty where there is nothing to decide
};

/// What a text is for: a verdict may differ by room and author.
struct Occasion {
    enum class Kind { message, edit, name, topic, reaction, status, file_name, post, comment } kind = Kind::message;
    base::RoomId room;    ///< empty where there is none
    base::UserId author;  ///< empty where there is none
};

std::string_view name(Occasion::Kind kind);

/// Judges texts. Thread-safe; called on event loops, so it takes microseconds and never blocks.
class Judge {
public:
    virtual ~Judge() = default;
    virtual Verdict judge(std::string_view text, Occasion const& occasion) const = 0;
    /// What the verdict was made with, to be kept beside it; "" where there is no such thing.
    virtual std::string lexicon_version() const { return {}; }
    virtual std::string model_version() const { return {}; }
};

}  // namespace soyuz::judge
