#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace soyuz::watch {

/// The value whose name stands in `names`, in the order of the enumeration.
template <class Value, std::size_t count>
std::optional<Value> value_named(std::array<std::string_view, count> const& names, std::string_view text) {
    for (std::size_t at = 0; at < count; ++at)
        if (names[at] == text) return static_cast<Value>(at);
    return std::nullopt;
}

}  // namespace soyuz::watch
