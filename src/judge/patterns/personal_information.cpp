#include <algorithm>
#include <array>
#include <span>

#include "judge/patterns/number_kinds.hpp"
#include "judge/patterns/pattern.hpp"
#include "judge/reading/characters.hpp"
#include "judge/reading/vocabulary.hpp"

namespace soyuz::judge {
namespace {

bool is_separator(char32_t point) {
    return point == U' ' || point == U'-' || point == U'.' || point == U'(' || point == U')' || point == U'/' ||
           point == U'‐' || point == U'–' || point == U'_';
}

bool is_one_of(std::string_view word, std::span<std::string_view const> list) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 26> phone_words{
    "call",   "phone", "number",  "num",       "whatsapp",  "cell",  "mobile", "contact", "text",
    "sms",    "ring",  "nmbr",    "tel",       "telephone", "dial",  "no",     "nbr",     "fon",
    "wtsapp", "wapp",  "watsapp", "easypaisa", "jazzcash",  "viber", "raabta", "rabta"};

constexpr std::array<std::string_view, 11> id_words{"cnic", "nic",      "shanakhti", "aadhaar", "aadhar", "adhar",
                                                    "ssn",  "passport", "nicop",     "bform",   "dni"};

bool mentions_id(ReadText const& text) {
    return std::any_of(text.tokens.begin(), text.tokens.end(),
                       [&](Token const& token) { return is_one_of(text.of(token), id_words); });
}

bool mentions_phone(ReadText const& text) {
    return std::any_of(text.tokens.begin(), text.tokens.end(),
                       [&](Token const& token) { return is_one_of(text.of(token), phone_words); });
}

struct SpokenDigit {
    std::string_view word;
    int value;
};
constexpr std::array<SpokenDigit, 34> spoken_digits{
    {{"zero", 0}, {"oh", 0},    {"o", 0},    {"nought", 0}, {"nil", 0},  {"sifar", 0}, {"sifr", 0},
     {"one", 1},  {"aik", 1},   {"ek", 1},   {"two", 2},    {"do", 2},   {"three", 3}, {"teen", 3},
     {"tin", 3},  {"four", 4},  {"char", 4}, {"chaar", 4},  {"five", 5}, {"panch", 5}, {"paanch", 5},
     {"six", 6},  {"chay", 6},  {"chhe", 6}, {"cheh", 6},   {"che", 6},  {"seven", 7}, {"saat", 7},
     {"sat", 7},  {"eight", 8}, {"aath", 8}, {"ath", 8},    {"nine", 9}, {"nau", 9}}};

/// The digit that a token names, -1 if none. Most words are no digit: one look into a small table says so.
int spoken_digit(ReadText const& text, Token const& token) {
    static auto const known = [] {
        std::vector<std::uint32_t> hashes;
        for (auto const& spoken : spoken_digits) hashes.push_back(static_cast<std::uint32_t>(hash_of(spoken.word)));
        return Vocabulary(hashes);
    }();
    if (!known.knows(static_cast<std::uint32_t>(token.hash))) return -1;
    auto const word = text.of(token);
    for (auto const& spoken : spoken_digits)
        if (spoken.word == word) return spoken.value;
    return -1;
}

void add_tokens(std::vector<PatternHit>& hits, std::string_view rule, double score, ReadText const& text,
                std::size_t first, std::size_t last) {
    auto const extent = text.extent(first, last);
    hits.push_back({rule, Category::personal_info, score, extent.start, extent.end});
}

/// "123456789", "1 2 3 4 5 6 7 8 9 10 11": counted, not dialled.
bool counts_up(DigitGroups const& number) {
    auto const& digits = number.digits;
    if (digits.size() < 7 || number.shape.find('-') != std::string::npos) return false;
    for (std::size_t i = 1; i < digits.size() && i < 9; ++i)
        if (digits[i] - digits[i - 1] != 1 && !(digits[i - 1] == '9' && digits[i] == '0')) return false;
    return true;
}

/// "IMG_20260101_123456.jpg", "WhatsApp Image 2026-01-01 at 10.00.00.jpeg", "0xff00…"
bool is_in_file_name(std::span<Glyph const> glyphs, std::size_t begin, std::size_t end) {
    if (begin > 1 && glyphs[begin - 1].point == U'_' && glyphs[begin - 2].is_letter) return true;
    static constexpr std::array<std::u32string_view, 14> endings{U"jpg",  U"jpeg", U"png", U"mp4", U"pdf",
                                                                 U"gif",  U"heic", U"mov", U"txt", U"csv",
                                                                 U"docx", U"zip",  U"mp3", U"webp"};
    if (end >= glyphs.size() || glyphs[end].point != U'.') return false;
    std::u32string after;
    for (auto i = end + 1; i < glyphs.size() && after.size() < 5 && glyphs[i].is_letter; ++i) after += glyphs[i].point;
    return std::find(endings.begin(), endings.end(), after) != endings.end();
}

/// Numbers in digits, however they are grouped.
void find_numbers(ReadText const& text, NumberContext context, std::vector<PatternHit>& hits) {
    auto const& glyphs = text.glyphs;
    for (std::size_t i = 0; i < glyphs.size();) {
        bool const plus = glyphs[i].point == U'+' && i + 1 < glyphs.size() &&
                          (is_digit(glyphs[i + 1].point) || glyphs[i + 1].point == U'(');
        bool const bracket = glyphs[i].point == U'(' && i + 1 < glyphs.size() && is_digit(glyphs[i + 1].point);
        if (!plus && !bracket && !is_digit(glyphs[i].point)) {
            ++i;
            continue;
        }
        bool const glued =
            i > 0 && (glyphs[i - 1].is_letter || glyphs[i - 1].point == U'#' || glyphs[i - 1].point == U'$' ||
                      glyphs[i - 1].point == U'=' || glyphs[i - 1].point == U',');
        DigitGroups number;
        number.has_plus = plus;
        auto const begin = i;
        std::size_t end = i, gap = 0;
        int group = 0;
        char separator = 0;
        std::size_t at = i + (plus ? 1 : 0);
        for (; at < glyphs.size(); ++at) {
            auto const point = glyphs[at].point;
            if (is_digit(point)) {
                if (separator != 0 && group > 0) {
                    number.shape += static_cast<char>('a' + std::min(group, 25) - 1);
                    number.shape += separator;
                    group = 0;
                }
                separator = 0;
                gap = 0;
                ++group;
                if (number.digits.size() < 40) number.digits += static_cast<char>(point);
                end = at + 1;
            } else if (is_separator(point) && gap < 3) {
                ++gap;
                number.has_brackets = number.has_brackets || point == U'(' || point == U')';
                if (separator == 0 || separator == ' ')
                    separator = point == U'–' || point == U'‐' || point == U'_' ? '-'
                                : point < 0x80                                  ? static_cast<char>(point)
                                                                                : '-';
                if (separator == '(' || separator == ')') separator = ' ';
            } else {
                break;
            }
        }
        if (group > 0) number.shape += static_cast<char>('a' + std::min(group, 25) - 1);
        // "2.718281828459045": a decimal fraction, or its digits behind a mathematical sign.
        bool const decimal =
            number.shape.size() == 3 && number.shape[1] == '.' && number.shape[0] <= 'd' && number.shape[2] >= 'e';
        bool const followed =
            decimal || counts_up(number) || is_in_file_name(glyphs, begin, end) ||
            (end < glyphs.size() &&
             (glyphs[end].is_letter || glyphs[end].point == U'%' ||
              (glyphs[end].point == U',' && end + 1 < glyphs.size() && is_digit(glyphs[end + 1].point))));
        if (!glued && !followed && number.digits.size() >= 7)
            if (auto kind = kind_of_number(number, context); !kind.empty()) {
                auto const score = kind == "phone_number" ? 0.66 : 0.78;
                auto [low, high] = std::minmax(glyphs[begin].at, glyphs[end - 1].at);
                hits.push_back({kind, Category::personal_info, score, low, high + 1});
            }
        i = std::max(at, i + 1);
    }
}

/// "zero three double one …", and digits mixed with words for digits.
void find_spoken_numbers(ReadText const& text, std::vector<PatternHit>& hits) {
    auto const& tokens = text.tokens;
    for (std::size_t i = 0; i < tokens.size();) {
        std::size_t digits = 0, spoken = 0, end = i;
        std::size_t times = 1;
        bool zero_first = false, counts = true;
        int last = -1;
        for (; end < tokens.size(); ++end) {
            auto const word = text.of(tokens[end]);
            if (word == "double" || word == "triple") {
                times = word == "double" ? 2 : 3;
                continue;
            }
            auto const value = spoken_digit(text, tokens[end]);
            if (value >= 0) {
                if (digits == 0) zero_first = value == 0;
                counts = counts && (last < 0 || value == last + 1);
                last = value;
                digits += times;
                ++spoken;
            } else if (tokens[end].kind == Token::Kind::number) {
                digits += std::min<std::size_t>(tokens[end].end - tokens[end].start, 12);
            } else {
                break;
            }
            times = 1;
        }
        if (spoken >= 4 && !counts && digits >= (zero_first ? 9u : 10u) && digits <= 15) {
            add_tokens(hits, "phone_number", 0.66, text, i, end - 1);
        }
        i = std::max(end, i + 1);
    }
}

/// "git@github.com:owner/repo.git", "user@host:/path": an address of a repository or a machine.
bool is_remote(ReadText const& text, Token const& token) {
    std::string plain;
    for (auto const& glyph : text.glyphs)
        if (glyph.at >= token.start && glyph.at < token.end && plain.size() < 120)
            plain += glyph.point < 0x80 ? static_cast<char>(glyph.point) : '?';
    if (plain.compare(0, 4, "git@") == 0 || plain.compare(0, 3, "hg@") == 0) return true;
    auto const at = plain.find('@'), colon = plain.find(':', at == plain.npos ? 0 : at);
    return plain.find("://") != plain.npos || (colon != plain.npos && colon + 1 < plain.size());
}

void find_mail(ReadText const& text, std::vector<PatternHit>& hits) {
    static constexpr std::array<std::string_view, 14> hosts{"gmail",      "yahoo",  "hotmail",    "outlook",   "icloud",
                                                            "protonmail", "proton", "live",       "aol",       "ymail",
                                                            "mail",       "gmx",    "rediffmail", "googlemail"};
    static constexpr std::array<std::string_view, 10> endings{"com", "net", "org", "edu", "co",
                                                              "pk",  "in",  "uk",  "de",  "me"};
    auto const& tokens = text.tokens;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].kind == Token::Kind::mail) {
            if (!is_remote(text, tokens[i])) add_tokens(hits, "email_address", 0.5, text, i, i);
            continue;
        }
        if (i == 0) continue;
        auto const word = text.of(tokens[i]);
        bool const at = word == "at" || word == "@";
        if (at && i + 3 < tokens.size() && (text.of(tokens[i + 2]) == "dot" || text.of(tokens[i + 2]) == ".") &&
            is_one_of(text.of(tokens[i + 3]), endings)) {
            add_tokens(hits, "email_address", 0.62, text, i - 1, i + 3);
        } else if (at && i + 2 < tokens.size() && is_one_of(text.of(tokens[i + 1]), hosts) &&
                   is_one_of(text.of(tokens[i + 2]), endings)) {
            add_tokens(hits, "email_address", 0.62, text, i - 1, i + 2);
        } else if (at && i + 1 < tokens.size() && tokens[i + 1].kind == Token::Kind::link && word == "@") {
            add_tokens(hits, "email_address", 0.62, text, i - 1, i + 1);
        }
    }
}

/// "my snap is ali_99", "add me on insta: sara.k", "my password is hunter2", "car number LEA-1234".
void find_handles(ReadText const& text, Findings const& findings, std::vector<PatternHit>& hits) {
    static constexpr std::array<std::string_view, 22> places{
        "snap", "snapchat", "insta", "instagram", "ig",    "telegram", "tg", "kik", "tiktok", "discord", "facebook",
        "fb",   "skype",    "psn",   "gamertag",  "steam", "twitter",  "sc", "imo", "viber",  "gmail",   "epic"};
    static constexpr std::array<std::string_view, 11> secrets{
        "password", "passcode", "pwd", "pin", "passwort", "pass", "paswd", "passwrd", "login", "cvv", "otp"};
    static constexpr std::array<std::string_view, 12> owners{"my",  "mera", "meri",  "mere", "apna", "our",
                                                             "his", "her",  "their", "uska", "uski", "add"};
    static constexpr std::array<std::string_view, 14> linking{
        "is", "hai", "id", "handle", "username", "user", "name", "are", "he", "account", "code", "ye", "yeh", "on"};
    // Most words are neither: one look into a small table says so.
    static auto const known = [] {
        std::vector<std::uint32_t> hashes;
        for (auto word : places) hashes.push_back(static_cast<std::uint32_t>(hash_of(word)));
        for (auto word : secrets) hashes.push_back(static_cast<std::uint32_t>(hash_of(word)));
        return Vocabulary(hashes);
    }();
    auto const& tokens = text.tokens;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].kind != Token::Kind::word || !known.knows(static_cast<std::uint32_t>(tokens[i].hash))) continue;
        auto const word = text.of(tokens[i]);
        bool const place = is_one_of(word, places), secret = is_one_of(word, secrets);
        if (!place && !secret) continue;
        bool owned = false;
        for (std::size_t k = 1; k <= 3 && k <= i; ++k) owned = owned || is_one_of(text.of(tokens[i - k]), owners);
        if (!owned) continue;
        std::size_t links = 0;
        auto at = i + 1;
        while (at < tokens.size() && is_one_of(text.of(tokens[at]), linking)) ++links, ++at;
        // A colon or an equals sign links as well as a verb.
        for (auto const& glyph : text.glyphs)
            links += glyph.at >= tokens[i].end && glyph.at <= tokens[i].end + 1 &&
                     (glyph.point == U':' || glyph.point == U'=');
        if (at >= tokens.size()) continue;
        auto const& given = tokens[at];
        // What nobody would say otherwise: a mention, digits or signs within, or a word that is none.
        bool const odd = given.kind == Token::Kind::mention || given.is_disguised || given.is_glued ||
                         (given.kind == Token::Kind::word && !given.is_common) ||
                         (given.kind == Token::Kind::number && secret);
        if (!odd || (links == 0 && given.kind != Token::Kind::mention && !given.is_glued)) continue;
        if (has(findings.roles[at], Role::negation)) continue;
        add_tokens(hits, secret ? "password" : "handle", secret ? 0.68 : 0.64, text, i, at);
        i = at;
    }
}

/// "LEA-1234" beside a word for a car.
void find_plates(ReadText const& text, std::vector<PatternHit>& hits) {
    static constexpr std::array<std::string_view, 12> cars{"plate",   "plates",  "car",          "gari",
                                                           "gaari",   "bike",    "registration", "license",
                                                           "licence", "vehicle", "reg",          "van"};
    auto const& tokens = text.tokens;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        bool const letters = tokens[i].kind == Token::Kind::word && tokens[i].is_abbreviation &&
                             tokens[i].length >= 2 && tokens[i].length <= 3;
        auto const digits = tokens[i + 1].end - tokens[i + 1].start;
        if (!letters || tokens[i + 1].kind != Token::Kind::number || digits < 3 || digits > 4) continue;
        auto const from = i > 6 ? i - 6 : 0;
        for (auto k = from; k < std::min(tokens.size(), i + 6); ++k)
            if (is_one_of(text.of(tokens[k]), cars)) {
                add_tokens(hits, "number_plate", 0.62, text, i, i + 1);
                break;
            }
    }
}

/// "O3OO-l234567": letters that stand for digits in what is otherwise a telephone number.
void find_lettered_numbers(ReadText const& text, std::vector<PatternHit>& hits) {
    auto const& glyphs = text.glyphs;
    for (std::size_t i = 0; i < glyphs.size();) {
        std::string digits;
        std::size_t letters = 0, end = i;
        bool glued = i > 0 && (glyphs[i - 1].is_letter || is_digit(glyphs[i - 1].point));
        for (; end < glyphs.size() && digits.size() < 16; ++end) {
            auto const point = glyphs[end].point;
            char const stands_for = point == U'o'                    ? '0'
                                    : point == U'l' || point == U'i' ? '1'
                                    : point == U's'                  ? '5'
                                                                     : '\0';
            if (is_digit(point)) {
                digits += static_cast<char>(point);
            } else if (stands_for != '\0') {
                digits += stands_for;
                ++letters;
            } else if (!is_separator(point) || digits.empty()) {
                break;
            }
        }
        glued = glued || (end < glyphs.size() && glyphs[end].is_letter);
        bool const mobile = digits.size() == 11 && digits.compare(0, 2, "03") == 0;
        bool const international = digits.size() == 12 && digits.compare(0, 3, "923") == 0;
        if (!glued && letters >= 1 && letters <= 6 && (mobile || international)) {
            auto [low, high] = std::minmax(glyphs[i].at, glyphs[end - 1].at);
            hits.push_back({"phone_number", Category::personal_info, 0.66, low, high + 1});
        }
        i = std::max(end, i + 1);
    }
}

void find_accounts(ReadText const& text, std::vector<PatternHit>& hits) {
    // IBANs are written in one piece or in groups of four.
    auto const& glyphs = text.glyphs;
    std::string run;
    for (std::size_t i = 0; i + 15 <= glyphs.size(); ++i) {
        bool const opens = (i == 0 || glyphs[i - 1].point == U' ' || glyphs[i - 1].point == U':') &&
                           glyphs[i].is_letter && glyphs[i + 1].is_letter && is_digit(glyphs[i + 2].point) &&
                           is_digit(glyphs[i + 3].point);
        if (!opens) continue;
        run.clear();
        std::size_t end = i;
        for (auto at = i; at < glyphs.size() && run.size() < 35; ++at) {
            auto const point = glyphs[at].point;
            if (point == U' ' || point == U'-') continue;
            if (!(point < 0x80 && (is_digit(point) || glyphs[at].is_letter))) break;
            run += static_cast<char>(point);
            if (run.size() >= 15 && is_iban(run)) end = at + 1;
        }
        if (end > i) {
            auto const [low, high] = std::minmax(glyphs[i].at, glyphs[end - 1].at);
            hits.push_back({"bank_account", Category::personal_info, 0.78, low, high + 1});
            i = end;
        }
    }
}

// The first of these make an address with a number alone, the others only after a house or flat.
constexpr std::size_t plain_streets = 13;
constexpr std::array<std::string_view, 30> street_words{
    "street",  "road",    "avenue",  "ave",   "lane",      "boulevard", "blvd",     "rd",      "gali",  "galli",
    "mohalla", "muhalla", "strasse", "st",    "drive",     "court",     "crescent", "terrace", "close", "block",
    "sector",  "colony",  "town",    "phase", "apartment", "apt",       "flat",     "nagar",   "chowk", "parkway"};
constexpr std::array<std::string_view, 40> units{
    "minute",  "minutes", "min",    "mins",   "hour", "hours", "km",        "kms",   "mile",  "miles",
    "m",       "meter",   "meters", "metres", "day",  "days",  "week",      "weeks", "month", "months",
    "year",    "years",   "people", "cars",   "car",  "kids",  "men",       "women", "times", "th",
    "percent", "dollars", "rupees", "rs",     "more", "new",   "different", "other", "main",  "long"};

void find_addresses(ReadText const& text, Findings const& findings, std::vector<PatternHit>& hits) {
    auto const& tokens = text.tokens;
    bool const speaks_of_home = std::any_of(tokens.begin(), tokens.end(), [&](Token const& token) {
        auto const word = text.of(token);
        return word == "live" || word == "lives" || word == "address" || word == "house" || word == "home" ||
               word == "ghar" || word == "makan" || word == "flat" || word == "apartment" || word == "rehta" ||
               word == "rehti" || word == "pata";
    });
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        bool const number = tokens[i].kind == Token::Kind::number && tokens[i].end - tokens[i].start <= 5;
        if (!number) continue;
        auto const before = i > 0 ? text.of(tokens[i - 1]) : std::string_view{};
        auto const before_that = i > 1 ? text.of(tokens[i - 2]) : std::string_view{};
        bool const house = before == "house" || before == "flat" || before == "apartment" || before == "makan" ||
                           before == "ghar" || before == "plot" ||
                           ((before == "no" || before == "number" || before == "#") &&
                            (before_that == "house" || before_that == "flat" || before_that == "makan" ||
                             before_that == "street" || before_that == "plot"));
        std::size_t const reach = house ? 5 : 3;
        for (std::size_t k = 1; k <= reach && i + k < tokens.size(); ++k) {
            auto const word = text.of(tokens[i + k]);
            if (tokens[i + k].starts_sentence) break;
            bool const ordinary = has(findings.roles[i + k], Role::english) || is_one_of(word, units);
            if (!house && (ordinary || has(findings.roles[i + k], Role::negation))) break;
            bool const street = is_one_of(
                word, house || speaks_of_home ? std::span<std::string_view const>(street_words)
                                              : std::span<std::string_view const>(street_words).first(plain_streets));
            if (!street) continue;
            if (!house && k == 1 && !speaks_of_home) break;  // "2 street lamps", "5 block chain"
            add_tokens(hits, "street_address", 0.68, text, house && i > 0 ? i - 1 : i, i + k);
            i += k;
            break;
        }
    }
}

}  // namespace

void find_personal_information(ReadText const& text, Findings const& findings, std::vector<PatternHit>& hits) {
    std::size_t digits = 0;
    bool any_number_word = false;
    for (auto const& token : text.tokens) {
        digits += token.kind == Token::Kind::number ? token.end - token.start : 0;
        any_number_word = any_number_word || token.kind == Token::Kind::number;
    }
    if (digits >= 1) {
        find_addresses(text, findings, hits);
    }
    std::size_t raw_digits = 0;
    for (auto const& glyph : text.glyphs) raw_digits += is_digit(glyph.point);
    if (raw_digits >= 7) {
        find_numbers(text, {mentions_phone(text), mentions_id(text)}, hits);
        if (raw_digits >= 10) find_accounts(text, hits);
    }
    if (raw_digits >= 4 && raw_digits < 11) find_lettered_numbers(text, hits);
    if (text.tokens.size() >= 4) find_spoken_numbers(text, hits);
    if (text.tokens.size() >= 3) find_handles(text, findings, hits);
    if (digits >= 3) find_plates(text, hits);
    find_mail(text, hits);
}

}  // namespace soyuz::judge
