#include "chat/messages/dropped_files.hpp"

#include "chat/messages/recently_deleted.hpp"

namespace soyuz::chat {

namespace {
/// Undoing that began in time may need a moment.
constexpr std::chrono::seconds grace{5};
}  // namespace

void DroppedFiles::note(Message const& before, Message const& after) {
    if (before.attachments.empty()) return;
    auto const due = clock_.moment() + undo_time + grace;
    std::lock_guard const lock{mutex_};
    for (auto const& attachment : before.attachments)
        if (!holds_file(after, attachment.file)) dropped_.push_back({attachment.file, due});
}

std::vector<std::string> DroppedFiles::take_due() {
    std::vector<std::string> due;
    auto const now = clock_.moment();
    std::lock_guard const lock{mutex_};
    while (!dropped_.empty() && dropped_.front().due <= now) {
        due.push_back(std::move(dropped_.front().file));
        dropped_.pop_front();
    }
    return due;
}

}  // namespace soyuz::chat
