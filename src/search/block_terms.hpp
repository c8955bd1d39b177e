#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "search/document.hpp"

namespace soyuz::search {

using Placed = std::pair<base::Seq, Document>;

/// The terms of a block, each once, parted by spaces: words, and what the block's messages are.
std::string terms_of(std::uint32_t room, std::vector<Placed> const& messages);

/// Another one whenever something else would be found.
std::uint32_t check_of(std::vector<Placed> const& messages);

// Terms that are no words: no word has a colon.
std::string room_term(std::uint32_t room);
std::string sender_term(std::string_view sender);
std::string has_term(unsigned bit);

}  // namespace soyuz::search
