#include "judge/training/training_words.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>

#include "judge/reading/vocabulary.hpp"

namespace soyuz::judge {

namespace {

constexpr std::string_view roman_urdu = "ur-Latn";
constexpr std::uint32_t rarest_word = 3;
constexpr std::size_t longest_word = 24;

/// Latin words of two letters and more, in lower case.
template <class Visit>
void each_word(std::string_view text, Visit const& visit) {
    std::string word;
    auto const end = [&] {
        if (word.size() >= 2) visit(word);
        word.clear();
    };
    for (char const c : text) {
        char const lower = static_cast<char>(c | 0x20);
        if (lower >= 'a' && lower <= 'z' && word.size() < longest_word) {
            word += lower;
        } else {
            end();
        }
    }
    end();
}

}  // namespace

std::vector<std::uint32_t> ordinary_words(std::vector<Sample> const& samples, Lexicon const& lexicon) {
    std::unordered_map<std::string, std::uint32_t> counts;
    for (auto const& sample : samples) {
        if (sample.label != Sample::Label::clean && sample.label != Sample::Label::ham) continue;
        each_word(sample.text, [&](std::string const& word) { ++counts[word]; });
    }
    std::vector<std::uint32_t> hashes;
    for (auto const& [spelling, count] : counts)
        if (count >= rarest_word && lexicon.badness(spelling) < 2)
            hashes.push_back(static_cast<std::uint32_t>(hash_of(spelling)));
    std::sort(hashes.begin(), hashes.end());
    hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
    return hashes;
}

std::vector<std::uint32_t> urdu_words(std::vector<Sample> const& samples) {
    struct Count {
        double urdu = 0, other = 0;
    };
    std::unordered_map<std::string, Count> counts;
    Count all;
    for (auto const& sample : samples) {
        if (sample.language.empty()) continue;
        auto const which = sample.language == roman_urdu ? &Count::urdu : &Count::other;
        each_word(sample.text, [&](std::string const& word) { ++(counts[word].*which), ++(all.*which); });
    }
    std::vector<std::uint32_t> hashes;
    if (all.urdu == 0 || all.other == 0) return hashes;
    for (auto const& [spelling, count] : counts)
        if (count.urdu >= rarest_word && count.urdu / all.urdu > 8 * (count.other + 1) / all.other)
            hashes.push_back(static_cast<std::uint32_t>(hash_of(spelling)));
    return hashes;
}

}  // namespace soyuz::judge
