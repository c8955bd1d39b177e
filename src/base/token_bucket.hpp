#pragma once

#include <algorithm>
#include <chrono>

#include "base/clock.hpp"

namespace soyuz::base {

/// How much may be done: `burst` at once, and `per_second` in the long run.
class TokenBucket {
public:
    TokenBucket(float per_second, float burst, Moment now)
        : per_second_(per_second), burst_(burst), left_(burst), since_(now) {}

    bool has_room(Moment now) {
        left_ = left_at(now);
        since_ = now;
        return left_ >= 1;
    }

    /// False, and nothing is taken, where there is no room for one; `cost` may be more than is left.
    bool take(Moment now, float cost = 1) {
        if (!has_room(now)) return false;
        left_ -= cost;
        return true;
    }

    /// Takes what may be more than is left: it has to come back before anything more is done.
    void charge(float cost) { left_ -= cost; }

    /// Until there is room for one more.
    std::chrono::milliseconds wait() const {
        return std::chrono::milliseconds{static_cast<long>(std::max(0.0F, (1 - left_) / per_second_) * 1000) + 1};
    }

    bool is_full(Moment now) const { return left_at(now) >= burst_; }

private:
    float left_at(Moment now) const {
        std::chrono::duration<float> const gone = now - since_;
        return std::min(burst_, left_ + gone.count() * per_second_);
    }

    float per_second_, burst_, left_;
    Moment since_;
};

}  // namespace soyuz::base
