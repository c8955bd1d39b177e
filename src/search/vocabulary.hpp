#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "search/words.hpp"

namespace soyuz::search {

/// The terms of a shard, in memory: a part of a word, or another spelling, is looked for here first, and the index is
/// asked for the words that have it. Not thread-safe.
class Vocabulary {
public:
    /// Known ones change nothing.
    void add(std::string_view term);
    /// Nothing is added any more: gives back what `add` needs.
    void seal();

    /// Terms that answer to a word, at most `most`; one more than that says that there are more.
    std::vector<std::string_view> answering(Word const& sought, std::size_t most) const;

    std::size_t size() const { return starts_.size(); }
    std::size_t bytes() const { return text_.capacity() + starts_.capacity() * 4 + spellings_.capacity() * 4; }

private:
    std::string_view term(std::size_t place) const;

    std::string text_{"\n"};  ///< each term between two line ends
    std::vector<std::uint32_t> starts_;
    std::vector<std::uint32_t> spellings_;
    std::unordered_set<std::uint64_t> known_;  ///< hashes
};

}  // namespace soyuz::search
