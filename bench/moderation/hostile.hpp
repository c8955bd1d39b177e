#pragma once

#include <string>
#include <utility>
#include <vector>

namespace bench {

/// Texts of `size` characters made to keep a moderation engine busy: near-matches, phrases that never end, signs that
/// might be letters, numbers that might be telephones.
inline std::vector<std::pair<std::string, std::string>> hostile_texts(std::size_t size) {
    auto const repeated = [&](std::string const& part) {
        std::string text;
        std::size_t points = 0, in_part = 0;
        for (char c : part) in_part += (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
        while (points + in_part <= size) text += part, points += in_part;
        return text;
    };
    return {{"one letter", repeated("a")},
            {"almost a word", repeated("motherfuc")},
            {"spaced letters", repeated("f u c k ")},
            {"spaced near-miss", repeated("f u c x ")},
            {"dots", repeated("f.u.c.k.")},
            {"stars", repeated("f*** ")},
            {"masked", repeated("b****h ")},
            {"leet", repeated("1d10t$ ")},
            {"signs", repeated("@$!0 ")},
            {"phrase openings", repeated("you are you are so ")},
            {"group phrases", repeated("muslims are the muslims should ")},
            {"threat phrases", repeated("i will going to ")},
            {"slips", repeated("siht fcku btich ")},
            {"stretched", repeated("fuuuuuccckkkk ")},
            {"doubled letters", repeated("aabbccddeeffgghh ")},
            {"digits", repeated("0300 1234567 ")},
            {"digits without end", repeated("1234567890")},
            {"single digits", repeated("0 3 0 0 ")},
            {"spoken digits", repeated("zero three double ")},
            {"house numbers", repeated("house 12 street ")},
            {"mail", repeated("a at gmail dot com ")},
            {"links", repeated("http://bit.ly/a ")},
            {"mentions", repeated("@someone ")},
            {"quotes", repeated("\"idiot\" said ")},
            {"insults", repeated("idiot ")},
            {"Urdu sounds", repeated("bewaaqoof paggal kaminaa ")},
            {"look-alikes", repeated("fuсk аss ")},
            {"zero width", repeated("f\u200bu\u200bc\u200bk ")},
            {"combining marks", repeated("a\u0301\u0302\u0303\u0304")},
            {"emoji", repeated("🖕")},
            {"right to left", repeated("\u202ekcuf ")},
            {"Arabic", repeated("کتے حرامی ")},
            {"Han", repeated("你是笨蛋")},
            {"unknown words", repeated("qzjx vwkpt zzyqx ")},
            {"IBAN openings", repeated("PK36SCBL0000 ")},
            {"broken UTF-8", std::string(size, '\xff')}};
}

}  // namespace bench
