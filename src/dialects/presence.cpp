#include "dialects/presence.hpp"

#include <algorithm>
#include <unordered_map>

#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "dialects/channels_events.hpp"
#include "dialects/messenger_events.hpp"
#include "dialects/monitor/monitor_events.hpp"
#include "dialects/room_events.hpp"
#include "dialects/session.hpp"
#include "dialects/topics.hpp"
#include "realtime/room_news.hpp"

namespace soyuz::dialects {

using namespace std::chrono_literals;
using realtime::Dialect;

namespace {

constexpr auto interval = 250ms;
constexpr std::size_t most_names = 1000;
constexpr std::size_t most_changes = 100;  // in one interval: more names than that nobody reads

}  // namespace

Presence::Presence(realtime::Hub& hub, RecentEvents& events, net::Loop& loop, chat::Accounts const& accounts,
                   chat::Rooms const& rooms)
    : hub_(hub), events_(events), loop_(loop), accounts_(accounts), rooms_(rooms) {
    hub_.online().take_movements();
    schedule();
}

void Presence::schedule() {
    loop_.after(interval, [this] {
        tell();
        schedule();
    });
}

Presence::Changes Presence::take_changes() {
    // Who only came back, or only looked in, did neither.
    std::unordered_map<base::UserId, std::pair<bool, bool>> first_and_last;
    for (auto const& [user, came] : hub_.online().take_movements()) {
        auto const [at, is_new] = first_and_last.try_emplace(user, came, came);
        if (!is_new) at->second.second = came;
    }
    Changes changes;
    for (auto const& [user, moves] : first_and_last) {
        if (moves.first != moves.second) continue;
        auto& names = moves.second ? changes.came : changes.went;
        auto const account = accounts_.find(user);
        if (account && names.size() < most_changes) names.push_back(account->username);
    }
    return changes;
}

void Presence::tell() {
    auto const changes = take_changes();
    if (changes.came.empty() && changes.went.empty()) return;
    if (hub_.is_spoken(Dialect::messenger)) {
        for (auto const& name : changes.came) tell_everybody(Dialect::messenger, messenger_events::user_joined(name));
        for (auto const& name : changes.went) tell_everybody(Dialect::messenger, messenger_events::user_left(name));
        tell_everybody(Dialect::messenger, messenger_events::online_users(online_names(hub_.online(), accounts_)));
    }
    if (hub_.is_spoken(Dialect::channels)) {
        for (auto const& name : changes.came)
            tell_everybody(Dialect::channels, channels_events::user_status(name, true));
        for (auto const& name : changes.went)
            tell_everybody(Dialect::channels, channels_events::user_status(name, false));
    }
    tell_monitors(changes.came, true);
    tell_monitors(changes.went, false);
    if (hub_.is_spoken(Dialect::room))
        events_.publish_news(rooms_.lobby()->id, room_events::online_users(hub_.online().connected_count()),
                             Dialect::room);
    hub_.flush();
}

void Presence::tell_monitors(std::vector<std::string> const& names, bool online) {
    for (auto const dialect : monitor::message_dialects) {
        if (!hub_.is_spoken(dialect)) continue;
        for (auto const& name : names) {
            auto const user = accounts_.find_by_name(name);
            if (user)
                tell_everybody(dialect,
                               monitor::in_name_space(monitor::events::user_status(user->id.value, name, online),
                                                      monitor::name_space_of(dialect)));
        }
    }
}

void Presence::tell_everybody(Dialect dialect, std::string const& text) {
    events_.publish_news(topics::everybody(), text, dialect);
}

std::vector<std::string> online_names(realtime::OnlineUsers const& online, chat::Accounts const& accounts) {
    std::vector<std::string> names;
    for (auto const& user : online.connected(most_names))
        if (auto const account = accounts.find(user)) names.push_back(account->username);
    std::sort(names.begin(), names.end());
    return names;
}

void tell_room_of(Session& session, std::string_view what) {
    auto& hub = session.hub();
    auto const lobby = session.services().rooms.lobby();
    if (!hub.is_followed(lobby->id, Dialect::room)) return;
    auto const text = session.user->display_name + std::string{what};
    session.services().events.publish_news(lobby->id, room_events::notice(text, session.services().clock.now()),
                                           Dialect::room);
    hub.flush();
}

void tell_of_typing(Session& session, chat::User const& other, bool on) {
    auto const& services = session.services();
    if (auto const room = services.rooms.find_direct(session.user->id, other.id))
        return services.news.typing(room->id, session.user->username, on);
    publish_typing(services.hub, services.events, *session.user, other.id, on);
    services.hub.flush();
}

void publish_typing(realtime::Hub const& hub, RecentEvents& events, chat::User const& sender,
                    base::UserId const& receiver, bool on) {
    auto const topic = topics::of_account(receiver);
    if (hub.is_spoken(Dialect::messenger) && hub.is_followed(topic, Dialect::messenger))
        events.publish_news(topic, messenger_events::user_typing(sender.username, on), Dialect::messenger);
    if (hub.is_spoken(Dialect::channels) && hub.is_followed(topic, Dialect::channels))
        events.publish_news(topic, channels_events::user_typing_dm(sender, on), Dialect::channels);
    for (auto const dialect : monitor::message_dialects) {
        if (!hub.is_spoken(dialect) || !hub.is_followed(topic, dialect)) continue;
        auto text = monitor::events::typing(sender.username, on);
        events.publish_news(topic, monitor::in_name_space(std::move(text), monitor::name_space_of(dialect)), dialect);
    }
}

}  // namespace soyuz::dialects
