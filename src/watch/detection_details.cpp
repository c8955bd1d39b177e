#include "watch/detection_details.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

namespace soyuz::watch {

using nlohmann::json;

namespace {

std::string joined(std::vector<std::string> const& words) {
    std::string text;
    for (auto const& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string per_cent(double share) { return std::to_string(std::lround(share * 100)) + " %"; }

}  // namespace

std::string picture_url(Detection const& detection) {
    return detection.has_picture ? "/api/v1/detections/" + detection.id + "/picture" : std::string{};
}

json detection_details(Detection const& detection) {
    auto const& alert = detection.alert;
    json details{{"detection_id", detection.id},
                 {"stream_id", alert.stream},
                 {"severity", judge::name(detection.severity)},
                 {"keyword", alert.subjects}};
    switch (alert.finding) {
        case Finding::object: {
            details.erase("keyword");
            details["detections"] = json::array();
            for (auto const& box : alert.boxes)
                details["detections"].push_back(
                    {{"class", box.label},
                     {"confidence", box.confidence},
                     {"bbox", {box.left, box.top, box.left + box.width, box.top + box.height}},
                     {"timestamp", base::to_rfc3339(detection.at)}});
            details["annotated_image"] = detection.has_picture ? json(picture_url(detection)) : json{};
            break;
        }
        case Finding::audio: details["transcript"] = alert.text; break;
        case Finding::keyword:
        case Finding::sentiment:
            details["message"] = alert.text;
            details["username"] = alert.person;
            details["sentiment_score"] = alert.sentiment;
            details["score"] = alert.score;
            break;
    }
    return details;
}

std::string case_text(Detection const& detection) {
    auto const& alert = detection.alert;
    switch (alert.finding) {
        case Finding::object: {
            std::string text;
            for (auto const& box : alert.boxes)
                text += (text.empty() ? "" : ", ") + box.label + ' ' + per_cent(box.confidence);
            return text.empty() ? joined(alert.subjects) : text;
        }
        case Finding::audio: return alert.text.empty() ? joined(alert.subjects) : alert.text;
        case Finding::keyword:
        case Finding::sentiment: break;
    }
    // Who has an account here stands on the case as its author.
    return alert.user.empty() && !alert.person.empty() ? alert.person + ": " + alert.text : alert.text;
}

}  // namespace soyuz::watch
