#include "moderation/cases/case.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace soyuz::moderation {

namespace {

constexpr std::array<std::string_view, 9> decided_names{"approve", "remove",          "warn",   "mute", "ban", "grant",
                                                        "reject",  "not_a_violation", "expired"};
constexpr std::array<std::string_view, 4> kind_names{"flagged", "blocked", "reported", "alert"};

}  // namespace

std::string_view name(Decided decided) { return decided_names[static_cast<std::size_t>(decided)]; }

std::optional<Decided> decided_of(std::string_view word) {
    for (std::size_t at = 0; at < decided_names.size(); ++at)
        if (decided_names[at] == word) return static_cast<Decided>(at);
    return std::nullopt;
}

std::string_view name(Case::Kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

bool is_cry_for_help(judge::Verdict const& verdict) {
    // The policy never blocks these; where others are attacked in the same breath, it does.
    return verdict.action == judge::Action::flag &&
           std::find(verdict.reasons.begin(), verdict.reasons.end(), "self_harm") != verdict.reasons.end();
}

std::string same_text_key(std::string_view text) {
    std::string key;
    bool is_gap = false;
    for (char const c : base::fold_case(base::is_valid_utf8(text) ? text : std::string_view{})) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            is_gap = !key.empty();
            continue;
        }
        if (is_gap) key += ' ';
        is_gap = false;
        key += c;
    }
    return key;
}

}  // namespace soyuz::moderation
