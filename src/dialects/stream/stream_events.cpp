#include "dialects/stream/stream_events.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/json.hpp"

namespace soyuz::dialects::stream {

using base::Json;

std::string chat(chat::Message const& message, double threshold) {
    return base::to_text({{"type", "chat"},
                          {"id", base::to_string(message.id)},
                          {"user", message.sender->username},
                          {"message", message.text},
                          {"toxic", message.verdict.score >= threshold},
                          {"score", message.verdict.score},
                          {"ts", base::to_rfc3339(message.sent_at)}});
}

std::string blocked(std::string_view username, std::string_view text, judge::Verdict const& verdict,
                    base::Timestamp at) {
    return base::to_text({{"type", "chat"},
                          {"id", nullptr},
                          {"user", username},
                          {"message", text},
                          {"toxic", true},
                          {"score", verdict.score},
                          {"ts", base::to_rfc3339(at)},
                          {"blocked", true},
                          {"reasons", verdict.reasons}});
}

std::string gift(live::Gift const& gift) {
    return base::to_text({{"type", "gift"},
                          {"from", gift.from_name},
                          {"gift_id", gift.id},
                          {"amount", gift.amount},
                          {"ts", base::to_rfc3339(gift.at)}});
}

std::string muted(base::Error const& error) {
    Json json{{"type", "muted"}, {"message", error.message}, {"muted_until", nullptr}};
    if (error.until) json["muted_until"] = base::to_rfc3339(*error.until);
    return base::to_text(json);
}

std::string error(std::string_view code, std::string_view detail) {
    return base::to_text({{"error", code}, {"detail", detail}});
}

}  // namespace soyuz::dialects::stream
