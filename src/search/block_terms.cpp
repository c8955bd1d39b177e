#include "search/block_terms.hpp"

#include <algorithm>
#include <string_view>

#include "search/words.hpp"

namespace soyuz::search {

namespace {

constexpr unsigned has_bits = 8;

void mix(std::uint32_t& hash, std::string_view bytes) {
    for (char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    hash = (hash ^ 0x1FU) * 16777619U;
}

}  // namespace

std::string room_term(std::uint32_t room) { return ":r" + std::to_string(room); }
std::string sender_term(std::string_view sender) { return ":u" + std::string{sender}; }
std::string has_term(unsigned bit) { return ":h" + std::to_string(bit); }

std::string terms_of(std::uint32_t room, std::vector<Placed> const& messages) {
    std::vector<std::string> terms;
    for (auto const& [seq, document] : messages) {
        if (document.is_gone) continue;
        for (auto const& word : words_of(document.text)) append_terms(word, terms);
        terms.push_back(sender_term(document.sender));
        for (unsigned bit = 0; bit < has_bits; ++bit)
            if ((document.has >> bit & 1U) != 0) terms.push_back(has_term(bit));
    }
    if (terms.empty()) return {};
    terms.push_back(room_term(room));
    std::sort(terms.begin(), terms.end());
    terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
    std::string joined;
    for (auto const& term : terms) {
        if (!joined.empty()) joined += ' ';
        joined += term;
    }
    return joined;
}

std::uint32_t check_of(std::vector<Placed> const& messages) {
    std::uint32_t hash = 2166136261U;  // FNV-1a
    for (auto const& [seq, document] : messages) {
        if (document.is_gone) continue;
        mix(hash, std::to_string(seq));
        mix(hash, document.sender);
        mix(hash, std::to_string(document.has));
        mix(hash, document.text);
    }
    return hash;
}

}  // namespace soyuz::search
