#include "chat/accounts/throttle.hpp"

#include <arpa/inet.h>

namespace soyuz::chat {

using std::chrono::milliseconds;

Throttle::Throttle(base::Clock const& clock, milliseconds span, std::size_t max_keys)
    : clock_(clock), span_(span), max_keys_(max_keys) {}

milliseconds Throttle::take(std::string const& key, std::size_t limit) {
    if (limit == 0) return milliseconds{0};
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
    if (auto const left = wait(found->second, limit); left > milliseconds{0}) return left;
    found->second.tries.push_back(clock_.moment());
    return milliseconds{0};
}

milliseconds Throttle::wait(std::string const& key, std::size_t limit) {
    if (limit == 0) return milliseconds{0};
    std::lock_guard const lock{mutex_};
    auto const found = tracks_.find(key);
    return found == tracks_.end() ? milliseconds{0} : wait(found->second, limit);
}

milliseconds Throttle::wait(Track& track, std::size_t limit) const {
    auto const now = clock_.moment();
    auto& tries = track.tries;
    while (!tries.empty() && tries.front() <= now - span_) tries.pop_front();
    if (tries.size() < limit) return milliseconds{0};
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

std::string address_key(std::string_view address) {
    std::string text{address};
    in6_addr parsed{};
    if (text.find(':') == std::string::npos || inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return text;
    if (IN6_IS_ADDR_V4MAPPED(&parsed)) return text.substr(text.rfind(':') + 1);
    return {reinterpret_cast<char const*>(&parsed), 8};
}

}  // namespace soyuz::chat
