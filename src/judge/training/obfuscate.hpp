#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace soyuz::judge {

/// The ways in which people hide a word from a filter.
enum class Trick : std::uint8_t { leet, spaces, dots, repeats, look_alikes, zero_width, stars, swap };
inline constexpr std::size_t trick_count = 8;
std::string_view name(Trick trick);

/// `word` (ASCII letters) hidden by `trick`; shorter words than three letters come back as they are.
std::string hide(std::string_view word, Trick trick, std::mt19937& random);

/// `text` with the words hidden for which `chosen(word)` says so; the word is given in lower case.
template <class Chosen>
std::string hide_words(std::string_view text, Trick trick, std::mt19937& random, Chosen&& chosen) {
    std::string out, lower;
    for (std::size_t i = 0; i < text.size();) {
        auto end = i;
        lower.clear();
        while (end < text.size() && ((text[end] | 0x20) >= 'a' && (text[end] | 0x20) <= 'z'))
            lower += static_cast<char>(text[end++] | 0x20);
        if (end == i)
            out += text[i++];
        else {
            auto const word = text.substr(i, end - i);
            out += chosen(lower) ? hide(word, trick, random) : std::string(word);
            i = end;
        }
    }
    return out;
}

}  // namespace soyuz::judge
