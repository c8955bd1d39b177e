#include "moderation/conduct/near_repeats.hpp"

#include <algorithm>
#include <bit>
#include <string>

#include "base/random.hpp"
#include "judge/reading/fold.hpp"
#include "judge/reading/vocabulary.hpp"

namespace soyuz::moderation {
namespace {

using base::Moment;

constexpr std::size_t alike = 16;       // rows that must agree: texts that share about half of their runs
constexpr std::size_t gram = 5;         // bytes of a run
constexpr std::size_t least_size = 20;  // bytes of letters; below this a text is too short to say much
constexpr std::size_t most_size = 400;  // bytes of letters that are looked at
constexpr std::size_t most_sightings = 32;

/// Words of greetings and thanks, each between spaces.
constexpr std::string_view courtesies =
    " hello hi hey good morning evening afternoon night everyone everybody all guys friends thanks thank"
    " you so much very welcome happy birthday to dear bye see tomorrow later have a nice day weekend eid"
    " mubarak ramadan new year merry christmas congratulations congrats assalam assalamualaikum walaikum"
    " o alaikum salam sab ko shukriya khuda hafiz allah jazakallah bohat how are ";

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
        auto const last = ' ' + made.letters.substr(word) + ' ';
        made.is_courtesy = made.is_courtesy && courtesies.find(last) != std::string_view::npos;
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

std::uint32_t fine(std::uint64_t value) {
    value ^= value >> 31;
    value *= 0x94d049bb133111ebu;
    return static_cast<std::uint32_t>(value >> 32);
}

std::uint64_t random_secret() {
    std::uint64_t secret = 0;
    base::random_bytes(&secret, sizeof secret);
    return secret;
}

}  // namespace

NearRepeats::NearRepeats(NearRepeatLimits limits)
    : limits_(limits), secret_(limits.secret != 0 ? limits.secret : random_secret()) {
    std::uint64_t state = secret_;
    for (auto& salt : salts_) salt = fine(state += 0x9e3779b97f4a7c15u);
    // Each text stands in a slot of every band. A slot that another has taken costs one of many ways to it.
    slots_.assign(std::bit_ceil(std::max<std::size_t>(limits_.texts, 1) * bands * 2), none);
}

bool NearRepeats::sign(std::string_view text, Signature& signature) const {
    auto const skeleton = skeleton_of(text);
    auto const& letters = skeleton.letters;
    if (letters.size() < least_size || skeleton.is_courtesy) return false;
    signature.fill(none);
    for (std::size_t at = 0; at + gram <= letters.size(); ++at) {
        auto const hash = fine(judge::hash_of(std::string_view(letters).substr(at, gram), secret_));
        for (std::size_t row = 0; row < rows; ++row) {
            auto value = (hash ^ salts_[row]) * 0x85ebca6bu;
            value = (value ^ value >> 15) * 0xc2b2ae35u;
            signature[row] = std::min(signature[row], value);
        }
    }
    return true;
}

NearRepeats::Sighting NearRepeats::sighting_of(base::UserId const& author, base::RoomId const& room, Moment now) const {
    return {now, judge::hash_of(author.value, secret_), judge::hash_of(room.value, secret_)};
}

std::size_t NearRepeats::slot(Signature const& signature, std::size_t band) const {
    auto const pair = std::uint64_t{signature[band * 2]} << 32 | signature[band * 2 + 1];
    return (fine(pair * 0x9e3779b97f4a7c15u + band) ^ fine(pair + secret_)) & (slots_.size() - 1);
}

std::uint32_t NearRepeats::find(Signature const& signature, Moment now) const {
    std::uint32_t best = none;
    std::size_t most = alike - 1;
    for (std::size_t band = 0; band < bands; ++band) {
        auto const number = slots_[slot(signature, band)];
        if (number == none || number == best || is_over(texts_[number].newest, now)) continue;
        std::size_t same = 0;
        for (std::size_t row = 0; row < rows; ++row) same += texts_[number].signature[row] == signature[row];
        if (same > most) best = number, most = same;
    }
    return best;
}

NearRepeats::Seen NearRepeats::count(std::uint32_t number, Sighting const& present) const {
    Seen seen{0, 1, 1};
    if (number == none) return seen;
    std::array<std::uint64_t, most_sightings + 1> authors{present.author}, rooms{present.room};
    auto const add = [](auto& known, unsigned& size, std::uint64_t value) {
        if (std::find(known.begin(), known.begin() + size, value) == known.begin() + size) known[size++] = value;
    };
    for (auto const& sighting : texts_[number].sightings) {
        if (is_over(sighting.at, present.at)) continue;
        ++seen.repeats;
        add(authors, seen.authors, sighting.author);
        add(rooms, seen.rooms, sighting.room);
    }
    seen.authors = std::min<unsigned>(seen.authors, most_sightings);
    seen.rooms = std::min<unsigned>(seen.rooms, most_sightings);
    return seen;
}

std::uint32_t NearRepeats::add(Signature const& signature) {
    std::uint32_t number = 0;
    if (texts_.size() < std::max<std::size_t>(limits_.texts, 1)) {
        number = static_cast<std::uint32_t>(texts_.size());
        texts_.emplace_back();
    } else {
        // Round and round: what was first remembered is first forgotten, unless it was seen again since.
        for (std::size_t tries = 0; tries < 8; ++tries) {
            auto const candidate = static_cast<std::uint32_t>((oldest_ + tries) % texts_.size());
            if (tries == 0 || texts_[candidate].newest < texts_[number].newest) number = candidate;
        }
        oldest_ = (number + 1) % texts_.size();
    }
    texts_[number].signature = signature;
    texts_[number].sightings.clear();
    for (std::size_t band = 0; band < bands; ++band) slots_[slot(signature, band)] = number;
    return number;
}

NearRepeats::Seen NearRepeats::note(std::string_view text, base::UserId const& author, base::RoomId const& room,
                                    Moment now) {
    Signature signature;
    if (!sign(text, signature)) return {};
    auto const present = sighting_of(author, room, now);
    std::lock_guard const lock{mutex_};
    auto number = find(signature, now);
    auto const seen = count(number, present);
    if (number == none) number = add(signature);
    auto& [known, newest, sightings] = texts_[number];
    std::erase_if(sightings, [&](Sighting const& earlier) { return is_over(earlier.at, now); });
    if (sightings.size() == most_sightings) sightings.erase(sightings.begin());
    sightings.push_back(present);
    newest = std::max(newest, now);
    return seen;
}

NearRepeats::Seen NearRepeats::look_up(std::string_view text, base::UserId const& author, base::RoomId const& room,
                                       Moment now) const {
    Signature signature;
    if (!sign(text, signature)) return {};
    auto const present = sighting_of(author, room, now);
    std::lock_guard const lock{mutex_};
    return count(find(signature, now), present);
}

std::size_t NearRepeats::size() const {
    std::lock_guard const lock{mutex_};
    return texts_.size();
}

}  // namespace soyuz::moderation
