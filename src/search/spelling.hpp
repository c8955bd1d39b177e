#pragma once

#include <cstdint>
#include <string_view>

namespace soyuz::search {

/// What the spellings of a word of Roman Urdu have in common, as a number: nahin and nahi, kaise and kaisay, shukriya
/// and shukria, khoobsurat and khubsurat. 0 where a word has letters other than a to z, or fewer than three of them.
std::uint32_t spelling_of(std::string_view folded);

/// Could one stand for the other? They are of one spelling and of much the same length.
bool is_same_spelling(std::string_view one, std::string_view other);

}  // namespace soyuz::search
