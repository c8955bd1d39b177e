#include "moderation/vocabulary.hpp"

#include <bit>

namespace soyuz::moderation {

Vocabulary::Vocabulary(std::vector<std::uint32_t> const& hashes)
    : slots_(std::bit_ceil(hashes.size() * 2 + 2)), count_(hashes.size()) {
    for (auto hash : hashes) {
        if (hash == 0) continue;
        auto at = hash & (slots_.size() - 1);
        while (slots_[at] != 0 && slots_[at] != hash) at = (at + 1) & (slots_.size() - 1);
        slots_[at] = hash;
    }
}

bool Vocabulary::knows(std::string_view word) const {
    if (slots_.empty()) return false;
    auto const hash = static_cast<std::uint32_t>(hash_of(word));
    auto at = hash & (slots_.size() - 1);
    while (slots_[at] != 0) {
        if (slots_[at] == hash) return true;
        at = (at + 1) & (slots_.size() - 1);
    }
    return false;
}

}  // namespace soyuz::moderation
