#include "judge/reading/vocabulary.hpp"

#include <bit>

namespace soyuz::judge {

Vocabulary::Vocabulary(std::vector<std::uint32_t> const& hashes)
    : slots_(std::bit_ceil(hashes.size() * 2 + 2)), count_(hashes.size()) {
    for (auto hash : hashes) {
        if (hash == 0) continue;
        auto at = hash & (slots_.size() - 1);
        while (slots_[at] != 0 && slots_[at] != hash) at = (at + 1) & (slots_.size() - 1);
        slots_[at] = hash;
    }
}

std::vector<std::uint32_t> Vocabulary::hashes() const {
    std::vector<std::uint32_t> out;
    for (auto slot : slots_)
        if (slot != 0) out.push_back(slot);
    return out;
}

bool Vocabulary::knows(std::uint32_t hash) const {
    if (slots_.empty()) return false;
    auto at = hash & (slots_.size() - 1);
    while (slots_[at] != 0) {
        if (slots_[at] == hash) return true;
        at = (at + 1) & (slots_.size() - 1);
    }
    return false;
}

}  // namespace soyuz::judge
