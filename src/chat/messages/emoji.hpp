#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace soyuz::chat {

/// One emoji as Unicode recommends it for interchange (UTS #51, RGI), with variation selectors where it needs them;
/// none where `text` is anything else. What is newer than the ICU in use is taken by its shape: a pictograph of a code
/// point that Unicode keeps for emoji, or up to four pictographs with joiners between them.
std::optional<std::string> tidy_emoji(std::string_view text);

}  // namespace soyuz::chat
