#include "web/http/open_sockets.hpp"

namespace soyuz::web {

OpenSockets::Place OpenSockets::open(std::string const& key, std::size_t most) {
    std::lock_guard const lock(state_->mutex);
    auto const counted = state_->counts.try_emplace(key).first;
    if (counted->second >= most) {
        if (counted->second == 0) state_->counts.erase(counted);
        return nullptr;
    }
    ++counted->second;
    return {state_.get(), [state = state_, key](void*) {
                std::lock_guard const end(state->mutex);
                auto const left = state->counts.find(key);
                if (--left->second == 0) state->counts.erase(left);
            }};
}

std::size_t OpenSockets::count(std::string const& key) const {
    std::lock_guard const lock(state_->mutex);
    auto const found = state_->counts.find(key);
    return found == state_->counts.end() ? 0 : found->second;
}

}  // namespace soyuz::web
