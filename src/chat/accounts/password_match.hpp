#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace soyuz::chat {

class PasswordHasher;

enum class PasswordMatch : unsigned char {
    none,
    prepared,
    as_given,  ///< with a hash from before passwords were prepared: to be hashed again
};

/// Compares `given`, prepared and then as it is, with `hash`; takes as long where that is null. What is longer than any
/// password matches none. Errors: overloaded.
base::Result<PasswordMatch> match_password(PasswordHasher& hasher, std::string const* hash, std::string_view given);

}  // namespace soyuz::chat
