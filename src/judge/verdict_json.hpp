#pragma once

#include <string>

#include "judge/judge.hpp"

namespace soyuz::judge {

/// The verdict as one line of JSON, fields and order as clients know them. Scores have four decimals.
std::string to_json(Verdict const& verdict);

}  // namespace soyuz::judge
