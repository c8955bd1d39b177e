#include "dialects/monitor/monitor_shapes.hpp"

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "watch/watch.hpp"

namespace soyuz::dialects::monitor {

using Json = nlohmann::json;

namespace {

std::string username_of(base::UserId const& id, chat::Accounts const& accounts) {
    auto const user = id.empty() ? nullptr : accounts.find(id);
    return user ? user->username : std::string{};
}

}  // namespace

std::string status_of(watch::Stream const& stream) {
    return std::string{stream.state == watch::StreamState::failed ? "offline" : name(stream.state)};
}

Json stream_json(watch::Stream const& stream, watch::Watch const& watch, chat::Accounts const& accounts) {
    auto assignments = Json::array();
    for (auto const& each : watch.assignments.list(stream.id, {}, false)) {
        auto json = assignment_json(*each, accounts);
        json["agent_username"] = username_of(each->agent, accounts);
        assignments.push_back(std::move(json));
    }
    return {{"id", stream.id},
            {"room_url", stream.url},
            {"streamer_username", stream.streamer},
            {"platform", stream.platform},
            {"status", status_of(stream)},
            {"is_monitored", stream.is_wanted},
            {"notes", stream.notes},
            {"priority", name(stream.priority)},
            {"assignments", std::move(assignments)}};
}

Json assignment_json(watch::Assignment const& assignment, chat::Accounts const& accounts) {
    return {{"id", assignment.id},
            {"agent_id", assignment.agent.value},
            {"stream_id", assignment.stream},
            {"created_at", base::to_rfc3339(assignment.created_at)},
            {"assigned_by", username_of(assignment.assigned_by, accounts)},
            {"notes", assignment.notes},
            {"priority", name(assignment.priority)},
            {"status", assignment.is_active() ? "active" : "ended"}};
}

Json notification_json(watch::Notification const& notification, base::UserId const& reader, watch::Watch const& watch,
                       chat::Accounts const& accounts) {
    Json agent;
    if (!notification.stream.empty())
        for (auto const& each : watch.assignments.list(notification.stream, {}, false))
            agent = username_of(each->agent, accounts);
    return {{"id", notification.id},
            {"event_type", notification.event_type},
            {"timestamp", base::to_rfc3339(notification.at)},
            {"details", notification.details},
            {"read", watch::Notifications::is_read(notification, reader)},
            {"room_url", notification.room_url},
            {"streamer", notification.streamer},
            {"platform", notification.platform},
            {"assigned_agent", std::move(agent)}};
}

Json agent_json(chat::User const& agent, watch::Watch const& watch) {
    return {{"id", agent.id.value},
            {"username", agent.username},
            {"email", agent.email},
            {"role", chat::name(agent.role)},
            {"online", watch.presence().is_online(agent.id)},
            {"created_at", base::to_rfc3339(agent.created_at)}};
}

Json message_json(chat::Message const& message, chat::User const& receiver, bool is_read) {
    return {{"id", base::to_string(message.id)},
            {"sender_id", message.sender->id.value},
            {"receiver_id", receiver.id.value},
            {"message", message.text},
            {"timestamp", base::to_rfc3339(message.sent_at)},
            {"read", is_read},
            {"is_system", false},
            {"sender_username", message.sender->username},
            {"receiver_username", receiver.username}};
}

}  // namespace soyuz::dialects::monitor
