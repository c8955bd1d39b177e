#include "net/body_budget.hpp"

#include "base/address_key.hpp"

namespace soyuz::net {

BodyBudget::Share::~Share() {
    if (held_ > 0) budget_->give(key_, held_);
}

bool BodyBudget::Share::grow_to(std::size_t bytes) {
    if (bytes <= held_) return true;
    if (!budget_->take(key_, bytes - held_)) return false;
    held_ = bytes;
    return true;
}

std::shared_ptr<BodyBudget::Share> BodyBudget::share(std::string const& address, bool exempt) {
    return std::make_shared<Share>(shared_from_this(), exempt ? std::string() : base::address_key(address));
}

std::size_t BodyBudget::held() const {
    std::lock_guard const lock{mutex_};
    return held_;
}

bool BodyBudget::take(std::string const& key, std::size_t bytes) {
    std::lock_guard const lock{mutex_};
    if (bytes > total_ - held_) return false;
    if (!key.empty()) {
        auto const known = by_address_.find(key);
        if (bytes > each_ - (known == by_address_.end() ? 0 : known->second)) return false;
        by_address_[key] += bytes;
    }
    held_ += bytes;
    return true;
}

void BodyBudget::give(std::string const& key, std::size_t bytes) {
    std::lock_guard const lock{mutex_};
    held_ -= bytes;
    auto const known = by_address_.find(key);
    if (known == by_address_.end()) return;
    known->second -= bytes;
    if (known->second == 0) by_address_.erase(known);
}

}  // namespace soyuz::net
