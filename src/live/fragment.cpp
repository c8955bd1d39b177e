#include "live/fragment.hpp"

namespace soyuz::live {

namespace {
constexpr std::array<std::string_view, 3> names{"high", "low", "sound"};
}

std::string_view name(Quality quality) { return names[static_cast<std::size_t>(quality)]; }

std::optional<Quality> parse_quality(std::string_view text) {
    for (std::size_t at = 0; at < names.size(); ++at)
        if (names[at] == text) return static_cast<Quality>(at);
    return std::nullopt;
}

}  // namespace soyuz::live
