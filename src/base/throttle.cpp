#include "base/throttle.hpp"

namespace soyuz::base {

using std::chrono::milliseconds;

Throttle::Throttle(Clock const& clock, milliseconds span, std::size_t max_keys)
    : clock_(clock), span_(span), max_keys_(max_keys) {}

std::optional<milliseconds> Throttle::take(std::string const& key, std::size_t limit) {
    std::lock_guard const lock{mutex_};
    auto found = tracks_.find(key);
    if (found == tracks_.end()) {
        if (tracks_.size() >= max_keys_) {
            tracks_.erase(by_use_.front());
            by_use_.pop_front();
        }
        found = tracks_.try_emplace(key).first;
        found->second.place = by_use_.insert(by_use_.end(), key);
    } else {
        by_use_.splice(by_use_.end(), by_use_, found->second.place);
    }
    if (auto const left = wait(found->second, limit)) return left;
    found->second.tries.push_back(clock_.moment());
    return std::nullopt;
}

std::optional<milliseconds> Throttle::wait(std::string const& key, std::size_t limit) {
    std::lock_guard const lock{mutex_};
    auto const found = tracks_.find(key);
    return found == tracks_.end() ? std::nullopt : wait(found->second, limit);
}

std::optional<milliseconds> Throttle::wait(Track& track, std::size_t limit) const {
    auto const now = clock_.moment();
    auto& tries = track.tries;
    while (!tries.empty() && tries.front() <= now - span_) tries.pop_front();
    if (tries.size() < limit) return std::nullopt;
    return std::chrono::ceil<milliseconds>(tries[tries.size() - limit] + span_ - now);
}

void Throttle::give_back(std::string const& key) {
    std::lock_guard const lock{mutex_};
    auto const found = tracks_.find(key);
    if (found == tracks_.end()) return;
    if (!found->second.tries.empty()) found->second.tries.pop_back();
    if (!found->second.tries.empty()) return;
    by_use_.erase(found->second.place);
    tracks_.erase(found);
}

}  // namespace soyuz::base
