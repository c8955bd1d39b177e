#include "judge/lists/automaton.hpp"

namespace soyuz::judge {

void Automaton::add(std::string_view word, std::uint32_t number) {
    if (first_output_.empty()) {
        next_.assign(26, nothing);
        first_output_.push_back(nothing);
    }
    std::uint32_t state = 0;
    for (char c : word) {
        auto const edge = state * 26 + static_cast<std::uint32_t>(c - 'a');
        if (next_[edge] == nothing) {
            next_[edge] = static_cast<std::uint32_t>(first_output_.size());
            first_output_.push_back(nothing);
            next_.insert(next_.end(), 26, nothing);
        }
        state = next_[edge];
    }
    outputs_.push_back({number, static_cast<std::uint32_t>(word.size()), first_output_[state]});
    first_output_[state] = static_cast<std::uint32_t>(outputs_.size() - 1);
}

void Automaton::build() {
    if (first_output_.empty()) return;
    std::vector<std::uint32_t> fail(first_output_.size(), 0);
    std::vector<std::uint32_t> queue;
    for (std::uint32_t letter = 0; letter < 26; ++letter) {
        auto& target = next_[letter];
        if (target == nothing)
            target = 0;
        else
            queue.push_back(target);
    }
    for (std::size_t head = 0; head < queue.size(); ++head) {
        auto const state = queue[head];
        // What ends at the fail state ends here as well: its outputs are chained behind our own.
        auto* tail = &first_output_[state];
        while (*tail != nothing) tail = &outputs_[*tail].next;
        *tail = first_output_[fail[state]];
        for (std::uint32_t letter = 0; letter < 26; ++letter) {
            auto& target = next_[state * 26 + letter];
            auto const detour = next_[fail[state] * 26 + letter];
            if (target == nothing) {
                target = detour;
            } else {
                fail[target] = detour;
                queue.push_back(target);
            }
        }
    }
    for (auto& target : next_)
        if (first_output_[target] != nothing) target |= ends_here;
}

}  // namespace soyuz::judge
