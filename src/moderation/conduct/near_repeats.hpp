#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace soyuz::moderation {

/// What is remembered, and for how long.
struct NearRepeatLimits {
    std::chrono::milliseconds span = std::chrono::minutes{10};
    std::size_t texts = 4096;  ///< different texts remembered; the oldest give way. Some 600 bytes each.
    std::uint64_t secret = 0;  ///< of the hashes, so that nobody can build collisions; 0: a random one
};

/// Remembers what was written lately, in any room and by anyone, and tells when nearly the same is written again: the
/// same after folding, or with some words, digits or signs changed (MinHash over runs of five characters, Broder
/// 1997). Short texts and greetings never count. No text is kept, only hashes under a secret of this object.
///
/// Thread-safe; memory is bounded; a call takes some microseconds. The time is handed in.
class NearRepeats {
public:
    explicit NearRepeats(NearRepeatLimits limits = {});

    /// All counts stop at 32.
    struct Seen {
        unsigned repeats = 0;  ///< how often the like was written within the span, this time not counted
        unsigned rooms = 0;    ///< different rooms, this one included; 0 where the text does not count
        unsigned authors = 0;  ///< different authors, this one included
    };

    /// Counts `text` and says how often its like was seen before.
    Seen note(std::string_view text, base::UserId const& author, base::RoomId const& room, base::Moment now);

    /// The same without counting it: for asking before a text is let through.
    Seen look_up(std::string_view text, base::UserId const& author, base::RoomId const& room, base::Moment now) const;

    /// Texts remembered now, forgotten ones that nothing has replaced yet included.
    std::size_t size() const;

private:
    static constexpr std::size_t rows = 32;         ///< hash functions of a signature
    static constexpr std::size_t bands = rows / 2;  ///< two rows each: texts alike meet in one of them all but surely
    static constexpr std::uint32_t none = 0xffffffff;

    using Signature = std::array<std::uint32_t, rows>;
    struct Sighting {
        base::Moment at;
        std::uint64_t author = 0, room = 0;
    };
    struct Remembered {
        Signature signature{};
        base::Moment newest{};
        std::vector<Sighting> sightings;
    };

    /// False for texts that say too little.
    bool sign(std::string_view text, Signature& signature) const;
    Sighting sighting_of(base::UserId const& author, base::RoomId const& room, base::Moment now) const;
    std::size_t slot(Signature const& signature, std::size_t band) const;

    // The caller of these holds `mutex_`.

    std::uint32_t find(Signature const& signature, base::Moment now) const;
    Seen count(std::uint32_t number, Sighting const& present) const;
    std::uint32_t add(Signature const& signature);
    bool is_over(base::Moment at, base::Moment now) const { return at + limits_.span <= now; }

    NearRepeatLimits const limits_;
    std::uint64_t const secret_;
    std::array<std::uint32_t, rows> salts_{};
    mutable std::mutex mutex_;  ///< guards what follows
    std::vector<Remembered> texts_;
    std::vector<std::uint32_t> slots_;
    std::size_t oldest_ = 0;
};

}  // namespace soyuz::moderation
