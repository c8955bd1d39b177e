#include "search/spelling.hpp"

#include <cstddef>
#include <string>

namespace soyuz::search {

namespace {

constexpr std::size_t shortest = 3, longest = 24;

bool is_vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y'; }

/// A group of vowels as it is heard: aa as a, ee as i, oo as u, ai, ay and ei as e, au as o.
void append_vowels(std::string& key, std::string_view group) {
    if (group == "ee" || group == "y" || group == "i" || group == "ii" || group == "ea") {
        key += 'i';
    } else if (group == "oo" || group == "u" || group == "uu" || group == "ou") {
        key += 'u';
    } else if (group == "ai" || group == "ay" || group == "ei" || group == "ey" || group == "ae" || group == "e") {
        key += 'e';
    } else if (group == "aa" || group == "a") {
        key += 'a';
    } else if (group == "au" || group == "ao" || group == "o") {
        key += 'o';
    } else if (group == "iya" || group == "ia" || group == "ya" || group == "iyaa" || group == "yaa") {
        key += "ia";
    } else if (group == "aya" || group == "aaya" || group == "aia" || group == "aayaa") {
        key += "aia";
    } else {
        for (char c : group) {
            char const heard = c == 'y' ? 'i' : c;
            if (key.empty() || key.back() != heard) key += heard;
        }
    }
}

char consonant(char c) {
    switch (c) {
        case 'q': return 'k';
        case 'w': return 'v';
        default: return c;
    }
}

std::string key_of(std::string_view word) {
    if (word.size() < shortest || word.size() > longest) return {};
    std::string key;
    for (std::size_t at = 0; at < word.size();) {
        char const c = word[at];
        if (c < 'a' || c > 'z') return {};
        bool const opens = at == 0;
        if (is_vowel(c) && !(opens && c == 'y')) {
            auto end = at;
            while (end < word.size() && is_vowel(word[end])) ++end;
            append_vowels(key, word.substr(at, end - at));
            at = end;
            continue;
        }
        bool const is_ph = c == 'p' && at + 1 < word.size() && word[at + 1] == 'h';
        char const heard = is_ph ? 'f' : consonant(c);
        if (key.empty() || key.back() != heard) key += heard;
        at += is_ph ? 2 : 1;
    }
    // What is breathed or hummed at the end is written or not: nahi, nahin; yeh, ye; theek hoon, hun.
    auto const is_open = [&] { return key.size() > 2 && is_vowel(key[key.size() - 2]); };
    if ((key.back() == 'n' || key.back() == 'h') && is_open()) key.pop_back();
    return key;
}

}  // namespace

std::uint32_t spelling_of(std::string_view folded) {
    auto const key = key_of(folded);
    if (key.size() < 2) return 0;
    std::uint32_t hash = 2166136261U;  // FNV-1a
    for (char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash == 0 ? 1 : hash;
}

bool is_same_spelling(std::string_view one, std::string_view other) {
    auto const longer = one.size() > other.size() ? one.size() - other.size() : other.size() - one.size();
    if (longer > 2) return false;
    auto const key = key_of(one);
    return key.size() >= 2 && key == key_of(other);
}

}  // namespace soyuz::search
