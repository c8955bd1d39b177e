#pragma once

#include "base/result.hpp"

namespace soyuz::moderation {
struct Sanction;
}

namespace soyuz::chat {

/// What a banned person is told, wherever they knock: code banned, with the end of the ban and its reason.
base::Error banned_error(moderation::Sanction const& ban);
/// The same for a muted one, wherever they would speak.
base::Error muted_error(moderation::Sanction const& mute);

}  // namespace soyuz::chat
