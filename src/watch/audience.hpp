#pragma once

#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "watch/notification.hpp"
#include "watch/stream.hpp"

namespace soyuz::watch {

/// What became of a stream that those who watch should see at once.
enum class StreamAction { created, updated, deleted, status_update };
std::string_view name(StreamAction action);

/// What became of a notification.
enum class NotificationChange { read, updated, deleted, forwarded };
std::string_view name(NotificationChange change);

/// Hears of everything that people who watch should see. Calls come on the thread that made the change, outside any
/// lock; they hand on and return.
class Audience {
public:
    virtual ~Audience() = default;
    virtual void stream_changed(Stream const& stream, StreamAction action) = 0;
    /// Newly made. A notification that came again is a change of kind `updated`.
    virtual void notified(Notification const& notification) = 0;
    /// `by` alone sees it where they read or deleted it for themselves; else all who see the notification.
    virtual void notification_changed(Notification const& notification, NotificationChange change,
                                      base::UserId const& by) = 0;
};

}  // namespace soyuz::watch
