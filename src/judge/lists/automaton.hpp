#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace soyuz::judge {

/// Finds many words in one pass (Aho and Corasick 1975): the time depends on the text, not on the number of words.
/// Words are of a–z; any other character in the text starts the search anew. Read from any thread once built.
class Automaton {
public:
    static constexpr std::uint32_t nothing = 0xffffffff;

    /// Adds a word under a number of the caller's choice; call `build` after the last one.
    void add(std::string_view word, std::uint32_t number);
    void build();

    /// Calls `found(number, length, end)` for each word that ends at `end` (one past its last letter).
    template <class Found>
    void search(std::string_view text, Found&& found) const {
        if (next_.empty()) return;
        std::uint32_t state = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            auto const letter = static_cast<unsigned char>(text[i] - 'a');
            if (letter >= 26) {
                state = 0;
                continue;
            }
            auto const target = next_[state * 26 + letter];
            state = target & ~ends_here;
            if ((target & ends_here) == 0) continue;
            for (auto at = first_output_[state]; at != nothing; at = outputs_[at].next)
                found(outputs_[at].number, outputs_[at].length, i + 1);
        }
    }

private:
    static constexpr std::uint32_t ends_here = 0x80000000;  // marks an edge to a state where a word ends

    struct Output {
        std::uint32_t number;
        std::uint32_t length;
        std::uint32_t next;
    };

    std::vector<std::uint32_t> next_;
    std::vector<std::uint32_t> first_output_;
    std::vector<Output> outputs_;
};

}  // namespace soyuz::judge
