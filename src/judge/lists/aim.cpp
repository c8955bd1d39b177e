#include "judge/lists/aim.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace soyuz::judge {
namespace {

using Words = std::span<std::string_view const>;

constexpr std::array<std::string_view, 22> callers{"abe",   "abbe", "abay", "oye",   "oi",   "oe", "oy",  "aby",
                                                   "aye",   "ae",   "hey",  "o",     "chal", "ja", "jaa", "jao",
                                                   "nikal", "chup", "sale", "saale", "ho",   "you"};
constexpr std::array<std::string_view, 18> addressed{"tu",   "tum", "tm",   "tuu", "aap",  "ap",
                                                     "you",  "u",   "ya",   "tun", "tmm",  "tumm",
                                                     "tusi", "ur",  "thou", "yu",  "yall", "youre"};
constexpr std::array<std::string_view, 28> between{
    "log", "sab", "to", "toh",  "tou",   "bhi", "ek",    "aik",  "asal", "mein",  "me",    "hi",     "ho", "hai",
    "are", "a",   "an", "such", "bohat", "bht", "bahut", "bara", "bari", "kitna", "kitne", "number", "so", "wo"};
constexpr std::array<std::string_view, 14> being{"hai", "ho",   "he",  "hy",  "hain", "h",     "hein",
                                                 "hei", "hoon", "tha", "thi", "the",  "lagta", "lagte"};
constexpr std::array<std::string_view, 24> persons{
    "insan",  "insaan", "admi",  "aadmi", "aurat",   "larka", "larki", "larke", "banda", "bandi", "bande", "log",
    "shakhs", "mard",   "bacha", "bache", "teacher", "sir",   "bhai",  "behan", "kahin", "kahi",  "qaum",  "khandan"};
constexpr std::array<std::string_view, 12> possessors{"teri", "tera", "tere", "apni", "apna", "tumhari",
                                                      "uski", "iski", "meri", "unki", "your", "inki"};
constexpr std::array<std::string_view, 3> genitives{"ka", "ki", "ke"};
constexpr std::array<std::string_view, 40> titles{
    "mr",    "mrs",     "ms",      "miss",   "mister", "dr",    "doctor",  "prof",      "professor", "sir",
    "lady",  "lord",    "madam",   "madame", "mme",    "uncle", "aunt",    "aunty",     "auntie",    "grandpa",
    "st",    "saint",   "captain", "capt",   "herr",   "frau",  "senor",   "senora",    "ustad",     "haji",
    "hafiz", "maulana", "mufti",   "syed",   "sheikh", "begum", "justice", "president", "senator",   "coach"};

bool is_in(std::string_view word, Words words) { return std::find(words.begin(), words.end(), word) != words.end(); }

/// Another listed word at that place: abuse seldom stands alone.
bool is_listed(std::size_t place, Hit const& self, Findings const& findings) {
    return std::any_of(findings.hits.begin(), findings.hits.end(), [&](Hit const& other) {
        return other.first == place && other.last == place && other.first != self.first;
    });
}

}  // namespace

bool is_title(std::string_view word) { return is_in(word, titles); }

bool is_thrown(Hit const& hit, bool is_profanity, ReadText const& text, Findings const& findings) {
    auto const& tokens = text.tokens;
    auto const starts = [&](std::size_t i) { return i == 0 || tokens[i].starts_sentence; };
    auto const ends = [&](std::size_t i) { return i + 1 >= tokens.size() || tokens[i + 1].starts_sentence; };
    auto const word = [&](std::size_t i) { return text.of(tokens[i]); };
    auto const first = static_cast<std::size_t>(hit.first), last = static_cast<std::size_t>(hit.last);
    if (starts(first) && ends(last)) return true;
    if (tokens[first].is_disguised) return true;
    if (!starts(first)) {
        auto const before = word(first - 1);
        if (is_in(before, callers) || is_listed(first - 1, hit, findings)) return true;
        if (is_profanity && is_in(before, possessors)) return true;
    }
    auto const followed_by_be = !ends(last) && is_in(word(last + 1), being);
    if (!ends(last)) {
        if (is_in(word(last + 1), persons) || is_listed(last + 1, hit, findings)) return true;
        // "kutta hai tu", "gadhe ho tum", "kutte tum"
        auto const next = followed_by_be && !ends(last + 1) ? last + 2 : last + 1;
        if (is_in(word(next), addressed) && (ends(next) || followed_by_be)) return true;
    }
    if (!followed_by_be && !ends(last)) return false;
    // "tu ek number ka gadha hai", "wo larka kutta hai"
    bool of_somebody = false;
    for (std::size_t i = first, steps = 0; !starts(i) && steps < 5; ++steps) {
        --i;
        auto const before = word(i);
        if (is_in(before, addressed)) return true;
        if (is_in(before, persons) && !of_somebody && before != "kahin") return true;
        of_somebody = of_somebody || (is_in(before, genitives) && !(i > 0 && word(i - 1) == "number"));
        if (!is_in(before, between) && !has(findings.roles[i], Role::insult) && before != "ka" && before != "number")
            return false;
    }
    return false;
}

}  // namespace soyuz::judge
