#pragma once

#include <algorithm>
#include <chrono>

#include "base/clock.hpp"

namespace soyuz::realtime {

/// How many commands a connection may send: `burst` at once, and `per_second` in the long run.
class CommandBudget {
public:
    CommandBudget(float per_second, float burst, base::Moment now)
        : per_second_(per_second), burst_(burst), left_(burst), since_(now) {}

    bool has_room(base::Moment now) {
        std::chrono::duration<float> const gone = now - since_;
        since_ = now;
        left_ = std::min(burst_, left_ + gone.count() * per_second_);
        return left_ >= 1;
    }

    bool take(base::Moment now) {
        if (!has_room(now)) return false;
        left_ -= 1;
        return true;
    }

    /// Takes what may be more than is left: it has to come back before the next command.
    void charge(float commands) { left_ -= commands; }

    /// Until there is room for one more.
    std::chrono::milliseconds wait() const {
        return std::chrono::milliseconds{static_cast<long>(std::max(0.0F, (1 - left_) / per_second_) * 1000) + 1};
    }

private:
    float per_second_, burst_, left_;
    base::Moment since_;
};

}  // namespace soyuz::realtime
