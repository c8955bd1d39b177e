#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "judge/judge.hpp"
#include "moderation/cases/case.hpp"

namespace soyuz::moderation {

/// A text that was not simply allowed, or that somebody reported.
struct Incident {
    Case::Kind kind = Case::Kind::flagged;
    judge::Occasion occasion;  ///< a case needs its author; the log does without
    std::string field;         ///< of a name or topic: which one
    std::string text;
    std::optional<base::MessageId> message;  ///< that holds the text, or was to be changed to it
    base::Seq reply_to = 0;
    std::optional<judge::Verdict> verdict;  ///< its case_id, where there is one, is the case's
    std::string lexicon, model;             ///< versions that the verdict was made with
    std::optional<CaseReport> report;
    std::string stream, detection;  ///< of what was found in a watched stream
};

/// The case that it opens.
Case opened(Incident incident, std::string text_key, base::Timestamp now);
/// `present` with it. Another text than the case's is kept beside it.
Case joined(Case present, Incident incident, std::string const& text_key, base::Timestamp now);

}  // namespace soyuz::moderation
