#include "web/http/address_window.hpp"

#include "web/http/client_address.hpp"

namespace soyuz::web {

namespace {
constexpr std::size_t most_addresses = 50'000;
}

AddressWindow::AddressWindow(base::Clock const& clock, std::chrono::milliseconds span) : clock_(clock), span_(span) {}

std::optional<std::chrono::milliseconds> AddressWindow::admit(std::string const& address, std::size_t limit) {
    auto const now = clock_.moment();
    std::lock_guard lock(mutex_);
    if (seen_.size() >= most_addresses) forget_old(now);
    auto& times = seen_[limit_key(address)];
    while (!times.empty() && now - times.front() >= span_) times.pop_front();
    if (times.size() >= limit) {
        auto const left = times.empty() ? span_ : span_ - (now - times.front());
        return std::chrono::ceil<std::chrono::milliseconds>(left);
    }
    times.push_back(now);
    return std::nullopt;
}

void AddressWindow::give_back(std::string const& address) {
    std::lock_guard lock(mutex_);
    auto const found = seen_.find(limit_key(address));
    if (found != seen_.end() && !found->second.empty()) found->second.pop_back();
}

void AddressWindow::forget_old(base::Moment now) {
    std::erase_if(seen_, [&](auto const& entry) { return entry.second.empty() || now - entry.second.back() >= span_; });
    // A flood from very many addresses: starting afresh is kinder than refusing everybody.
    if (seen_.size() >= most_addresses) seen_.clear();
}

}  // namespace soyuz::web
