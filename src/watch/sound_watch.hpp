#pragma once

#include <optional>
#include <string>

#include "watch/transcripts.hpp"
#include "watch/watch.hpp"

namespace soyuz::watch {

/// Keeps what was said in a stream, and looks for keywords in the words that the recogniser is sure enough of. None
/// where nothing was found, or the stream isn't monitored. Blocks on the disk.
std::optional<Detections::Reported> hear(Watch& watch, std::string const& stream, Spoken const& spoken);

}  // namespace soyuz::watch
