#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace soyuz::judge {

enum class Category : std::uint8_t {
    profanity,
    hate_speech,
    harassment,
    threat,
    sexual,
    self_harm,
    spam,
    personal_info
};

inline constexpr std::array<std::string_view, 8> category_names{
    "profanity", "hate_speech", "harassment", "threat", "sexual", "self_harm", "spam", "personal_info"};
inline constexpr std::size_t category_count = category_names.size();

constexpr std::string_view name(Category category) { return category_names[static_cast<std::size_t>(category)]; }

constexpr std::optional<Category> category_of(std::string_view word) {
    for (std::size_t i = 0; i < category_count; ++i)
        if (category_names[i] == word) return static_cast<Category>(i);
    return std::nullopt;
}

}  // namespace soyuz::judge
