#include "live/stage_state.hpp"

#include <array>

namespace soyuz::live {

namespace {
constexpr std::array<std::string_view, 4> names{"waiting", "live", "interrupted", "ended"};
}

std::string_view name(Phase phase) { return names[static_cast<std::size_t>(phase)]; }

std::optional<Phase> parse_phase(std::string_view text) {
    for (std::size_t at = 0; at < names.size(); ++at)
        if (names[at] == text) return static_cast<Phase>(at);
    return std::nullopt;
}

}  // namespace soyuz::live
