#pragma once

#include <string>
#include <string_view>

namespace soyuz::web {

/// A token as a page shows it: under random bytes that are others each time. What compresses well beside what somebody
/// else wrote into the page would otherwise tell how the token begins (BREACH).
std::string mask_token(std::string_view token);
/// The token below a mask; `given` itself where it has none.
std::string unmask_token(std::string_view given);

}  // namespace soyuz::web
