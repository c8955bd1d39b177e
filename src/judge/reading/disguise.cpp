#include "judge/reading/disguise.hpp"

#include <algorithm>
#include <array>

#include "judge/reading/characters.hpp"
#include "judge/reading/vocabulary.hpp"

namespace soyuz::judge {
namespace {

constexpr std::size_t longest_chunk = 40;
constexpr std::size_t longest_word = 24;

/// The letter that a digit or sign is drawn for; `second` gives the less usual reading. Zero: none.
char leet(char32_t point, bool second) {
    switch (point) {
        case U'0': return 'o';
        case U'1':
        case U'|':
        case U'!':
        case U'¡': return second ? 'l' : 'i';
        case U'2': return 'z';
        case U'3':
        case U'€': return 'e';
        case U'4':
        case U'@': return 'a';
        case U'5':
        case U'$':
        case U'§': return 's';
        case U'6': return second ? 'b' : 'g';
        case U'7':
        case U'+': return 't';
        case U'8': return 'b';
        case U'9': return 'g';
        case U'(':
        case U'¢':
        case U'©': return 'c';
        case U'£': return 'l';
        case U'¥': return 'y';
        default: return 0;
    }
}

bool is_weak_mask(char32_t point) { return point == U'-' || point == U'.' || point == U'_' || point == U'\''; }

struct Makeup {
    std::size_t letters = 0, digits = 0, stars = 0, signs = 0, weak = 0;
    bool other = false;  // letters of other scripts
};

Makeup makeup_of(std::span<Glyph const> chunk) {
    Makeup made;
    for (auto const& glyph : chunk) {
        if (is_latin(glyph.point))
            ++made.letters;
        else if (is_digit(glyph.point))
            ++made.digits;
        else if (glyph.point == U'*')
            ++made.stars;
        else if (is_weak_mask(glyph.point))
            ++made.weak;
        else if (glyph.is_letter || glyph.is_emoji || glyph.point == U'/' || glyph.point == U',' || glyph.point == U';')
            made.other = true;  // other scripts, and what parts words
        else
            ++made.signs;
    }
    return made;
}

/// Letters and leet, every other sign left out. Empty if nothing stood for a letter.
std::string decoded(std::span<Glyph const> chunk, bool second) {
    std::string out;
    for (auto const& glyph : chunk) {
        if (is_latin(glyph.point))
            out += static_cast<char>(glyph.point);
        else if (char letter = leet(glyph.point, second))
            out += letter;
    }
    return out;
}

/// Letters with `?` for every other sign.
std::string masked(std::span<Glyph const> chunk) {
    std::string out;
    for (auto const& glyph : chunk) out += is_latin(glyph.point) ? static_cast<char>(glyph.point) : '?';
    return out;
}

/// "push-it", "and/or": each part between the signs is a word of its own.
bool parts_are_words(std::span<Glyph const> chunk, Spelling const& words) {
    std::string part;
    std::size_t parts = 0;
    bool all = true;
    auto const close = [&] {
        if (part.empty()) return;
        ++parts;
        if (part.size() < 2 || !words.is_common(part)) all = false;
        part.clear();
    };
    for (auto const& glyph : chunk) {
        if (is_latin(glyph.point))
            part += static_cast<char>(glyph.point);
        else
            close();
    }
    close();
    return parts > 1 && all;
}

/// "s.h.i.t", "f-u-c-k": single letters, a sign between each two.
bool is_spelt_out(std::span<Glyph const> chunk) {
    std::size_t run = 0, singles = 0;
    for (auto const& glyph : chunk) {
        if (is_latin(glyph.point) || is_digit(glyph.point)) {
            if (++run > 1) return false;
            ++singles;
        } else {
            run = 0;
        }
    }
    return singles >= 3;
}

/// "3rd", "10am", "100k", "v2", "a55", "2x": numbers with a unit, versions and models.
bool reads_as_number(Makeup const& made, std::span<Glyph const> chunk) {
    if (made.digits == 0 || made.signs + made.stars > 0) return false;
    if (made.digits > made.letters) return true;
    return is_digit(chunk.front().point) && made.letters <= 2;
}

std::string known_from(std::string const& candidate, Spelling const& words, int least_badness, bool common_too) {
    if (candidate.size() < 2 || candidate.size() > longest_word) return {};
    if (words.badness(candidate) >= least_badness) return candidate;
    if (common_too && candidate.size() > 2 && words.is_common(candidate)) return candidate;
    bool stretched = false;
    auto mended = repair(candidate, words, stretched);
    if (mended != candidate && words.badness(mended) >= std::max(least_badness, 2)) return mended;
    return {};
}

std::string without_runs(std::string_view word, std::size_t keep_at, std::size_t longest) {
    std::string out;
    for (std::size_t i = 0, run = 0; i < word.size(); ++i) {
        run = i > 0 && word[i] == word[i - 1] ? run + 1 : 1;
        auto const first = i + 1 - run;
        if (run <= (first == keep_at ? 2 : longest)) out += word[i];
    }
    return out;
}

}  // namespace

std::string undisguise(std::span<Glyph const> chunk, Spelling const& words) {
    if (chunk.size() < 2 || chunk.size() > longest_chunk) return {};
    auto const made = makeup_of(chunk);
    if (made.letters == 0 || made.other) return {};
    if (made.digits + made.stars + made.signs + made.weak == 0) return {};

    bool const only_weak = made.digits + made.stars + made.signs == 0;
    bool const spelt_out = is_spelt_out(chunk);
    if (only_weak && !spelt_out && parts_are_words(chunk, words)) return {};
    auto const masks = made.stars + made.signs + made.weak;
    bool const enough = made.stars > 0 ? made.letters >= 2 || chunk.size() >= 4 : made.letters >= 3 && masks <= 2;
    auto const unmasked = [&]() -> std::string {
        if (masks == 0 || !enough || made.digits > 0 || !is_latin(chunk.front().point) || chunk.size() > longest_word)
            return {};
        return std::string(words.unmask(masked(chunk)));
    };
    // A star stands for a letter; another sign may stand between letters as well, or be a letter's likeness.
    if (made.stars > 0 && !spelt_out)
        if (auto word = unmasked(); !word.empty()) return word;
    bool const number = reads_as_number(made, chunk);
    if (!number || (made.letters >= 2 && chunk.size() >= 5)) {
        bool const common_too = spelt_out || (!number && made.letters >= 2 && made.weak == 0 && made.stars == 0 &&
                                              made.digits + made.signs <= made.letters);
        int const least = number || (only_weak && !spelt_out) ? 2 : 1;
        for (bool second : {false, true})
            if (auto word = known_from(decoded(chunk, second), words, least, common_too); !word.empty()) return word;
        // Among other signs a v may be a u.
        if (made.digits + made.signs > 0) {
            auto word = decoded(chunk, false);
            std::replace(word.begin(), word.end(), 'v', 'u');
            if (words.badness(word) >= 2) return word;
        }
    }
    return unmasked();
}

std::string repair(std::string_view letters, Spelling const& words, bool& stretched) {
    // Past three, one letter more or less means nothing; so that a long scream stays short enough to look at.
    auto const word = letters.size() > longest_chunk ? without_runs(letters, letters.size(), 3) : std::string(letters);
    if (word.size() < 3 || word.size() > longest_chunk || words.is_common(word)) return word;
    if (auto slip = words.unswap(word); !slip.empty()) return std::string(slip);
    if (words.badness(word) > 0) return word;

    bool doubled = false, tripled = false;
    for (std::size_t i = 1; i < word.size(); ++i) {
        if (word[i] != word[i - 1]) continue;
        doubled = true;
        if (i >= 2 && word[i - 2] == word[i]) tripled = true;
    }
    if (doubled) {
        auto const nowhere = word.size();
        auto const single = without_runs(word, nowhere, 1);
        auto const twice = without_runs(word, nowhere, 2);
        std::vector<std::string> tries;
        if (tripled) tries.push_back(twice);
        tries.push_back(single);
        std::size_t runs = 0;
        for (std::size_t i = 1; i < word.size() && runs < 6; ++i)
            if (word[i] == word[i - 1] && (i == 1 || word[i - 2] != word[i])) {
                tries.push_back(without_runs(word, i - 1, 1));
                ++runs;
            }
        for (auto const& candidate : tries)
            if (words.badness(candidate) > 0) return stretched = true, candidate;
        if (tripled) {
            stretched = true;
            for (auto const& candidate : tries)
                if (words.is_common(candidate)) return candidate;
            if (auto slip = words.unswap(single); !slip.empty()) return std::string(slip);
            return twice;
        }
    }
    if (word.size() < 5 || word.size() > longest_word) return word;
    // Two neighbours swapped: only where it leads to a word that people use.
    std::string trial = word;
    for (std::size_t i = 0; i + 1 < word.size(); ++i) {
        if (word[i] == word[i + 1]) continue;
        std::swap(trial[i], trial[i + 1]);
        if (words.is_common(trial)) return trial;
        std::swap(trial[i], trial[i + 1]);
    }
    // One letter too many, in a word that is long enough to be known without it.
    constexpr std::size_t shortest = 8;
    if (word.size() < shortest) return word;
    trial.assign(word, 0, 1).append(word, 2, word.size());
    for (std::size_t i = 1; i < word.size(); ++i) {
        if (words.badness(trial) >= 2) return trial;
        if (i < trial.size()) trial[i] = word[i];
    }
    return word;
}

std::size_t run_together(std::string_view word, Spelling const& words) {
    constexpr std::size_t shortest = 8, shortest_half = 3, known_by = 5;
    if (word.size() < shortest || word.size() > longest_word) return 0;
    for (auto cut = shortest_half; cut + shortest_half <= word.size(); ++cut) {
        auto const left = word.substr(0, cut), right = word.substr(cut);
        bool const left_bad = left.size() >= known_by && words.badness(left) >= 2;
        bool const right_bad = right.size() >= known_by && words.badness(right) >= 2;
        if (left_bad && (right_bad || words.is_common(right))) return cut;
        if (right_bad && words.is_common(left)) return cut;
        if ((right == "yourself" || right == "urself") && words.is_common(left)) return cut;
    }
    return 0;
}

namespace {

bool is_single(Token const& token) {
    return token.length == 1 && token.kind != Token::Kind::emoji && token.kind != Token::Kind::mention;
}

void put_joined(ReadText& text, std::size_t first, std::size_t count, std::string_view word, std::vector<Token>& into) {
    Token joined = text.tokens[first];
    joined.begin = static_cast<std::uint32_t>(text.letters.size());
    joined.length = static_cast<std::uint32_t>(word.size());
    auto const extent = text.extent(first, first + count - 1);
    joined.start = extent.start;
    joined.end = extent.end;
    joined.kind = Token::Kind::word;
    joined.is_disguised = true;
    joined.is_stretched = false;
    joined.hash = hash_of(word);
    joined.is_common = false;
    text.letters.append(word).push_back(' ');
    into.push_back(joined);
}

/// Longest word that the single characters from `first` spell; its number of characters, or 0.
std::size_t spelt_from(ReadText const& text, std::size_t first, std::size_t end, Spelling const& words,
                       std::string& word) {
    std::array<std::string, 2> readings;
    std::string pattern;
    std::size_t best = 0, letters = 0;
    bool whole_star = false;
    for (auto i = first; i < end && i - first < 16; ++i) {
        char const c = text.letters[text.tokens[i].begin];
        bool const latin = c >= 'a' && c <= 'z';
        letters += latin;
        for (std::size_t r = 0; r < 2; ++r) {
            char const plain = latin ? c : leet(static_cast<unsigned char>(c), r == 1);
            if (plain) readings[r] += plain;
        }
        pattern += latin ? c : '?';
        whole_star = whole_star || c == '*';
        auto const size = i - first + 1;
        if (size < 3 || letters < 2) continue;
        auto const tries = readings[0] == readings[1] ? 1u : 2u;
        for (std::size_t r = 0; r < tries; ++r)
            if (readings[r].size() == size && (words.is_common(readings[r]) || words.badness(readings[r]) > 0)) {
                word = readings[r];
                best = size;
            }
        if (whole_star && best < size)
            if (auto term = words.unmask(pattern); !term.empty()) {
                word = term;
                best = size;
            }
    }
    return best;
}

/// Two short words in one sentence of which at least one is none; a particle ("kmi na") is no fragment.
bool is_torn_pair(std::vector<Token> const& tokens, std::size_t i) {
    if (i + 1 >= tokens.size()) return false;
    auto const &left = tokens[i], &right = tokens[i + 1];
    return left.kind == Token::Kind::word && right.kind == Token::Kind::word && !(left.is_common && right.is_common) &&
           !(right.is_common && right.length <= 2) && !right.starts_sentence && left.length <= 6 && right.length <= 6 &&
           left.length + right.length >= 4;
}

}  // namespace

void join_torn(ReadText& text, Spelling const& words) {
    auto const& tokens = text.tokens;
    // Most texts hold neither three single characters in a row nor a word that nobody knows beside a short one.
    bool torn = false;
    std::size_t singles = 0;
    for (std::size_t i = 0; i < tokens.size() && !torn; ++i) {
        singles = is_single(tokens[i]) ? singles + 1 : 0;
        torn = singles >= 3 || is_torn_pair(tokens, i);
    }
    if (!torn) return;

    thread_local std::vector<Token> joined;
    joined.clear();
    std::string word;
    for (std::size_t i = 0; i < tokens.size();) {
        std::size_t end = i;
        while (end < tokens.size() && is_single(tokens[end])) ++end;
        if (end - i >= 3) {
            for (auto at = i; at < end;) {
                auto const size = end - at >= 3 ? spelt_from(text, at, end, words, word) : 0;
                if (size > 0) {
                    put_joined(text, at, size, word, joined);
                    at += size;
                } else {
                    joined.push_back(tokens[at++]);
                }
            }
            i = end;
            continue;
        }
        if (is_torn_pair(tokens, i)) {
            auto const left = text.of(tokens[i]), right = text.of(tokens[i + 1]);
            word.assign(left).append(right);
            if (words.badness(word) >= 2 && words.badness(left) == 0 && words.badness(right) == 0) {
                put_joined(text, i, 2, word, joined);
                i += 2;
                continue;
            }
        }
        joined.push_back(tokens[i++]);
    }
    std::swap(text.tokens, joined);
}

}  // namespace soyuz::judge
