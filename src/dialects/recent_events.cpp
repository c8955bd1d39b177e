#include "dialects/recent_events.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace soyuz::dialects {

RecentEvents::RecentEvents(realtime::Hub& hub, base::Clock const& clock)
    : hub_(hub), clock_(clock), start_(base::random_id() + ".") {}

void RecentEvents::publish(base::RoomId const& room, std::string text, base::Seq seq, realtime::Dialect dialect) {
    std::lock_guard const lock(mutex_);
    ++newest_;
    publish_numbered(room, std::move(text), seq, dialect);
}

void RecentEvents::publish_to_topic(base::RoomId const& topic, std::string text, realtime::Dialect dialect) {
    std::lock_guard const lock(mutex_);
    ++newest_;
    publish_numbered(topic, std::move(text), newest_, dialect);
}

void RecentEvents::publish_numbered(base::RoomId const& room, std::string text, base::Seq seq,
                                    realtime::Dialect dialect) {
    auto const now = clock_.moment();
    auto& kept = kept_.emplace_back(Kept{now, newest_, {}});
    kept.event = {room, seq, net::encode_text(with_offset(std::move(text))), net::Importance::needed, dialect};
    bytes_ += kept.event.frame->size();
    // Within the lock, so that numbers and events have one order.
    hub_.publish(kept.event);
    drop_old(now);
}

void RecentEvents::publish_news(base::RoomId const& room, std::string text, realtime::Dialect dialect) {
    std::lock_guard const lock(mutex_);
    hub_.publish(room, with_offset(std::move(text)), 0, net::Importance::droppable, dialect);
}

void RecentEvents::keep_for_return(base::RoomId const& room, realtime::Dialect dialect) {
    std::lock_guard const lock(mutex_);
    auto const now = clock_.moment();
    if (returns_.size() >= forget_at_) {
        std::erase_if(returns_, [&](auto const& each) { return each.second < now; });
        forget_at_ = std::max<std::size_t>(1000, 2 * returns_.size());
    }
    returns_[{dialect, room}] = now + kept_for;
    last_return_.store(now + kept_for, std::memory_order_relaxed);
}

bool RecentEvents::is_kept(base::RoomId const& room, realtime::Dialect dialect) const {
    auto const now = clock_.moment();
    if (last_return_.load(std::memory_order_relaxed) < now) return false;
    std::lock_guard const lock(mutex_);
    auto const found = returns_.find({dialect, room});
    return found != returns_.end() && found->second >= now;
}

std::string RecentEvents::with_offset(std::string text) const {
    // Instead of the bracket that ends the arguments.
    text.pop_back();
    return text.append(",\"").append(start_).append(std::to_string(newest_)).append("\"]");
}

void RecentEvents::drop_old(base::Moment now) {
    while (!kept_.empty() && (bytes_ > most_bytes || now - kept_.front().at > kept_for)) {
        bytes_ -= kept_.front().event.frame->size();
        kept_.pop_front();
    }
}

std::optional<std::uint64_t> RecentEvents::number_of(std::string_view offset) const {
    if (!offset.starts_with(start_)) return std::nullopt;
    auto const digits = offset.substr(start_.size());
    std::uint64_t number = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    std::lock_guard const lock(mutex_);
    if (number > newest_) return std::nullopt;
    auto const oldest = kept_.empty() ? newest_ + 1 : kept_.front().number;
    return number + 1 >= oldest ? std::optional{number} : std::nullopt;
}

void RecentEvents::each_after(std::uint64_t number,
                              std::function<void(std::uint64_t, realtime::Published const&)> const& visit) const {
    std::lock_guard const lock(mutex_);
    if (kept_.empty()) return;
    // Numbers have no gaps.
    auto const first = kept_.front().number;
    for (auto i = number < first ? 0 : number + 1 - first; i < kept_.size(); ++i)
        visit(kept_[i].number, kept_[i].event);
}

}  // namespace soyuz::dialects
