#include "judge/reading/token_reader.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "judge/reading/characters.hpp"
#include "judge/reading/disguise.hpp"
#include "judge/reading/fold.hpp"
#include "judge/reading/vocabulary.hpp"

namespace soyuz::judge {
namespace {

using Glyphs = std::span<Glyph const>;

bool is_apostrophe(char32_t point) {
    return point == U'\'' || point == U'’' || point == U'‘' || point == U'`' || point == U'´';
}
bool is_quote(char32_t point) {
    return point == U'"' || point == U'“' || point == U'”' || point == U'«' || point == U'»';
}
bool is_stop(char32_t point) {
    return point == U'.' || point == U'!' || point == U'?' || point == U'۔' || point == U'।';
}
bool is_glue(char32_t point) {
    return point == U'/' || point == U'.' || point == U'-' || point == U'_' || point == U'=' || point == U'*' ||
           point == U'\\';
}
bool is_word_glyph(Glyph const& glyph) {
    return glyph.is_letter || is_digit(glyph.point) || is_apostrophe(glyph.point);
}

bool has_triple(std::string_view word) {
    for (std::size_t i = 2; i < word.size(); ++i)
        if (word[i] == word[i - 1] && word[i] == word[i - 2]) return true;
    return false;
}

/// Spellings without apostrophe that hide two words from the lists.
struct Expansion {
    std::string_view written, first, second;
};
constexpr std::array<Expansion, 22> expansions{
    {{"arent", "are", "not"},       {"aint", "is", "not"},       {"cant", "can", "not"},   {"couldnt", "could", "not"},
     {"didnt", "did", "not"},       {"doesnt", "does", "not"},   {"dont", "do", "not"},    {"hasnt", "has", "not"},
     {"havent", "have", "not"},     {"im", "i", "am"},           {"isnt", "is", "not"},    {"ive", "i", "have"},
     {"shouldnt", "should", "not"}, {"theyre", "they", "are"},   {"wasnt", "was", "not"},  {"werent", "were", "not"},
     {"wont", "will", "not"},       {"wouldnt", "would", "not"}, {"youll", "you", "will"}, {"youre", "you", "are"},
     {"youve", "you", "have"},      {"cannot", "can", "not"}}};

/// Turns the glyphs into tokens, chunk by chunk (a chunk stands between white space).
class TokenReader {
public:
    TokenReader(Spelling const& words, ReadText& out) : words_(words), out_(out) {}

    void read() {
        Glyphs const glyphs(out_.glyphs);
        for (std::size_t i = 0; i < glyphs.size();) {
            if (glyphs[i].point == U' ') {
                ++i;
                continue;
            }
            auto end = i;
            bool letters_only = true;
            while (end < glyphs.size() && glyphs[end].point != U' ') {
                letters_only = letters_only && is_latin(glyphs[end].point);
                ++end;
            }
            auto const chunk = glyphs.subspan(i, end - i);
            if (letters_only)
                word(chunk);
            else
                read_chunk(chunk);
            i = end;
        }
    }

private:
    void read_chunk(Glyphs chunk) {
        open_quotes(chunk);
        bool stopped = false;
        auto const core = trimmed(chunk, stopped);
        if (!core.empty())
            read_core(core, chunk);
        else
            read_signs(chunk);
        close_quotes(chunk);
        if (stopped) sentence_ended_ = true;
    }

    void open_quotes(Glyphs chunk) {
        for (auto const& glyph : chunk) {
            if (is_word_glyph(glyph) && !is_apostrophe(glyph.point)) return;
            if (is_quote(glyph.point) && quote_from_ == none) quote_from_ = out_.tokens.size();
        }
    }

    void close_quotes(Glyphs chunk) {
        for (auto i = chunk.size(); i-- > 0;) {
            if (is_word_glyph(chunk[i]) && !is_apostrophe(chunk[i].point)) return;
            if (!is_quote(chunk[i].point) || quote_from_ == none || out_.tokens.size() == quote_from_) continue;
            for (auto t = quote_from_; t < out_.tokens.size(); ++t) out_.tokens[t].is_quoted = true;
            quote_from_ = none;
            return;
        }
    }

    /// Without the punctuation around it. Signs that may stand for a letter stay where they touch one ("a$$").
    static Glyphs trimmed(Glyphs chunk, bool& stopped) {
        std::size_t first = 0, last = chunk.size();
        auto const is_kept = [](Glyph const& glyph) {
            return glyph.is_letter || glyph.is_emoji || is_digit(glyph.point) || glyph.point == U'$' ||
                   glyph.point == U'@' || glyph.point == U'#' || glyph.point == U'+';
        };
        while (first < last && !is_kept(chunk[first])) ++first;
        while (last > first && !is_kept(chunk[last - 1])) --last;
        std::size_t stops = 0, dots = 0, stars = 0;
        for (auto i = last; i < chunk.size(); ++i) {
            stops += is_stop(chunk[i].point);
            dots += chunk[i].point == U'.';
            stars += chunk[i].point == U'*';
        }
        // "Philip K. Dick": the stop of an initial ends no sentence.
        bool const initial = last == first + 1 && chunk[first].is_upper && chunk[first].is_letter && stops == 1;
        stopped = stops > 0 && !(stops == dots && dots > 1) && !(initial && dots == 1);
        // "f***" is a word whose rest is masked; "*bold**" is not.
        if (stars >= 2 && last > first && is_latin(chunk[last - 1].point) && first == 0)
            while (last < chunk.size() && chunk[last].point == U'*') ++last;
        return chunk.subspan(first, last - first);
    }

    void read_core(Glyphs core, Glyphs chunk) {
        bool letters = true, apostrophes = false;
        for (auto const& glyph : core) {
            if (is_apostrophe(glyph.point))
                apostrophes = true;
            else if (!glyph.is_letter)
                letters = false;
        }
        if (letters) return apostrophes ? contraction(core) : word(core);
        if (core.front().point == U'@' && read_mention(core)) return;
        if (read_address(core)) return;
        if (core.front().point == U'#' && core.size() > 1 && core[1].is_letter) return read_hashtag(core.subspan(1));
        if (auto meant = undisguise(core, words_); !meant.empty()) return token(Token::Kind::word, core, meant, true);
        if (core.size() == 1 && !is_digit(core[0].point) && !core[0].is_emoji) return read_signs(chunk);
        split(core);
    }

    bool read_mention(Glyphs core) {
        std::size_t end = 1;
        while (end < core.size() && (is_word_glyph(core[end]) || core[end].point == U'_')) ++end;
        if (end < 3) return false;
        if (auto meant = undisguise(core.first(end), words_); !meant.empty() && words_.badness(meant) >= 1) {
            token(Token::Kind::word, core.first(end), meant, true);
        } else {
            ++out_.shape.mentions;
            token(Token::Kind::mention, core.first(end), "@user", false);
        }
        if (end < core.size()) split(core.subspan(end));
        return true;
    }

    bool read_address(Glyphs core) {
        bool at = false, dot = false, scheme = false;
        for (std::size_t i = 1; i + 1 < core.size(); ++i) {
            at = at || core[i].point == U'@';
            dot = dot || (core[i].point == U'.' && core[i + 1].is_letter);
            scheme = scheme || (core[i].point == U'/' && core[i + 1].point == U'/' && core[i - 1].point == U':');
        }
        bool const www = core.size() > 6 && core[0].point == U'w' && core[1].point == U'w' && core[2].point == U'w' &&
                         core[3].point == U'.';
        if (scheme || www || (dot && !at && has_known_ending(core))) {
            ++out_.shape.links;
            token(Token::Kind::link, core, "http", false);
            return true;
        }
        // "f@ck.ing" has no host; an address ends in a known ending.
        if (at && dot && has_known_ending(core)) {
            token(Token::Kind::mail, core, "@mail", false);
            return true;
        }
        return false;
    }

    static bool has_known_ending(Glyphs core) {
        static constexpr std::array<std::string_view, 34> endings{
            "com", "net", "org", "edu", "gov", "info", "biz",  "xyz",  "online", "site", "shop", "club",
            "top", "app", "dev", "io",  "co",  "me",   "ly",   "gg",   "tk",     "ml",   "ru",   "cn",
            "pk",  "in",  "uk",  "us",  "de",  "eu",   "link", "live", "tv",     "be"};
        std::string host;
        for (auto const& glyph : core) {
            if (glyph.point == U'/' || glyph.point == U'?' || glyph.point == U':') break;
            host += glyph.point < 0x80 ? static_cast<char>(glyph.point) : '?';
        }
        auto const dot = host.rfind('.');
        if (dot == std::string::npos || dot < 2) return false;
        std::string_view const ending = std::string_view(host).substr(dot + 1);
        // A sentence without a space after its stop ("stop.me") is no address unless a path or a long name says so.
        bool const path = host.size() < core.size();
        bool const sure = ending.size() > 2 || path || dot >= 6 || host.find('@') != std::string::npos;
        return sure && std::find(endings.begin(), endings.end(), ending) != endings.end();
    }

    void read_hashtag(Glyphs core) {
        auto const before = out_.tokens.size();
        std::size_t from = 0;
        bool any_lower = false;
        for (auto const& glyph : core) any_lower = any_lower || (glyph.is_letter && !glyph.is_upper);
        for (std::size_t i = 1; i <= core.size(); ++i) {
            bool const hump = i < core.size() && any_lower && core[i].is_upper && !core[i - 1].is_upper;
            if (i < core.size() && !hump) continue;
            split(core.subspan(from, i - from));
            from = i;
        }
        for (auto t = before; t < out_.tokens.size(); ++t) out_.tokens[t].is_hashtag = true;
    }

    void read_signs(Glyphs chunk) {
        if (chunk.size() == 1 && chunk[0].point < 0x80) {
            char const sign = static_cast<char>(chunk[0].point);
            token(Token::Kind::sign, chunk, std::string_view(&sign, 1), false);
        }
    }

    /// At everything that is neither letter nor digit.
    void split(Glyphs core) {
        for (std::size_t i = 0; i < core.size();) {
            if (core[i].is_emoji) {
                emoji(core.subspan(i, 1));
                ++i;
                continue;
            }
            auto end = i;
            std::size_t digits = 0, apostrophes = 0;
            while (end < core.size() && is_word_glyph(core[end])) {
                digits += is_digit(core[end].point);
                apostrophes += is_apostrophe(core[end].point);
                ++end;
            }
            if (end == i) {
                if (is_stop(core[i].point) && i > 0 && !is_stop(core[i - 1].point)) sentence_ended_ = true;
                ++i;
                continue;
            }
            auto const before = out_.tokens.size();
            piece(core.subspan(i, end - i), digits, apostrophes, core.size());
            bool const glued = (i > 0 && is_glue(core[i - 1].point)) || (end < core.size() && is_glue(core[end].point));
            for (auto t = before; t < out_.tokens.size(); ++t) out_.tokens[t].is_glued = glued;
            i = end;
        }
    }

    void piece(Glyphs part, std::size_t digits, std::size_t apostrophes, std::size_t whole) {
        if (digits == 0) return apostrophes > 0 ? contraction(part) : word(part);
        if (digits == part.size()) return number(part);
        if (part.size() < whole)
            if (auto meant = undisguise(part, words_); !meant.empty())
                return token(Token::Kind::word, part, meant, true);
        word(part);
    }

    void number(Glyphs part) {
        // One digit stays itself, so that "s h 1 t" can be put together; of others only the length is kept.
        static constexpr std::string_view zeros = "000000000000";
        char const digit = static_cast<char>(part[0].point);
        token(Token::Kind::number, part,
              part.size() == 1 ? std::string_view(&digit, 1) : zeros.substr(0, std::min(part.size(), zeros.size())),
              false);
    }

    void emoji(Glyphs part) {
        spelling_.clear();
        append_utf8(spelling_, part[0].point);
        token(Token::Kind::emoji, part, spelling_, false);
    }

    void contraction(Glyphs part) {
        std::size_t cut = part.size();
        while (cut > 0 && !is_apostrophe(part[cut - 1].point)) --cut;
        if (cut == 0) return word(part);
        auto const tail = part.subspan(cut);
        auto const head = part.first(cut - 1);
        auto const is = [&](std::u32string_view what) {
            return std::equal(tail.begin(), tail.end(), what.begin(), what.end(),
                              [](Glyph const& g, char32_t c) { return g.point == c; });
        };
        if (head.empty()) return tail.empty() ? void() : word(tail);
        if (is(U"t") && head.size() > 2 && head.back().point == U'n') {
            auto const stem = head.first(head.size() - 1);
            if (stem.size() == 2 && stem[0].point == U'c')
                word(head);  // can't
            else if (stem.size() == 2 && stem[0].point == U'w')
                token(Token::Kind::word, stem, "will", false);  // won't
            else
                word(stem);
            return token(Token::Kind::word, tail, "not", false);
        }
        if (is(U"re")) return word(head), token(Token::Kind::word, tail, "are", false);
        if (is(U"m")) return word(head), token(Token::Kind::word, tail, "am", false);
        if (is(U"ll")) return word(head), token(Token::Kind::word, tail, "will", false);
        if (is(U"ve")) return word(head), token(Token::Kind::word, tail, "have", false);
        if (is(U"s") || is(U"d") || tail.empty()) return word(head);
        word(part);
    }

    void word(Glyphs part) {
        spelling_.clear();
        bool latin = true, upper = true, any_more_upper = false;
        std::size_t disguised = 0;
        for (auto const& glyph : part) {
            if (is_apostrophe(glyph.point)) continue;
            if (glyph.point < 0x80)
                spelling_ += static_cast<char>(glyph.point);
            else
                append_utf8(spelling_, glyph.point);
            latin = latin && is_latin(glyph.point);
            upper = upper && glyph.is_upper;
            any_more_upper = any_more_upper || (glyph.is_upper && &glyph != part.data());
            disguised += glyph.is_disguise;
        }
        if (spelling_.empty()) return;
        if (latin && expand(part)) return;
        bool stretched = false;
        auto hash = hash_of(spelling_);
        bool const common = words_.is_common(hash);
        // "Twatt", "Butts": a capital within a sentence begins a name, whose doubled letters are its own.
        bool const name = part.front().is_upper && !any_more_upper && !sentence_ended_ && !out_.tokens.empty() &&
                          !has_triple(spelling_);
        if (latin && !common && !name) {
            spelling_ = repair(spelling_, words_, stretched);
            // The Cyrillic letter that looks like a y is a u by its sound.
            if (disguised > 0 && words_.badness(spelling_) == 0) {
                auto other = spelling_;
                std::replace(other.begin(), other.end(), 'y', 'u');
                if (words_.badness(other) > 0) spelling_ = other;
            }
            hash = hash_of(spelling_);
            if (spelling_.size() == part.size() && words_.badness(spelling_) == 0 && !words_.is_common(hash))
                if (auto const cut = run_together(spelling_, words_); cut > 0) {
                    auto const both = spelling_;
                    token(Token::Kind::word, part.first(cut), both.substr(0, cut), true);
                    token(Token::Kind::word, part.subspan(cut), both.substr(cut), true);
                    return;
                }
        }
        token(Token::Kind::word, part, spelling_, disguised > 0, hash, common);
        out_.tokens.back().is_stretched = stretched;
        out_.tokens.back().is_shouted = upper && part.size() >= 3;
        out_.tokens.back().is_capitalised = part.front().is_upper && !any_more_upper;
        out_.tokens.back().is_abbreviation = upper && part.size() <= 4;
    }

    bool expand(Glyphs part) {
        if (spelling_.size() < 2 || spelling_.size() > 8) return false;
        char const last = spelling_.back();
        if (last != 't' && last != 'e' && last != 'm' && last != 'l') return false;
        for (auto const& known : expansions)
            if (known.written == spelling_) {
                auto const cut = std::min(known.first.size(), part.size() - 1);
                token(Token::Kind::word, part.first(cut), known.first, false);
                token(Token::Kind::word, part.subspan(cut), known.second, false);
                return true;
            }
        return false;
    }

    void token(Token::Kind kind, Glyphs part, std::string_view spelling, bool disguised) {
        auto const hash = hash_of(spelling);
        token(kind, part, spelling, disguised, hash, words_.is_common(hash));
    }

    void token(Token::Kind kind, Glyphs part, std::string_view spelling, bool disguised, std::uint64_t hash,
               bool common) {
        Token made;
        made.hash = hash;
        made.is_common = common;
        made.begin = static_cast<std::uint32_t>(out_.letters.size());
        made.length = static_cast<std::uint32_t>(spelling.size());
        auto [low, high] = std::minmax(part.front().at, part.back().at);
        made.start = low;
        made.end = high + 1;
        made.kind = kind;
        made.is_disguised = disguised;
        made.starts_sentence = sentence_ended_;
        sentence_ended_ = false;
        out_.letters.append(spelling).push_back(' ');
        out_.tokens.push_back(made);
    }

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    Spelling const& words_;
    ReadText& out_;
    std::string spelling_;
    std::size_t quote_from_ = none;
    bool sentence_ended_ = false;
};

}  // namespace

void read_tokens(Spelling const& words, ReadText& text) { TokenReader(words, text).read(); }

}  // namespace soyuz::judge
