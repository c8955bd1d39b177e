#include "watch/detection.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "watch/named.hpp"

namespace soyuz::watch {

namespace {

constexpr std::array<std::string_view, 4> finding_names{"object", "audio", "keyword", "sentiment"};
constexpr std::array<std::string_view, 4> event_types{"object_detection", "audio_detection", "chat_keyword_detection",
                                                      "chat_sentiment_detection"};
constexpr std::array<std::string_view, 4> severity_names{"none", "low", "medium", "high"};

}  // namespace

std::string_view name(Finding finding) { return finding_names[static_cast<std::size_t>(finding)]; }
std::optional<Finding> parse_finding(std::string_view text) { return value_named<Finding>(finding_names, text); }
std::string_view event_type(Finding finding) { return event_types[static_cast<std::size_t>(finding)]; }
std::optional<Finding> finding_of_event(std::string_view text) { return value_named<Finding>(event_types, text); }

std::optional<Detection> Detection::parse(std::string const& id, nlohmann::json const& json) {
    base::Members const fields{json};
    auto const finding = parse_finding(fields.text("finding"));
    if (!finding) return std::nullopt;
    Detection detection;
    detection.id = id;
    auto& alert = detection.alert;
    alert.stream = fields.text("stream");
    alert.finding = *finding;
    alert.subjects = fields.texts("subjects");
    alert.person = fields.text("person");
    alert.user = base::UserId{fields.text("user")};
    alert.message = base::parse_message_id(fields.text("message"));
    alert.text = fields.text("text");
    alert.score = fields.fraction("score");
    alert.sentiment = fields.fraction("sentiment");
    if (auto const* const boxes = fields.find("boxes"); boxes != nullptr && boxes->is_array()) {
        for (auto const& each : *boxes) {
            base::Members const box{each};
            alert.boxes.push_back({box.text("class"), box.fraction("confidence"), box.fraction("left"),
                                   box.fraction("top"), box.fraction("width"), box.fraction("height")});
        }
    }
    detection.severity =
        value_named<judge::Severity>(severity_names, fields.text("severity")).value_or(judge::Severity::medium);
    detection.count = static_cast<unsigned>(std::max<std::uint64_t>(1, fields.number("count")));
    detection.at = fields.time("at").value_or(base::Timestamp{});
    detection.last_at = fields.time("last_at").value_or(detection.at);
    for (auto const& text : fields.texts("times"))
        if (auto const time = base::parse_rfc3339(text)) detection.times.push_back(*time);
    detection.has_picture = fields.flag("picture");
    detection.case_id = fields.text("case");
    detection.acknowledged_by = base::UserId{fields.text("acknowledged_by")};
    detection.acknowledged_at = fields.time("acknowledged_at");
    detection.decided_by = base::UserId{fields.text("decided_by")};
    detection.decided_at = fields.time("decided_at");
    detection.was_upheld = fields.flag("upheld");
    return detection;
}

std::string Detection::document() const {
    base::Json json{{"stream", alert.stream},     {"finding", name(alert.finding)},      {"subjects", alert.subjects},
                    {"score", alert.score},       {"severity", judge::name(severity)},   {"count", count},
                    {"at", base::to_rfc3339(at)}, {"last_at", base::to_rfc3339(last_at)}};
    if (!alert.person.empty()) json["person"] = alert.person;
    if (!alert.user.empty()) json["user"] = alert.user.value;
    if (alert.message) json["message"] = base::to_string(*alert.message);
    if (!alert.text.empty()) json["text"] = alert.text;
    if (alert.sentiment < 0 || alert.sentiment > 0) json["sentiment"] = alert.sentiment;
    for (auto const& box : alert.boxes)
        json["boxes"].push_back({{"class", box.label},
                                 {"confidence", box.confidence},
                                 {"left", box.left},
                                 {"top", box.top},
                                 {"width", box.width},
                                 {"height", box.height}});
    for (auto const time : times) json["times"].push_back(base::to_rfc3339(time));
    if (has_picture) json["picture"] = true;
    if (!case_id.empty()) json["case"] = case_id;
    if (acknowledged_at) {
        json["acknowledged_by"] = acknowledged_by.value;
        json["acknowledged_at"] = base::to_rfc3339(*acknowledged_at);
    }
    if (decided_at) {
        json["decided_by"] = decided_by.value;
        json["decided_at"] = base::to_rfc3339(*decided_at);
        json["upheld"] = was_upheld;
    }
    return base::to_text(json);
}

}  // namespace soyuz::watch
