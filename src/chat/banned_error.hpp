#pragma once

#include "base/result.hpp"

namespace soyuz::moderation {
struct Sanction;
}

namespace soyuz::chat {

/// What a banned person is told, wherever they knock: code banned, with the end of the ban and its reason.
base::Error banned_error(moderation::Sanction const& ban);

}  // namespace soyuz::chat
