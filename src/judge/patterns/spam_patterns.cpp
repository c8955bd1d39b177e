#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "judge/patterns/pattern.hpp"
#include "judge/reading/characters.hpp"
#include "judge/reading/vocabulary.hpp"

namespace soyuz::judge {
namespace {

constexpr std::array<std::string_view, 8> invitations{
    "discord.gg/", "discord.com/invite", "chat.whatsapp.com", "t.me/joinchat", "t.me/+", "telegram.me/",
    "wa.me/",      "roblox.com/share"};

constexpr std::array<std::string_view, 16> shorteners{
    "bit.ly", "tinyurl.com", "goo.gl", "t.co/",   "ow.ly",  "is.gd",      "buff.ly", "cutt.ly",
    "rb.gy",  "shorturl",    "t.ly/",  "tiny.cc", "adf.ly", "rebrand.ly", "v.gd/",   "s.id/"};

/// Words that earn a text points on the way to "scam"; a single one proves nothing.
struct Lure {
    std::string_view phrase;
    int points;
};
constexpr std::array<Lure, 121> lures{{{"free money", 3},
                                       {"click here", 2},
                                       {"click this link", 3},
                                       {"click the link", 2},
                                       {"claim your", 2},
                                       {"claim now", 3},
                                       {"you won", 2},
                                       {"you have won", 3},
                                       {"winner", 1},
                                       {"congratulations", 1},
                                       {"prize", 1},
                                       {"lottery", 2},
                                       {"gift card", 2},
                                       {"giveaway", 1},
                                       {"free nitro", 4},
                                       {"discord nitro", 2},
                                       {"free robux", 4},
                                       {"free vbucks", 4},
                                       {"free diamonds", 3},
                                       {"free uc", 3},
                                       {"free iphone", 4},
                                       {"free followers", 4},
                                       {"free gift", 2},
                                       {"earn money", 3},
                                       {"earn daily", 3},
                                       {"earn from home", 4},
                                       {"work from home", 2},
                                       {"make money", 3},
                                       {"make money fast", 5},
                                       {"per day from home", 4},
                                       {"easy money", 3},
                                       {"double your", 2},
                                       {"guaranteed", 1},
                                       {"guaranteed profit", 4},
                                       {"guaranteed returns", 4},
                                       {"investment", 1},
                                       {"invest", 1},
                                       {"bitcoin", 1},
                                       {"crypto", 1},
                                       {"forex", 2},
                                       {"trading signals", 3},
                                       {"limited time", 2},
                                       {"act now", 2},
                                       {"offer ends", 2},
                                       {"order now", 2},
                                       {"buy now", 2},
                                       {"cheap", 1},
                                       {"discount", 1},
                                       {"viagra", 4},
                                       {"casino", 2},
                                       {"betting", 2},
                                       {"verify your account", 4},
                                       {"account suspended", 4},
                                       {"account has been", 2},
                                       {"confirm your password", 5},
                                       {"send your password", 5},
                                       {"your password", 1},
                                       {"otp", 1},
                                       {"send otp", 4},
                                       {"share your otp", 5},
                                       {"bank details", 3},
                                       {"pin code", 1},
                                       {"urgent", 1},
                                       {"inbox me", 2},
                                       {"dm me", 1},
                                       {"whatsapp me", 2},
                                       {"join my", 1},
                                       {"join my channel", 3},
                                       {"subscribe to my", 2},
                                       {"follow me", 1},
                                       {"follow for follow", 3},
                                       {"f4f", 2},
                                       {"paisay kamao", 4},
                                       {"paise kamao", 4},
                                       {"inaam", 1},
                                       {"muft", 1},
                                       {"lottery nikli", 4},
                                       {"hot singles", 5},
                                       {"in your area", 1},
                                       {"buy followers", 4},
                                       {"buy likes", 3},
                                       {"buy views", 3},
                                       {"verify your password", 5},
                                       {"verify your identity", 3},
                                       {"account will be", 2},
                                       {"been suspended", 2},
                                       {"you have been selected", 3},
                                       {"been chosen", 2},
                                       {"ghar baithe", 2},
                                       {"earn up to", 3},
                                       {"risk free", 2},
                                       {"no investment", 2},
                                       {"loan approved", 4},
                                       {"free recharge", 4},
                                       {"free skins", 4},
                                       {"free coins", 3},
                                       {"and earn", 2},
                                       {"per day", 1},
                                       {"per week", 1},
                                       {"confirm your", 2},
                                       {"not be delivered", 2},
                                       {"lucky winner", 3},
                                       {"claim it", 1},
                                       {"sub for sub", 4},
                                       {"sub4sub", 4},
                                       {"s4s", 2},
                                       {"like for like", 3},
                                       {"l4l", 2},
                                       {"follow back", 2},
                                       {"follow for", 2},
                                       {"percent profit", 4},
                                       {"daily profit", 4},
                                       {"profit daily", 4},
                                       {"weekly profit", 4},
                                       {"passive income", 2},
                                       {"financial freedom", 3},
                                       {"link in bio", 2},
                                       {"dm to", 1},
                                       {"promo code", 2},
                                       {"update your payment", 4}}};

void add(std::vector<PatternHit>& hits, std::string_view rule, double score, ReadText const& text) {
    hits.push_back({rule, Category::spam, score, 0, text.shape.code_points});
}

int lure_points(ReadText const& text) {
    // Tokens are separated by single spaces in `letters`; so are the phrases.
    static auto const table = [] {
        std::unordered_map<std::uint64_t, int> made;
        for (auto const& lure : lures) made[hash_of(lure.phrase)] = lure.points;
        return made;
    }();
    // Most words begin no lure: they are passed over without looking further.
    static auto const openings = [] {
        std::vector<std::uint32_t> made;
        for (auto const& lure : lures)
            made.push_back(static_cast<std::uint32_t>(hash_of(lure.phrase.substr(0, lure.phrase.find(' ')))));
        std::sort(made.begin(), made.end());
        made.erase(std::unique(made.begin(), made.end()), made.end());
        return Vocabulary(made);
    }();
    int points = 0;
    auto const& tokens = text.tokens;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        auto hash = hash_of("");
        if (!openings.knows(static_cast<std::uint32_t>(tokens[i].hash))) continue;
        int best = 0;
        for (std::size_t k = 0; k < 4 && i + k < tokens.size(); ++k) {
            if (k > 0) hash = hash_of(" ", hash);
            hash = hash_of(text.of(tokens[i + k]), hash);
            if (auto found = table.find(hash); found != table.end()) best = std::max(best, found->second);
        }
        points += best;
    }
    return points;
}

/// Share of tokens that repeat one of the commonest words; only long texts are looked at.
bool repeats_words(ReadText const& text) {
    auto const& tokens = text.tokens;
    if (tokens.size() < 6) return false;
    std::array<std::uint64_t, 64> slots{};
    std::array<std::uint16_t, 64> counts{};
    std::uint32_t words = 0, most = 0, in_a_row = 1, longest_row = 1;
    std::uint64_t last = 0;
    for (auto const& token : tokens) {
        // Numbers are known by their length alone; a timetable says nothing twice.
        if (token.kind == Token::Kind::sign || token.kind == Token::Kind::emoji || token.kind == Token::Kind::number)
            continue;
        auto const hash = token.hash;
        auto const slot = hash & 63;
        if (slots[slot] != hash && counts[slot] <= 1) {
            slots[slot] = hash;
            counts[slot] = 0;
        }
        if (slots[slot] == hash) most = std::max<std::uint32_t>(most, ++counts[slot]);
        in_a_row = hash == last ? in_a_row + 1 : 1;
        longest_row = std::max(longest_row, in_a_row);
        last = hash;
        ++words;
    }
    return longest_row >= 6 || (words >= 10 && most * 2 >= words);
}

/// "0xffffffffffffffff"
bool is_hexadecimal(ReadText const& text) {
    auto const& glyphs = text.glyphs;
    for (std::size_t i = 0; i + 8 < glyphs.size(); ++i) {
        if (glyphs[i].point != U'0' || glyphs[i + 1].point != U'x') continue;
        auto end = i + 2;
        while (end < glyphs.size() &&
               (is_digit(glyphs[end].point) || (glyphs[end].point >= U'a' && glyphs[end].point <= U'f')))
            ++end;
        if (end - i >= text.shape.longest_run) return true;
    }
    return false;
}

}  // namespace

bool has_sign_of_advertising(ReadText const& text) {
    if (text.shape.links > 0) return true;
    std::size_t digits = 0;
    for (auto const& glyph : text.glyphs) {
        auto const point = glyph.point;
        if (point == U'£' || point == U'$' || point == U'€' || point == U'₹' || point == U'%') return true;
        digits += is_digit(point);
    }
    return digits >= 4 || lure_points(text) > 0;
}

void find_spam(ReadText const& text, Findings const& findings, std::vector<PatternHit>& hits) {
    auto const& shape = text.shape;
    if (shape.longest_run >= 15 && !is_hexadecimal(text))
        add(hits, "repeated_characters", shape.longest_run >= 40 ? 0.62 : 0.36, text);
    if (repeats_words(text)) add(hits, "repeated_words", 0.45, text);
    // Prayers and headlines in Roman Urdu often stand in capitals: there it takes exclamation marks to be shouting.
    bool const shouts = shape.capitals * 10 >= shape.letters * 9 && (!findings.has_urdu || shape.exclamations >= 2);
    if (shape.letters >= (shape.exclamations >= 2 ? 20u : 24u) && shouts) add(hits, "capitals", 0.32, text);
    if (shape.emoji >= 10 && shape.emoji * 3 >= shape.letters)
        add(hits, "emoji_flood", shape.emoji >= 25 ? 0.62 : 0.4, text);
    if (shape.mentions >= 5) add(hits, "mention_flood", shape.mentions >= 8 ? 0.64 : 0.45, text);
    if (shape.links >= 3) add(hits, "link_flood", shape.links >= 5 ? 0.64 : 0.45, text);
    if (shape.hidden >= 20 && shape.hidden * 2 >= shape.letters) add(hits, "hidden_characters", 0.4, text);
    bool shortened = false, invites = false;
    std::string host;
    for (auto const& token : text.tokens) {
        if (token.kind != Token::Kind::link || (shortened && invites)) continue;
        host.clear();
        for (auto const& glyph : text.glyphs)
            if (glyph.at >= token.start && glyph.at < token.end && glyph.point < 0x80 && host.size() < 80)
                host += static_cast<char>(glyph.point);
        invites = invites || std::any_of(invitations.begin(), invitations.end(),
                                         [&](std::string_view s) { return host.find(s) != std::string::npos; });
        shortened = shortened || std::any_of(shorteners.begin(), shorteners.end(),
                                             [&](std::string_view s) { return host.find(s) != std::string::npos; });
        if (shape.links > 8) break;
    }
    if (shortened) add(hits, "link_shortener", 0.4, text);
    if (invites) add(hits, "invite_link", 0.4, text);
    int points =
        lure_points(text) + (shortened ? 2 : 0) + (shape.exclamations >= 3 ? 1 : 0) + (shape.links > 0 ? 1 : 0);
    if (points >= 5)
        add(hits, "scam", points >= 7 ? 0.72 : 0.64, text);
    else if (points >= 4)
        add(hits, "scam", 0.42, text);
}

}  // namespace soyuz::judge
