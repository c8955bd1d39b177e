#include "judge/reading/phonetic.hpp"

namespace soyuz::judge {
namespace {

std::uint8_t vowel_of(char c) {
    switch (c) {
        case 'a': return 1;
        case 'e':
        case 'i':
        case 'y': return 2;
        case 'o':
        case 'u': return 4;
        default: return 0;
    }
}

char consonant_of(char c, char following) {
    switch (c) {
        case 'c': return following == 'h' ? 'C' : 'k';
        case 's': return following == 'h' ? 'S' : 's';
        case 'p': return following == 'h' ? 'f' : 'p';
        case 'q': return 'k';
        case 'w': return 'v';
        case 'z': return 'j';
        case 'x': return 'k';
        default: return c;
    }
}

}  // namespace

Sound sound_of(std::string_view word) {
    Sound sound;
    for (std::size_t i = 0; i < word.size(); ++i) {
        char const c = word[i];
        if (c < 'a' || c > 'z') return {};
        bool const opens = i == 0;
        if (auto vowel = vowel_of(c); vowel != 0 && !(c == 'y' && opens)) {
            sound.vowels[sound.size] = static_cast<std::uint8_t>(sound.vowels[sound.size] | vowel);
            continue;
        }
        // An h is breath on the consonant before it, or a lengthened vowel; only at the start is it heard.
        if (c == 'h' && !opens) continue;
        char const consonant = consonant_of(c, i + 1 < word.size() ? word[i + 1] : '\0');
        bool const doubled =
            sound.size > 0 && sound.vowels[sound.size] == 0 && sound.consonants[sound.size - 1u] == consonant;
        if (doubled) continue;
        if (sound.size == Sound::longest) return {};
        sound.consonants[sound.size++] = consonant;
    }
    for (std::size_t i = 0; i <= sound.size; ++i)
        sound.voiced = static_cast<std::uint8_t>(sound.voiced + (sound.vowels[i] != 0));
    return sound;
}

bool is_same_word(Sound const& listed, Sound const& heard) {
    if (listed.key() != heard.key() || listed.size < 3) return false;
    auto const last = listed.size;
    bool const bare = heard.voiced == 0;
    if (bare) return listed.size >= 3 && listed.vowels[0] == 0;
    int left_out = 0, put_in = 0;
    for (std::size_t i = 0; i <= last; ++i) {
        auto const want = listed.vowels[i], got = heard.vowels[i];
        if (want == 0 && got == 0) continue;
        if ((want & got) != 0) continue;
        if (want != 0 && got != 0) return false;
        if (i == 0) return false;
        if (got == 0) {
            if (i == last) return false;
            ++left_out;
        } else {
            ++put_in;
        }
    }
    // A short word is recognised by its vowels as much as by its consonants.
    if (listed.size <= 3) return put_in == 0 && left_out <= 1;
    return put_in <= 1 && left_out <= 2;
}

}  // namespace soyuz::judge
