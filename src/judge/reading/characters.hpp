#pragma once

/// Classes of folded code points.
namespace soyuz::judge {

constexpr bool is_latin(char32_t point) { return point >= U'a' && point <= U'z'; }
constexpr bool is_digit(char32_t point) { return point >= U'0' && point <= U'9'; }

}  // namespace soyuz::judge
