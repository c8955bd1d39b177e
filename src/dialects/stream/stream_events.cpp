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

void Recent::add(chat::Message const& message, double threshold) {
    add({message.sent_at, message.sender->username, message.text, "chat", message.verdict.score >= threshold,
         message.verdict.score, 0, 0});
}

void Recent::add(live::Gift const& gift) { add({gift.at, gift.from_name, "", "gift", false, 0, gift.id, gift.amount}); }

void Recent::add(Entry entry) {
    std::lock_guard const lock{mutex_};
    entries_.push_back(std::move(entry));
    if (entries_.size() > most) entries_.pop_front();
}

Json Recent::list() const {
    auto list = Json::array();
    std::lock_guard const lock{mutex_};
    for (auto const& entry : entries_) {
        bool const is_gift = entry.type == "gift";
        list.push_back({{"ts", base::to_rfc3339(entry.at)},
                        {"user", entry.user},
                        {"msg", entry.text},
                        {"toxic", entry.is_toxic},
                        {"score", entry.score},
                        {"gift", is_gift ? Json(entry.gift) : Json{}},
                        {"amount", is_gift ? Json(entry.amount) : Json{}},
                        {"type", entry.type}});
    }
    return list;
}

void Recent::clear() {
    std::lock_guard const lock{mutex_};
    entries_.clear();
}

}  // namespace soyuz::dialects::stream
