#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

/// What may stand in a message.
namespace soyuz::chat {

/// A message's text as it is kept: without what came along with a paste (base::tidy_paste) and without white space at
/// its end; empty where nothing of it can be seen. Errors: invalid_value when it isn't UTF-8, is empty (unless
/// `may_be_empty`) or has more than `most` characters.
base::Result<std::string> tidy_text(std::string text, std::size_t most, bool may_be_empty);

/// The user names that `text` mentions with an @ by the rules of its markup, at most `most`, as they are spelled there.
/// A dot or dash at the end may be the sentence's: `candidates` are tried from the longest on.
struct Mention {
    std::vector<std::string> candidates;
};
std::vector<Mention> find_mentions(std::string_view text, std::size_t most);

/// 1 to 64 printable ASCII characters without quote and backslash.
bool is_client_id(std::string_view text);

}  // namespace soyuz::chat
