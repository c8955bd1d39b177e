#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace soyuz::judge {

/// FNV-1a, so that a table made on one machine reads the same on another.
constexpr std::uint64_t hash_of(std::string_view word, std::uint64_t seed = 0xcbf29ce484222325u) {
    for (char c : word) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return seed;
}

/// Words that people really write, so that the normaliser knows what to leave alone and what to repair.
/// Holds hashes only. Not thread-safe while filled; afterwards it may be read from any thread.
class Vocabulary {
public:
    Vocabulary() = default;

    /// Hashes in any order, as `hash_of` gives them, cut to 32 bits.
    explicit Vocabulary(std::vector<std::uint32_t> const& hashes);

    bool knows(std::string_view word) const { return knows(static_cast<std::uint32_t>(hash_of(word))); }
    bool knows(std::uint32_t hash) const;
    bool empty() const { return count_ == 0; }
    std::size_t size() const { return count_; }
    std::vector<std::uint32_t> hashes() const;

private:
    std::vector<std::uint32_t> slots_;  // open addressing; zero is free
    std::size_t count_ = 0;
};

}  // namespace soyuz::judge
