#include "search/vocabulary.hpp"

#include <algorithm>
#include <functional>

#include "search/matcher.hpp"
#include "search/spelling.hpp"

namespace soyuz::search {

void Vocabulary::add(std::string_view term) {
    if (!known_.insert(std::hash<std::string_view>{}(term)).second) return;
    starts_.push_back(static_cast<std::uint32_t>(text_.size()));
    spellings_.push_back(spelling_of(term));
    text_.append(term) += '\n';
}

void Vocabulary::seal() {
    known_ = {};
    text_.shrink_to_fit();
    starts_.shrink_to_fit();
    spellings_.shrink_to_fit();
}

std::string_view Vocabulary::term(std::size_t place) const {
    auto const end = place + 1 < starts_.size() ? starts_[place + 1] : text_.size();
    return std::string_view{text_}.substr(starts_[place], end - starts_[place] - 1);
}

std::vector<std::string_view> Vocabulary::answering(Word const& sought, std::size_t most) const {
    std::vector<std::string_view> found;
    auto const wanted = std::string{cut_at(sought.text, longest_term)};
    bool const is_short = sought.is_spaced && length_of(wanted) < 3;
    auto const needle = is_short ? '\n' + wanted : wanted;
    for (auto at = text_.find(needle); at != std::string::npos && found.size() <= most;) {
        auto const after = std::upper_bound(starts_.begin(), starts_.end(), static_cast<std::uint32_t>(at + is_short));
        auto const place = static_cast<std::size_t>(after - starts_.begin()) - 1;
        found.push_back(term(place));
        auto const next = place + 1 < starts_.size() ? starts_[place + 1] : text_.size();
        at = text_.find(needle, next - is_short);
    }
    auto const spelling = sought.is_spaced ? spelling_of(wanted) : 0;
    for (std::size_t place = 0; spelling != 0 && place < spellings_.size() && found.size() <= most; ++place) {
        if (spellings_[place] != spelling) continue;
        auto const other = term(place);
        if (other.find(wanted) == std::string_view::npos && is_same_spelling(wanted, other)) found.push_back(other);
    }
    return found;
}

}  // namespace soyuz::search
