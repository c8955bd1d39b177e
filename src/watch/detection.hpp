#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "judge/judge.hpp"

namespace soyuz::watch {

/// What was found, and where it was looked for.
enum class Finding {
    object,     ///< in the picture
    audio,      ///< keywords in what was said
    keyword,    ///< in the chat
    sentiment,  ///< of a chat line
};
std::string_view name(Finding finding);
std::optional<Finding> parse_finding(std::string_view text);
/// As clients of notifications know it: "object_detection", "audio_detection", "chat_keyword_detection",
/// "chat_sentiment_detection".
std::string_view event_type(Finding finding);
std::optional<Finding> finding_of_event(std::string_view event_type);

/// Something in a picture. Edges in pixels.
struct Box {
    std::string label;
    double confidence = 0;
    double left = 0, top = 0, width = 0, height = 0;
};

/// What a detector reports.
struct Alert {
    std::string stream;
    Finding finding = Finding::keyword;
    std::vector<std::string> subjects;  ///< keywords or classes, in the order of their names
    std::string person;                 ///< who wrote it; "" where nobody did
    base::UserId user;                  ///< the same, where they have an account here
    std::optional<base::MessageId> message;
    std::string text;  ///< the chat line or transcript
    double score = 0;  ///< the engine's, or the highest confidence
    double sentiment = 0;
    std::vector<Box> boxes;
    std::string picture;  ///< bytes of a JPEG with the boxes drawn in; "" for none
    std::string case_id;  ///< of the case that there is already; "" for none
};

/// Something that was found in a stream, once or again: what the alert filter joined is one with a count.
struct Detection {
    std::string id;
    Alert alert;  ///< the first; `picture` is left out
    judge::Severity severity = judge::Severity::medium;
    unsigned count = 1;
    base::Timestamp at{}, last_at{};
    std::vector<base::Timestamp> times;  ///< of the newest, oldest first
    bool has_picture = false;
    std::string case_id;
    base::UserId acknowledged_by;
    std::optional<base::Timestamp> acknowledged_at;
    base::UserId decided_by;
    std::optional<base::Timestamp> decided_at;
    bool was_upheld = false;  ///< once it is decided

    static std::optional<Detection> parse(std::string const& id, nlohmann::json const& json);
    std::string document() const;
};
using DetectionPtr = std::shared_ptr<Detection const>;

}  // namespace soyuz::watch
