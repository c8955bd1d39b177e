#include "live/pulse/pulse.hpp"

#include <algorithm>
#include <utility>

namespace soyuz::live {

namespace {

/// The beginning of a text, without a character that is cut in two.
std::string beginning(std::string text, std::size_t most) {
    if (text.size() <= most) return text;
    auto end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
    return text + "…";
}

}  // namespace

PulseMinute& Pulse::minute_of(base::Timestamp at) {
    auto const begin = std::chrono::floor<std::chrono::minutes>(at);
    // What is committed late belongs to the present minute.
    if (minutes_.empty() || minutes_.back().at < begin) {
        minutes_.push_back({begin, 0, 0, 0, 0, viewers_});
        if (minutes_.size() > most_minutes) minutes_.pop_front();
    }
    return minutes_.back();
}

void Pulse::add(PulseEntry entry, double threshold) {
    entry.number = ++newest_;
    entry.text = beginning(std::move(entry.text), most_text);
    changed_at_ = entry.at;
    auto& minute = minute_of(entry.at);
    if (entry.is_gift()) {
        minute.gifts += entry.amount;
    } else {
        ++minute.messages;
        if (entry.is_toxic(threshold)) ++minute.toxic;
        if (entry.is_blocked()) ++minute.blocked;
        for (auto const& reason : entry.reasons) ++categories_[reason];
    }
    entries_.push_back(std::move(entry));
    if (entries_.size() > most_entries) entries_.pop_front();
}

void Pulse::sample(base::Timestamp now, std::size_t viewers) {
    viewers_ = viewers;
    auto& minute = minute_of(now);
    minute.viewers = std::max(minute.viewers, viewers);
    changed_at_ = now;
}

void Pulse::forget_text(base::MessageId const& id) {
    for (auto& entry : entries_)
        if (entry.id == id) entry.text.clear();
}

void Pulse::clear() {
    entries_.clear();
    minutes_.clear();
    categories_.clear();
}

}  // namespace soyuz::live
