#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace soyuz::live {

/// What a publisher sends side by side: the same scene in two sizes.
enum class Layer : std::uint8_t { high, low };
inline constexpr std::size_t layers = 2;

/// What a viewer watches.
enum class Quality : std::uint8_t { high, low, sound };

std::string_view name(Quality quality);
std::optional<Quality> parse_quality(std::string_view text);

using Bytes = std::shared_ptr<std::string const>;

/// A piece of a stream of some fifty milliseconds: a cluster of its own. Immutable.
struct Fragment {
    std::uint64_t seq = 0;   ///< counts within its layer, over all broadcasts of a room
    std::int64_t time = 0;   ///< milliseconds since the broadcast's begin
    bool is_key = false;     ///< a viewer can begin with it
    Bytes init, init_sound;  ///< where the tracks are new: what goes ahead of it
    Bytes whole, sound;      ///< null where there is nothing of it
};

}  // namespace soyuz::live
