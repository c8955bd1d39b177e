#include "moderation/conduct/near_repeats.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <mutex>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "judge/reading/fold.hpp"
#include "judge/reading/vocabulary.hpp"

namespace soyuz::moderation {
namespace {

using base::Moment;

constexpr std::size_t rows = 32;         // hash functions of a signature
constexpr std::size_t alike = 16;        // that must agree: texts that share about half of their runs
constexpr std::size_t bands = rows / 2;  // two rows each: texts that alike meet in one of them all but surely
constexpr std::size_t gram = 5;          // bytes of a run
constexpr std::size_t least_size = 20;   // bytes of letters; below this a text is too short to say much
constexpr std::size_t most_size = 400;   // bytes of letters that are looked at
constexpr std::size_t most_sightings = 32;

constexpr std::array<std::string_view, 58> courtesies{"hello",
                                                      "hi",
                                                      "hey",
                                                      "good",
                                                      "morning",
                                                      "evening",
                                                      "afternoon",
                                                      "night",
                                                      "everyone",
                                                      "everybody",
                                                      "all",
                                                      "guys",
                                                      "friends",
                                                      "thanks",
                                                      "thank",
                                                      "you",
                                                      "so",
                                                      "much",
                                                      "very",
                                                      "welcome",
                                                      "happy",
                                                      "birthday",
                                                      "to",
                                                      "dear",
                                                      "bye",
                                                      "see",
                                                      "tomorrow",
                                                      "later",
                                                      "have",
                                                      "a",
                                                      "nice",
                                                      "day",
                                                      "weekend",
                                                      "eid",
                                                      "mubarak",
                                                      "ramadan",
                                                      "new",
                                                      "year",
                                                      "merry",
                                                      "christmas",
                                                      "congratulations",
                                                      "congrats",
                                                      "assalam",
                                                      "assalamualaikum",
                                                      "walaikum",
                                                      "o",
                                                      "alaikum",
                                                      "salam",
                                                      "sab",
                                                      "ko",
                                                      "shukriya",
                                                      "khuda",
                                                      "hafiz",
                                                      "allah",
                                                      "jazakallah",
                                                      "bohat",
                                                      "how",
                                                      "are"};

struct Skeleton {
    std::string letters;  ///< folded, nothing else
    bool is_courtesy = true;
};

/// The letters alone, so that digits, signs and spaces make no difference.
Skeleton skeleton_of(std::string_view text) {
    Skeleton made;
    std::size_t word = 0;
    auto const close = [&] {
        if (made.letters.size() == word) return;
        auto const last = std::string_view(made.letters).substr(word);
        made.is_courtesy =
            made.is_courtesy && std::find(courtesies.begin(), courtesies.end(), last) != courtesies.end();
        word = made.letters.size();
    };
    for (std::size_t at = 0; at < text.size() && made.letters.size() < most_size;) {
        auto const& folded = judge::fold(judge::next_code_point(text, at));
        bool any = false;
        for (unsigned i = 0; i < folded.count; ++i) {
            auto const point = folded.points[i];
            bool const latin = point >= U'a' && point <= U'z';
            if (!latin && !(folded.is_letter && point >= 0x80)) continue;
            judge::append_utf8(made.letters, point);
            any = true;
        }
        if (!any && folded.count > 0) close();
    }
    close();
    return made;
}

using Signature = std::array<std::uint32_t, rows>;

struct Sighting {
    Moment at;
    std::uint64_t author = 0, room = 0;
};

struct Remembered {
    Signature signature{};
    Moment newest{};
    std::vector<Sighting> sightings;
};

std::uint32_t fine(std::uint64_t value) {
    value ^= value >> 31;
    value *= 0x94d049bb133111ebu;
    return static_cast<std::uint32_t>(value >> 32);
}

}  // namespace

struct NearRepeats::Implementation {
    explicit Implementation(NearRepeatLimits given) : limits(given) {
        limits.texts = std::max<std::size_t>(limits.texts, 1);
        secret = limits.secret;
        if (secret == 0) base::random_bytes(&secret, sizeof secret);
        std::uint64_t state = secret;
        for (auto& salt : salts) salt = fine(state += 0x9e3779b97f4a7c15u);
        // Each text stands in a slot of every band. A slot that another has taken costs one of many ways to it.
        slots.assign(std::bit_ceil(limits.texts * bands * 2), none);
    }

    /// False for texts that say too little.
    bool sign(std::string_view text, Signature& signature) const {
        auto const skeleton = skeleton_of(text);
        auto const& letters = skeleton.letters;
        if (letters.size() < least_size || skeleton.is_courtesy) return false;
        signature.fill(0xffffffff);
        for (std::size_t at = 0; at + gram <= letters.size(); ++at) {
            auto const hash = fine(judge::hash_of(std::string_view(letters).substr(at, gram), secret));
            for (std::size_t row = 0; row < rows; ++row) {
                auto value = (hash ^ salts[row]) * 0x85ebca6bu;
                value = (value ^ value >> 15) * 0xc2b2ae35u;
                signature[row] = std::min(signature[row], value);
            }
        }
        return true;
    }

    std::size_t slot(Signature const& signature, std::size_t band) const {
        auto const pair = std::uint64_t{signature[band * 2]} << 32 | signature[band * 2 + 1];
        return (fine(pair * 0x9e3779b97f4a7c15u + band) ^ fine(pair + secret)) & (slots.size() - 1);
    }

    std::uint32_t find(Signature const& signature, Moment now) const {
        std::uint32_t best = none;
        std::size_t most = alike - 1;
        for (std::size_t band = 0; band < bands; ++band) {
            auto const number = slots[slot(signature, band)];
            if (number == none || number == best || texts[number].newest + limits.span <= now) continue;
            std::size_t same = 0;
            for (std::size_t row = 0; row < rows; ++row) same += texts[number].signature[row] == signature[row];
            if (same > most) best = number, most = same;
        }
        return best;
    }

    void forget_old(Remembered& text, Moment now) const {
        std::erase_if(text.sightings, [&](Sighting const& seen) { return seen.at + limits.span <= now; });
    }

    Seen count(std::uint32_t number, std::uint64_t author, std::uint64_t room, Moment now) const {
        Seen seen{0, 1, 1};
        if (number == none) return seen;
        std::array<std::uint64_t, most_sightings + 1> authors{author}, rooms{room};
        for (auto const& sighting : texts[number].sightings) {
            if (sighting.at + limits.span <= now) continue;
            ++seen.repeats;
            auto const add = [](auto& known, unsigned& size, std::uint64_t value) {
                if (std::find(known.begin(), known.begin() + size, value) == known.begin() + size)
                    known[size++] = value;
            };
            add(authors, seen.authors, sighting.author);
            add(rooms, seen.rooms, sighting.room);
        }
        seen.authors = std::min<unsigned>(seen.authors, most_sightings);
        seen.rooms = std::min<unsigned>(seen.rooms, most_sightings);
        return seen;
    }

    std::uint32_t add(Signature const& signature) {
        std::uint32_t number;
        if (texts.size() < limits.texts) {
            number = static_cast<std::uint32_t>(texts.size());
            texts.emplace_back();
        } else {
            // Round and round: what was first remembered is first forgotten, unless it was seen again since.
            for (std::size_t tries = 0; tries < 8; ++tries) {
                auto const candidate = static_cast<std::uint32_t>((oldest + tries) % texts.size());
                if (tries == 0 || texts[candidate].newest < texts[number].newest) number = candidate;
            }
            oldest = (number + 1) % texts.size();
        }
        texts[number].signature = signature;
        texts[number].sightings.clear();
        for (std::size_t band = 0; band < bands; ++band) slots[slot(signature, band)] = number;
        return number;
    }

    static constexpr std::uint32_t none = 0xffffffff;

    NearRepeatLimits limits;
    std::uint64_t secret = 0;
    std::array<std::uint32_t, rows> salts{};
    mutable std::mutex mutex;
    std::vector<Remembered> texts;
    std::vector<std::uint32_t> slots;
    std::size_t oldest = 0;
};

NearRepeats::NearRepeats(NearRepeatLimits limits) : implementation_(std::make_unique<Implementation>(limits)) {}
NearRepeats::~NearRepeats() = default;

NearRepeats::Seen NearRepeats::note(std::string_view text, base::UserId const& author, base::RoomId const& room,
                                    Moment now) {
    auto& it = *implementation_;
    Signature signature;
    if (!it.sign(text, signature)) return {};
    auto const who = judge::hash_of(author.value, it.secret), where = judge::hash_of(room.value, it.secret);
    std::lock_guard const lock{it.mutex};
    auto number = it.find(signature, now);
    auto const seen = it.count(number, who, where, now);
    if (number == Implementation::none) number = it.add(signature);
    auto& remembered = it.texts[number];
    it.forget_old(remembered, now);
    if (remembered.sightings.size() == most_sightings) remembered.sightings.erase(remembered.sightings.begin());
    remembered.sightings.push_back({now, who, where});
    remembered.newest = std::max(remembered.newest, now);
    return seen;
}

NearRepeats::Seen NearRepeats::look_up(std::string_view text, base::UserId const& author, base::RoomId const& room,
                                       Moment now) const {
    auto const& it = *implementation_;
    Signature signature;
    if (!it.sign(text, signature)) return {};
    auto const who = judge::hash_of(author.value, it.secret), where = judge::hash_of(room.value, it.secret);
    std::lock_guard const lock{it.mutex};
    return it.count(it.find(signature, now), who, where, now);
}

std::size_t NearRepeats::size() const {
    std::lock_guard const lock{implementation_->mutex};
    return implementation_->texts.size();
}

}  // namespace soyuz::moderation
