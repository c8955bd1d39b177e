#include "watch/watch.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "live/stages.hpp"
#include "moderation/cases/cases.hpp"
#include "store/commit_later.hpp"
#include "watch/detection_details.hpp"

namespace soyuz::watch {

using base::Code;
using base::Error;
using base::Result;
using base::UserId;
using nlohmann::json;

namespace {

constexpr std::chrono::seconds status_told_every{300};

Error no_such_stream() { return {Code::not_found, "There is no such stream."}; }

bool is_on(live::Phase phase) { return phase == live::Phase::live || phase == live::Phase::interrupted; }

/// Was something done about it?
bool is_upheld(moderation::Decision action) {
    using moderation::Decision;
    return action == Decision::remove || action == Decision::warn || action == Decision::mute ||
           action == Decision::ban || action == Decision::reject;
}

}  // namespace

Watch::Watch(Services services, Folders const& folders)
    : streams(services.store, services.clock),
      watchlist(services.store, services.clock),
      assignments(services.store, services.accounts, services.clock),
      notifications(services.store, assignments, services.clock),
      evidence(folders.pictures),
      transcripts(folders.transcripts),
      detections(services.store, evidence, services.clock),
      settings(services.store),
      services_(services) {}

void Watch::tell_stream(Stream const& stream, StreamAction action) {
    for (auto* const each : audience_) each->stream_changed(stream, action);
}

void Watch::tell_change(NotificationPtr const& changed, NotificationChange change, UserId const& by) {
    for (auto* const each : audience_) each->notification_changed(*changed, change, by);
}

void Watch::notify_of(Stream const& stream, std::string_view event_type, json details, std::set<UserId> to,
                      std::string const& detection) {
    Notification made;
    made.event_type = event_type;
    made.stream = stream.id;
    made.room_url = stream.url;
    made.streamer = stream.streamer;
    made.platform = stream.platform;
    made.details = std::move(details);
    made.to = std::move(to);
    made.detection = detection;
    auto const added = notifications.add(std::move(made));
    if (!added.is_new) return;
    for (auto* const each : audience_) each->notified(*added.notification);
}

void Watch::tell_status(Stream const& stream) {
    auto const now = services_.clock.moment();
    auto to = assignments.agents_of(stream.id);
    Notification made;
    {
        std::lock_guard const lock{told_mutex_};
        std::erase_if(told_, [&](auto const& each) { return now - each.second >= status_told_every; });
        auto const is_told = [&](UserId const& user) { return !told_.try_emplace({stream.id, user}, now).second; };
        std::erase_if(to, is_told);
        // Staff are told as one.
        made.is_for_staff = !is_told({});
    }
    if (to.empty() && !made.is_for_staff) return;
    made.event_type = "stream_status_update";
    made.stream = stream.id;
    made.room_url = stream.url;
    made.streamer = stream.streamer;
    made.platform = stream.platform;
    made.details = {{"status", name(stream.state)}, {"reason", stream.reason}, {"stream_id", stream.id}};
    made.to = std::move(to);
    auto const added = notifications.add(std::move(made));
    if (!added.is_new) return;
    for (auto* const each : audience_) each->notified(*added.notification);
}

Result<StreamPtr> Watch::add_stream(chat::User const& by, NewStream wanted) {
    if (!wanted.agent.empty()) {
        auto const agent = services_.accounts.find(wanted.agent);
        if (!agent || agent->deleted || agent->role != chat::Role::agent)
            return base::invalid_field("agent_id", "This must be somebody whose role is agent.");
    }
    auto made = streams.add(by.id, wanted.draft);
    if (!made) return made;
    auto const& stream = **made;
    tell_stream(stream, StreamAction::created);
    notify_of(stream, "stream_created", {{"stream_id", stream.id}, {"by", by.username}}, {});
    auto agent = wanted.agent;
    if (agent.empty())
        if (auto const least = assignments.least_loaded(services_.presence)) agent = least->id;
    if (!agent.empty()) {
        auto const assigned = assign(by, {stream.id, agent, wanted.notes, stream.priority});
        if (!assigned) base::log::warn("a new stream has no agent", {{"reason", assigned.error().message}});
    }
    return made;
}

Result<StreamPtr> Watch::change_stream(chat::User const&, std::string_view id, Streams::Draft const& draft) {
    auto changed = streams.change(id, draft);
    if (changed) tell_stream(**changed, StreamAction::updated);
    return changed;
}

Result<void> Watch::remove_stream(chat::User const& by, std::string_view id) {
    auto const gone = streams.remove(id);
    if (!gone) return gone.error();
    auto const& stream = **gone;
    auto const agents = assignments.agents_of(stream.id);
    assignments.end_all_of(stream.id);
    detections.remove_of(stream.id);
    transcripts.remove_all(stream.id);
    notifications.remove_of(stream.id);
    tell_stream(stream, StreamAction::deleted);
    notify_of(stream, "stream_deleted", {{"stream_id", stream.id}, {"by", by.username}}, agents);
    return {};
}

Result<StreamPtr> Watch::set_wanted(std::string_view id, bool wanted) {
    auto changed = streams.want(id, wanted);
    if (changed) {
        tell_stream(**changed, StreamAction::status_update);
        tell_status(**changed);
    }
    return changed;
}

Result<StreamPtr> Watch::set_state(std::string_view id, StreamState state) {
    auto changed = streams.set_state(id, state);
    if (changed) {
        tell_stream(**changed, StreamAction::status_update);
        tell_status(**changed);
    }
    return changed;
}

void Watch::set_online(std::string_view id, bool is_online) {
    auto const changed = streams.set_online(id, is_online);
    if (!changed) return;
    tell_stream(*changed, StreamAction::status_update);
    tell_status(*changed);
}

void Watch::fail(std::string_view id, std::string reason) {
    auto const changed = streams.fail(id, std::move(reason));
    if (!changed) return;
    tell_stream(*changed, StreamAction::status_update);
    tell_status(*changed);
}

Result<Assignments::Assigned> Watch::assign(chat::User const& by, Assignments::Draft const& draft) {
    auto const stream = streams.find(draft.stream);
    if (!stream) return no_such_stream();
    auto assigned = assignments.assign(by.id, draft);
    if (!assigned || !assigned->is_new) return assigned;
    tell_stream(*stream, StreamAction::updated);
    auto const agent = services_.accounts.find(draft.agent);
    notify_of(*stream, "stream_assigned",
              {{"stream_id", stream->id},
               {"assignment_id", assigned->assignment->id},
               {"agent", agent ? agent->username : ""},
               {"by", by.username},
               {"notes", assigned->assignment->notes}},
              {draft.agent});
    return assigned;
}

Result<AssignmentPtr> Watch::change_assignment(chat::User const& by, std::string_view id,
                                               std::optional<std::string> const& notes,
                                               std::optional<Priority> priority) {
    auto changed = assignments.change(id, notes, priority);
    if (!changed) return changed;
    if (auto const stream = streams.find((*changed)->stream))
        notify_of(*stream, "assignment_updated",
                  {{"stream_id", stream->id},
                   {"assignment_id", (*changed)->id},
                   {"by", by.username},
                   {"notes", (*changed)->notes},
                   {"priority", name((*changed)->priority)}},
                  {(*changed)->agent});
    return changed;
}

Result<AssignmentPtr> Watch::unassign(chat::User const& by, std::string_view id) {
    auto ended = assignments.end(id);
    if (!ended) return ended;
    if (auto const stream = streams.find((*ended)->stream)) {
        tell_stream(*stream, StreamAction::updated);
        notify_of(*stream, "stream_unassigned",
                  {{"stream_id", stream->id}, {"assignment_id", (*ended)->id}, {"by", by.username}}, {(*ended)->agent});
    }
    return ended;
}

bool Watch::may_see(chat::User const& user, std::string_view stream) const {
    if (user.role >= chat::Role::moderator) return true;
    return user.role == chat::Role::agent && assignments.is_assigned(user.id, stream);
}

std::vector<StreamPtr> Watch::visible_to(chat::User const& user) const {
    auto all = streams.all();
    if (user.role >= chat::Role::moderator) return all;
    auto const own = user.role == chat::Role::agent ? assignments.streams_of(user.id) : std::set<std::string>{};
    std::erase_if(all, [&](StreamPtr const& each) { return !own.contains(each->id); });
    return all;
}

std::string Watch::open_case(Stream const& stream, Detection const& detection) {
    auto const& alert = detection.alert;
    moderation::Incident incident;
    incident.kind = moderation::Case::Kind::detection;
    incident.occasion = {judge::Occasion::Kind::message, stream.room, alert.user};
    incident.text = case_text(detection);
    incident.message = alert.message;
    incident.stream = stream.id;
    incident.detection = detection.id;
    return services_.cases.record(std::move(incident))->id;
}

std::optional<Detections::Reported> Watch::report(Alert alert) {
    auto const stream = streams.find(alert.stream);
    if (!stream || stream->state != StreamState::monitoring) return std::nullopt;
    auto reported =
        detections.report(std::move(alert), [&](Detection const& detection) { return open_case(*stream, detection); });
    auto const& detection = *reported.detection;
    if (reported.is_new) {
        notify_of(*stream, event_type(detection.alert.finding), detection_details(detection),
                  assignments.agents_of(stream->id), detection.id);
    } else if (auto const again = notifications.happened_again(detection.id, detection.count)) {
        tell_change(again, NotificationChange::updated, {});
    }
    return reported;
}

Result<DetectionPtr> Watch::acknowledge(chat::User const& by, std::string_view id) {
    auto acknowledged = detections.acknowledge(id, by.id);
    if (!acknowledged) return acknowledged;
    if (auto const told = notifications.of_detection(id); told && !told->acknowledged_at)
        if (auto const changed = notifications.acknowledge(by, told->id))
            tell_change(*changed, NotificationChange::updated, {});
    return acknowledged;
}

void Watch::case_changed(moderation::Case const& the_case) {
    auto const found =
        the_case.detection.empty() ? detections.of_case(the_case.id) : detections.find(the_case.detection);
    if (!found) return;
    if (the_case.open) {
        if (found->decided_at) detections.decided(found->id, {}, false);
        return;
    }
    if (!the_case.decision || found->decided_at) return;
    if (the_case.decision->action == moderation::Decision::expired) return;
    detections.decided(found->id, the_case.decision->by, is_upheld(the_case.decision->action));
}

Result<Notifications::Added> Watch::notify(Notification made) {
    if (made.stream.empty())
        if (auto const stream = streams.find_by_url(made.room_url)) made.stream = stream->id;
    if (auto const stream = streams.find(made.stream)) {
        made.streamer = stream->streamer;
        made.platform = stream->platform;
        auto agents = assignments.agents_of(stream->id);
        made.to.merge(agents);
    }
    Records<Notification>::Written written;
    auto added = notifications.add(std::move(made), &written);
    if (!added.is_new) return added;
    if (auto const done = store::wait_for(std::move(written)); !done) return done.error();
    for (auto* const each : audience_) each->notified(*added.notification);
    return added;
}

Result<NotificationPtr> Watch::mark_notification(chat::User const& by, std::string_view id, bool read) {
    auto changed = notifications.mark(by, id, read);
    if (changed) tell_change(*changed, read ? NotificationChange::read : NotificationChange::updated, by.id);
    return changed;
}

Result<std::size_t> Watch::mark_all_read(chat::User const& by) {
    auto const unread = notifications.list(by, {.is_read = false, .per_page = Notifications::most});
    auto count = notifications.mark_all_read(by);
    if (count)
        for (auto const& each : unread.items) tell_change(each, NotificationChange::read, by.id);
    return count;
}

Result<NotificationPtr> Watch::remove_notification(chat::User const& by, std::string_view id) {
    auto changed = notifications.remove(by, id);
    if (changed) tell_change(*changed, NotificationChange::deleted, by.id);
    return changed;
}

Result<std::size_t> Watch::remove_all_notifications(chat::User const& by) {
    auto const all = notifications.list(by, {.per_page = Notifications::most});
    auto count = notifications.remove_all(by);
    if (count)
        for (auto const& each : all.items) tell_change(each, NotificationChange::deleted, by.id);
    return count;
}

Result<NotificationPtr> Watch::forward(chat::User const& by, std::string_view id, UserId const& agent) {
    auto const to = services_.accounts.find(agent);
    if (!to || to->deleted || to->role < chat::Role::agent)
        return base::invalid_field("agent_id", "This must be an agent or somebody of the staff.");
    auto changed = notifications.forward(by, id, agent);
    if (changed) tell_change(*changed, NotificationChange::forwarded, {});
    return changed;
}

Result<NotificationPtr> Watch::acknowledge_notification(chat::User const& by, std::string_view id) {
    auto changed = notifications.acknowledge(by, id);
    if (!changed) return changed;
    tell_change(*changed, NotificationChange::updated, {});
    if (!(*changed)->detection.empty()) {
        auto const acknowledged = detections.acknowledge((*changed)->detection, by.id);
        // The detection may be gone by now, and its notification is not.
        if (!acknowledged && acknowledged.error().code != Code::not_found) return acknowledged.error();
    }
    return changed;
}

Result<NotificationPtr> Watch::change_notification(chat::User const& by, std::string_view id, json details) {
    auto changed = notifications.change_details(by, id, std::move(details));
    if (changed) tell_change(*changed, NotificationChange::updated, {});
    return changed;
}

void Watch::tick() {
    std::set<std::string> present;
    for (auto const& room : services_.rooms.all()) {
        if (room->kind != chat::Room::Kind::live) continue;
        auto const stage = services_.stages.find(room->id);
        auto const state = stage ? stage->state() : live::StageState{};
        auto const host = services_.accounts.find(state.host.empty() ? room->creator : state.host);
        bool is_new = false;
        auto const stream = streams.keep_own(
            {room->id, "/live/" + room->name, room->title, host ? host->username : std::string{}}, is_new);
        present.insert(stream->id);
        if (is_new) tell_stream(*stream, StreamAction::created);
        set_online(stream->id, is_on(state.phase));
    }
    for (auto const& stream : streams.all()) {
        if (!stream->is_own() || present.contains(stream->id)) continue;
        streams.drop_own(stream->id);
        assignments.end_all_of(stream->id);
        detections.remove_of(stream->id);
        transcripts.remove_all(stream->id);
        notifications.remove_of(stream->id);
        tell_stream(*stream, StreamAction::deleted);
    }
}

void Watch::sweep() {
    auto const kept = settings.get();
    std::chrono::hours const span{24 * kept.kept_days};
    detections.sweep(span, kept.kept_bytes);
    notifications.sweep(span);
    transcripts.sweep(services_.clock.now() - span);
}

}  // namespace soyuz::watch
