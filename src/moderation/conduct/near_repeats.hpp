#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

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
    ~NearRepeats();

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
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace soyuz::moderation
