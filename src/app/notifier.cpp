#include "app/notifier.hpp"

#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "watch/watch.hpp"

namespace soyuz::app {

namespace {

/// What a letter says: which stream and what kind of thing. Words of those who wrote there stay on the page.
std::string text_of(watch::Notification const& notification) {
    auto text = notification.event_type;
    for (auto& each : text)
        if (each == '_') each = ' ';
    auto const& who = notification.streamer.empty() ? notification.room_url : notification.streamer;
    if (!who.empty()) text += ": " + who;
    if (!notification.platform.empty()) text += " (" + notification.platform + ')';
    return text;
}

outward::Urgency urgency_of(watch::Notification const& notification) {
    auto const severity = notification.details.value("severity", std::string{});
    if (severity == "high") return outward::Urgency::urgent;
    return notification.detection.empty() ? outward::Urgency::low : outward::Urgency::normal;
}

}  // namespace

Notifier::Notifier(store::Store& store, chat::Accounts const& accounts, watch::Watch& watch, base::Clock const& clock)
    : settings(store),
      people(store, clock),
      accounts_(accounts),
      watch_(watch),
      mail_(settings, clock, [this](base::UserId const& user) { return mail_address(user); }),
      telegram_(settings, people, bot_hooks()),
      queue_(store, people, clock, {&mail_, &telegram_}) {}

void Notifier::start() {
    queue_.start();
    telegram_.start();
}

void Notifier::stop() {
    telegram_.stop();
    queue_.stop();
}

std::string Notifier::mail_address(base::UserId const& user) const {
    auto const account = accounts_.find(user);
    return account && !account->deleted ? account->email : std::string{};
}

void Notifier::write_to(base::UserId const& user, watch::Notification const& notification) {
    auto const wishes = people.of(user);
    outward::Letter letter;
    letter.user = user;
    letter.kind = notification.event_type + ' ' + notification.stream;
    letter.subject = "Soyuz: " + text_of(notification);
    letter.text = "Look at it on the page of your notifications: /streams#notifications\n" + notification.id + '\n';
    letter.urgency = urgency_of(notification);
    for (auto const& [channel, is_wanted] :
         {std::pair{mail_.name(), wishes.mail}, {telegram_.name(), wishes.telegram && !wishes.chat.empty()}}) {
        if (!is_wanted) continue;
        letter.channel = channel;
        queue_.add(letter);
    }
}

void Notifier::notified(watch::Notification const& notification) {
    auto to = notification.to;
    if (!notification.stream.empty()) to.merge(watch_.assignments.agents_of(notification.stream));
    if (notification.is_for_staff)
        for (auto const& user : accounts_.all())
            if (!user->deleted && user->role >= chat::Role::moderator) to.insert(user->id);
    for (auto const& user : to) write_to(user, notification);
}

void Notifier::notification_changed(watch::Notification const& notification, watch::NotificationChange change,
                                    base::UserId const& by) {
    if (change != watch::NotificationChange::forwarded || !by.empty()) return;
    for (auto const& user : notification.to) write_to(user, notification);
}

base::Result<void> Notifier::test(std::string const& channel, base::UserId const& user) {
    outward::Letter letter;
    letter.id = base::random_id();
    letter.channel = channel;
    letter.user = user;
    letter.subject = "Soyuz: a trial";
    letter.text = "Notifications reach you this way.\n";
    return channel == mail_.name() ? mail_.send(letter) : telegram_.send(letter);
}

outward::BotHooks Notifier::bot_hooks() {
    outward::BotHooks hooks;
    auto const reader = [this](base::UserId const& user) {
        auto account = accounts_.find(user);
        bool const may_read = account && !account->deleted && account->role >= chat::Role::agent;
        return may_read ? account : nullptr;
    };
    hooks.list = [this, reader](base::UserId const& user) -> std::string {
        auto const account = reader(user);
        if (!account) return "There is nothing for you.";
        std::string text;
        for (auto const& each : watch_.notifications.list(*account, {.is_read = false, .per_page = 10}).items)
            text += each->id + ' ' + text_of(*each) + '\n';
        return text.empty() ? "Nothing is unread." : text;
    };
    hooks.read = [this, reader](base::UserId const& user, std::string const& id) -> std::string {
        auto const account = reader(user);
        auto const done = account && watch_.mark_notification(*account, id, true).ok();
        return done ? "It is marked as read." : "There is no such notification.";
    };
    hooks.forward = [this, reader](base::UserId const& user, std::string const& id,
                                   std::string const& to) -> std::string {
        auto const account = reader(user);
        auto const other = accounts_.find_by_name(to);
        if (!account || !other) return "There is nobody of this name.";
        auto const done = watch_.forward(*account, id, other->id);
        return done ? "It is forwarded." : done.error().message;
    };
    return hooks;
}

}  // namespace soyuz::app
