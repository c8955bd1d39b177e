#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "chat/message.hpp"

namespace soyuz::chat {

/// Files that messages held until they were deleted: they stay on the disk for as long as that can be undone.
/// Thread-safe; in memory only, as a sweep finds what is left.
class DroppedFiles {
public:
    explicit DroppedFiles(base::Clock const& clock) : clock_(clock) {}

    /// A message changed: what it held `before` and no longer does is dropped.
    void note(Message const& before, Message const& after);
    /// Those that may go now, unless a message holds them again.
    std::vector<std::string> take_due();

private:
    struct Dropped {
        std::string file;
        base::Moment due;
    };

    base::Clock const& clock_;
    std::mutex mutex_;
    std::deque<Dropped> dropped_;  ///< oldest first
};

}  // namespace soyuz::chat
