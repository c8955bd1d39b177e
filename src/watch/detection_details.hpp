#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "watch/detection.hpp"

namespace soyuz::watch {

/// What a notification says of a detection, under the names that clients know: `detections` and `annotated_image` of
/// things seen, `keyword` and `transcript` of words said, `keyword`, `sentiment_score`, `message` and `username` of
/// chat lines; and for all `detection_id`, `stream_id`, `severity`.
nlohmann::json detection_details(Detection const& detection);

/// What moderators read on the case.
std::string case_text(Detection const& detection);

/// Where the picture of a detection is shown; "" where there is none.
std::string picture_url(Detection const& detection);

}  // namespace soyuz::watch
