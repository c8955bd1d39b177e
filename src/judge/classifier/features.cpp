#include "judge/classifier/features.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "judge/framing.hpp"
#include "judge/hit_context.hpp"

namespace soyuz::judge {
namespace {

constexpr std::size_t longest_gram = 5;
constexpr std::size_t most_tokens = 1024;
constexpr std::size_t longest_token = 32;

constexpr std::uint32_t mix(std::uint64_t hash) {
    hash ^= hash >> 29;
    hash *= 0xbf58476d1ce4e5b9u;
    return static_cast<std::uint32_t>(hash >> 32);
}

constexpr std::uint64_t seed_word = 0x9e3779b97f4a7c15u, seed_pair = 0xc2b2ae3d27d4eb4fu,
                        seed_skip = 0x165667b19e3779f9u, seed_gram = 0x27d4eb2f165667c5u,
                        seed_sound = 0x85ebca77c2b2ae63u, seed_signal = 0xff51afd7ed558ccdu;

constexpr std::uint64_t group_hash = hash_of("<group>");

bool stands_for_group(std::uint32_t roles) { return has(roles, Role::group); }

}  // namespace

void Features::clear() {
    words.clear();
    grams.clear();
    signals.clear();
    has_urdu = false;
}

void extract(ReadText const& text, Lexicon const& lexicon, Findings const& findings, Features& features) {
    features.clear();
    features.has_urdu = findings.has_urdu;
    std::uint64_t before = hash_of("^"), before_that = 0;
    auto const count = std::min(text.tokens.size(), most_tokens);
    for (std::uint32_t place = 0; place < count; ++place) {
        auto const& token = text.tokens[place];
        if (token.kind == Token::Kind::sign) continue;
        auto word = text.of(token);
        auto hash = token.hash;
        if (stands_for_group(findings.roles[place])) {
            word = "<group>";
            hash = group_hash;
        } else if (word.size() > longest_token) {
            word = word.substr(0, longest_token);
            hash = hash_of(word);
        }
        features.words.push_back({mix(hash ^ seed_word), place});
        features.words.push_back({mix((before * 0x9e3779b97f4a7c15u ^ hash) + seed_pair), place});
        if (before_that != 0)
            features.words.push_back({mix((before_that * 0xbf58476d1ce4e5b9u ^ hash) + seed_skip), place});
        before_that = before;
        before = hash;
        if (token.kind != Token::Kind::word || word[0] == '<' || lexicon.is_allowed(token.hash)) continue;

        if (findings.is_urdu && word.size() >= 3)
            if (auto const sound = sound_of(word); sound.size >= 2)
                features.words.push_back({mix(hash_of(sound.key(), seed_sound)), place});

        std::array<char, longest_token + 2> marked{};
        marked[0] = '_';
        std::copy(word.begin(), word.end(), marked.begin() + 1);
        auto const size = word.size() + 2;
        marked[size - 1] = '_';
        for (std::size_t from = 0; from + 1 < size; ++from) {
            std::uint64_t gram = seed_gram;
            auto const last = std::min(size, from + longest_gram);
            for (auto at = from; at < last; ++at) {
                gram = (gram ^ static_cast<unsigned char>(marked[at])) * 0x100000001b3u;
                if (at > from + 1 || (at == from + 1 && size > 3)) features.grams.push_back({mix(gram), place});
            }
        }
    }
    auto const signal = [&](std::uint32_t number, std::uint32_t place) {
        features.signals.push_back({mix((number + 1) * 0x9e3779b97f4a7c15u + seed_signal), place});
    };
    std::uint64_t seen = 0;
    auto const once = [&](std::uint32_t number, std::uint32_t place) {
        if (number < 64) {
            if (seen >> number & 1) return;
            seen |= std::uint64_t{1} << number;
        }
        signal(number, place);
    };
    std::optional<Framing> framing;
    for (auto const& hit : findings.hits) {
        if (hit.first >= count) continue;
        if (!framing) framing.emplace(text, findings);
        auto const& term = lexicon.terms()[hit.term];
        auto const category = static_cast<std::uint32_t>(term.category),
                   severity = static_cast<std::uint32_t>(term.severity);
        once(category * 4 + severity, hit.first);
        auto const target = static_cast<std::uint32_t>(target_of(hit, term, text, findings));
        signal(100 + (category * 4 + severity) * 8 + target, hit.first);
        if (framing->of(hit, term) == Excuse::honest) signal(400 + category, hit.first);
        if (text.tokens[hit.first].is_disguised) signal(420 + category, hit.first);
    }
    if (text.tokens.empty()) return;
    auto const& shape = text.shape;
    if (shape.exclamations >= 2) signal(500, 0);
    if (shape.letters >= 8 && shape.capitals * 10 >= shape.letters * 7) signal(501, 0);
    if (shape.mentions > 0) signal(502, 0);
    if (shape.links > 0) signal(503, 0);
    if (shape.questions > 0) signal(504, 0);
    if (findings.is_urdu) signal(505, 0);
    std::size_t digits = 0;
    for (auto const& token : text.tokens)
        if (token.kind == Token::Kind::number) digits += token.end - token.start;
    if (digits >= 5) signal(510, 0);
    if (digits >= 10) signal(511, 0);
    std::size_t shouted = 0, prices = 0;
    for (auto const& token : text.tokens) shouted += token.is_shouted;
    for (std::size_t i = 0; i + 1 < text.glyphs.size(); ++i) {
        auto const point = text.glyphs[i].point;
        prices += (point == U'£' || point == U'$' || point == U'€' || point == U'₹') &&
                  text.glyphs[i + 1].point >= U'0' && text.glyphs[i + 1].point <= U'9';
    }
    if (shouted >= 1) signal(506, 0);
    if (shouted >= 3) signal(507, 0);
    if (prices >= 1) signal(508, 0);
    std::uint32_t size_class = 0;
    for (auto n = text.tokens.size(); n > 1; n /= 2) ++size_class;
    signal(520 + size_class, 0);
}

}  // namespace soyuz::judge
