#pragma once

#include <cstdint>
#include <shared_mutex>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "store/store.hpp"

namespace soyuz::watch {

/// How streams are watched.
struct Settings {
    double sentiment_limit = -0.5;             ///< a chat line below it is an alarm
    double score_limit = 0.6;                  ///< … and one whose score reaches this
    double word_confidence = 0.5;              ///< how sure the recogniser must be of a keyword
    unsigned kept_days = 30;                   ///< detections, pictures, transcripts and notifications
    std::uint64_t kept_bytes = 2'000'000'000;  ///< of pictures
    bool looks_for_nudity = false;
    bool captions = false;                   ///< what is said in our own live rooms stands below the picture
    std::vector<std::string> private_hosts;  ///< hosts of private networks that may be fetched from
    std::vector<std::string> network_hosts;  ///< hosts that RTMP and RTSP may be pulled from

    nlohmann::json json() const;
};

/// Keeps them: the document `watch_settings`/"settings". Thread-safe.
class WatchSettings {
public:
    explicit WatchSettings(store::Store& store);

    Settings get() const;
    /// Takes the members that are there. Waits for the disk. Errors: invalid_value.
    base::Result<void> change(nlohmann::json const& members);

private:
    store::Store& store_;
    mutable std::shared_mutex mutex_;  ///< guards `settings_`
    Settings settings_;
};

}  // namespace soyuz::watch
