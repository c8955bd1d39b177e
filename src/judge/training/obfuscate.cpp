#include "judge/training/obfuscate.hpp"

#include <array>

namespace soyuz::judge {
namespace {

std::string_view leet(char letter) {
    switch (letter | 0x20) {
        case 'a': return "@";
        case 'e': return "3";
        case 'i': return "1";
        case 'o': return "0";
        case 's': return "$";
        case 't': return "7";
        default: return {};
    }
}

std::string_view look_alike(char letter) {
    switch (letter | 0x20) {
        case 'a': return "а";
        case 'c': return "с";
        case 'e': return "е";
        case 'i': return "і";
        case 'o': return "о";
        case 'p': return "р";
        case 's': return "ѕ";
        case 'x': return "х";
        case 'y': return "у";
        default: return {};
    }
}

std::string separated(std::string_view word, char separator) {
    std::string out;
    for (char c : word) {
        if (!out.empty()) out += separator;
        out += c;
    }
    return out;
}

bool is_vowel(char c) {
    c |= 0x20;
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

}  // namespace

std::string_view name(Trick trick) {
    static constexpr std::array<std::string_view, trick_count> names{"leet",        "spaces",     "dots",  "repeats",
                                                                     "look_alikes", "zero_width", "stars", "swap"};
    return names[static_cast<std::size_t>(trick)];
}

std::string hide(std::string_view word, Trick trick, std::mt19937& random) {
    if (word.size() < 3) return std::string(word);
    auto const at = [&](std::size_t low, std::size_t high) { return low + random() % (high - low + 1); };
    std::string out;
    switch (trick) {
        case Trick::spaces: return separated(word, ' ');
        case Trick::dots: return separated(word, '.');
        case Trick::repeats: {
            auto const place = at(1, word.size() - 1);
            for (std::size_t i = 0; i < word.size(); ++i) out.append(i == place ? 3 + random() % 3 : 1, word[i]);
            return out;
        }
        case Trick::leet:
        case Trick::look_alikes:
            for (char c : word) {
                auto const other = trick == Trick::leet ? leet(c) : look_alike(c);
                if (other.empty())
                    out += c;
                else
                    out += other;
            }
            return out;
        case Trick::zero_width:
            for (char c : word) {
                if (!out.empty()) out += "\u200b";
                out += c;
            }
            return out;
        case Trick::stars: {
            out = word;
            for (std::size_t i = 1; i + 1 < word.size(); ++i)
                if (is_vowel(word[i])) return out[i] = '*', out;
            return out[1] = '*', out;
        }
        case Trick::swap: {
            out = word;
            auto const place = word.size() > 3 ? at(1, word.size() - 3) : 1;
            std::swap(out[place], out[place + 1]);
            return out;
        }
    }
    return out;
}

}  // namespace soyuz::judge
