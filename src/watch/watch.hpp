#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "chat/observer.hpp"
#include "chat/user.hpp"
#include "watch/assignments.hpp"
#include "watch/audience.hpp"
#include "watch/detections.hpp"
#include "watch/evidence.hpp"
#include "watch/notifications.hpp"
#include "watch/settings.hpp"
#include "watch/streams.hpp"
#include "watch/transcripts.hpp"
#include "watch/watchlist.hpp"

namespace soyuz::moderation {
class Cases;
}
namespace soyuz::chat {
class Accounts;
class Rooms;
}  // namespace soyuz::chat
namespace soyuz::live {
class Stages;
}

namespace soyuz::watch {

/// Streams that staff and agents watch: what is found in them becomes a case and a notification, and whoever watches
/// hears of it. Thread-safe. What returns a Result waits for the disk unless it says otherwise, and is for workers.
/// Whether somebody may do it is for the caller to check, with `may_see`.
class Watch {
public:
    /// All of it outlives the watch.
    struct Services {
        store::Store& store;
        base::Clock const& clock;
        chat::Accounts const& accounts;
        chat::Rooms const& rooms;
        moderation::Cases& cases;
        live::Stages& stages;
        chat::Presence const& presence;
    };
    struct Folders {
        std::filesystem::path pictures, transcripts;  ///< empty: nothing is kept
    };
    Watch(Services services, Folders const& folders);

    /// Set before anybody comes; all are kept.
    void tell(std::vector<Audience*> audience) { audience_ = std::move(audience); }

    // Streams.

    struct NewStream {
        Streams::Draft draft;
        base::UserId agent;  ///< empty: the one with the fewest assignments
        std::string notes;   ///< of the assignment
    };
    /// Assigns it, where there is an agent. Errors as `Streams::add` and `Assignments::assign`.
    base::Result<StreamPtr> add_stream(chat::User const& by, NewStream wanted);
    base::Result<StreamPtr> change_stream(chat::User const& by, std::string_view id, Streams::Draft const& draft);
    /// With all that was found in it.
    base::Result<void> remove_stream(chat::User const& by, std::string_view id);
    base::Result<StreamPtr> set_wanted(std::string_view id, bool wanted);
    base::Result<StreamPtr> set_state(std::string_view id, StreamState state);
    /// What somebody who fetches streams found out. Don't wait.
    void set_online(std::string_view id, bool is_online);
    void fail(std::string_view id, std::string reason);

    // Who looks after them.

    base::Result<Assignments::Assigned> assign(chat::User const& by, Assignments::Draft const& draft);
    base::Result<AssignmentPtr> change_assignment(chat::User const& by, std::string_view id,
                                                  std::optional<std::string> const& notes,
                                                  std::optional<Priority> priority);
    base::Result<AssignmentPtr> unassign(chat::User const& by, std::string_view id);

    /// Staff see all streams, agents theirs.
    bool may_see(chat::User const& user, std::string_view stream) const;
    std::vector<StreamPtr> visible_to(chat::User const& user) const;

    // What is found.

    /// None where the stream isn't monitored. Doesn't wait.
    std::optional<Detections::Reported> report(Alert alert);
    base::Result<DetectionPtr> acknowledge(chat::User const& by, std::string_view detection);
    /// A case about a detection was decided or opened again.
    void case_changed(moderation::Case const& the_case);

    // Notifications.

    /// As a program or an admin makes one. Waits for the disk.
    base::Result<Notifications::Added> notify(Notification made);
    base::Result<NotificationPtr> mark_notification(chat::User const& by, std::string_view id, bool read);
    base::Result<std::size_t> mark_all_read(chat::User const& by);
    base::Result<NotificationPtr> remove_notification(chat::User const& by, std::string_view id);
    base::Result<std::size_t> remove_all_notifications(chat::User const& by);
    base::Result<NotificationPtr> forward(chat::User const& by, std::string_view id, base::UserId const& agent);
    base::Result<NotificationPtr> acknowledge_notification(chat::User const& by, std::string_view id);
    base::Result<NotificationPtr> change_notification(chat::User const& by, std::string_view id,
                                                      nlohmann::json details);

    /// About once a second: live rooms of this server come, change and go. Doesn't wait.
    void tick();
    /// Now and then: what has been kept for long enough goes. Blocks on the disk.
    void sweep();

    Streams streams;
    Watchlist watchlist;
    Assignments assignments;
    Notifications notifications;
    Evidence evidence;
    Transcripts transcripts;
    Detections detections;
    WatchSettings settings;

    base::Clock const& clock() const { return services_.clock; }
    chat::Presence const& presence() const { return services_.presence; }

private:
    void tell_stream(Stream const& stream, StreamAction action);
    void tell_change(NotificationPtr const& changed, NotificationChange change, base::UserId const& by);
    /// Makes one about a stream for its agents and, unless it is for these alone, staff. Doesn't wait.
    void notify_of(Stream const& stream, std::string_view event_type, nlohmann::json details, std::set<base::UserId> to,
                   std::string const& detection = {});
    void tell_status(Stream const& stream);
    std::string open_case(Stream const& stream, Detection const& detection);

    Services const services_;
    std::vector<Audience*> audience_;
    std::mutex told_mutex_;                                              ///< guards `told_`
    std::map<std::pair<std::string, base::UserId>, base::Moment> told_;  ///< of a stream's state, and when
};

}  // namespace soyuz::watch
