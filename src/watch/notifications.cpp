#include "watch/notifications.hpp"

#include <algorithm>

#include "base/ids.hpp"
#include "watch/assignments.hpp"

namespace soyuz::watch {

using base::Code;
using base::Error;
using base::Result;

namespace {

Error none_such() { return {Code::not_found, "There is no such notification."}; }

bool is_same(Notification const& one, Notification const& other) {
    return one.event_type == other.event_type && one.stream == other.stream && one.room_url == other.room_url &&
           one.to == other.to && one.details == other.details;
}

void sort_newest_first(std::vector<NotificationPtr>& list) {
    std::sort(list.begin(), list.end(), [](auto const& one, auto const& other) {
        return std::pair{one->at, one->id} > std::pair{other->at, other->id};
    });
}

}  // namespace

Notifications::Added Notifications::add(Notification made, Records<Notification>::Written* written) {
    auto const now = clock_.now();
    std::lock_guard const lock{adding_};
    auto const equal =
        records_.select([&](Notification const& each) { return now - each.at < same_within && is_same(each, made); });
    if (!equal.empty()) return {equal.front(), false};
    made.id = base::random_id();
    made.at = now;
    auto put = records_.put(std::move(made));
    if (written != nullptr) *written = std::move(put.second);
    return {std::move(put.first), true};
}

NotificationPtr Notifications::of_detection(std::string_view detection) const {
    auto const found = records_.select([&](Notification const& each) { return each.detection == detection; });
    return detection.empty() || found.empty() ? nullptr : found.front();
}

NotificationPtr Notifications::happened_again(std::string_view detection, unsigned count) {
    auto const found = of_detection(detection);
    if (!found) return nullptr;
    auto const changed = records_
                             .edit(found->id,
                                   [&](Notification& each) -> Result<void> {
                                       each.count = count;
                                       each.at = clock_.now();
                                       return {};
                                   })
                             .first;
    return changed ? *changed : nullptr;
}

bool Notifications::is_for(Notification const& notification, chat::User const& user) const {
    if (notification.deleted_by.contains(user.id)) return false;
    if (user.role >= chat::Role::moderator) return notification.is_for_staff || notification.to.contains(user.id);
    if (user.role != chat::Role::agent) return false;
    return notification.to.contains(user.id) ||
           (!notification.stream.empty() && assignments_.is_assigned(user.id, notification.stream));
}

std::vector<NotificationPtr> Notifications::of(chat::User const& user) const {
    // What an agent looks after is asked for once, not for each of thousands.
    auto const streams = user.role == chat::Role::agent ? assignments_.streams_of(user.id) : std::set<std::string>{};
    auto found = records_.select([&](Notification const& each) {
        if (each.deleted_by.contains(user.id)) return false;
        if (user.role >= chat::Role::moderator) return each.is_for_staff || each.to.contains(user.id);
        return user.role == chat::Role::agent && (each.to.contains(user.id) || streams.contains(each.stream));
    });
    sort_newest_first(found);
    return found;
}

NotificationPtr Notifications::find(chat::User const& user, std::string_view id) const {
    auto found = records_.find(id);
    return found && is_for(*found, user) ? found : nullptr;
}

Notifications::Page Notifications::list(chat::User const& user, Query const& query) const {
    auto all = of(user);
    std::erase_if(all, [&](NotificationPtr const& each) {
        return (query.is_read && is_read(*each, user.id) != *query.is_read) ||
               (!query.event_type.empty() && each->event_type != query.event_type) ||
               (!query.stream.empty() && each->stream != query.stream) ||
               (query.unacknowledged && each->acknowledged_at);
    });
    Page page;
    page.total = all.size();
    auto const first = std::min(all.size(), (std::max<std::size_t>(query.page, 1) - 1) * query.per_page);
    auto const last = std::min(all.size(), first + query.per_page);
    page.items.assign(all.begin() + static_cast<std::ptrdiff_t>(first),
                      all.begin() + static_cast<std::ptrdiff_t>(last));
    return page;
}

std::size_t Notifications::unread(chat::User const& user) const {
    auto const all = of(user);
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](auto const& each) { return !is_read(*each, user.id); }));
}

Result<NotificationPtr> Notifications::change(chat::User const& user, std::string_view id,
                                              std::function<Result<void>(Notification&)> const& edit) {
    if (!find(user, id)) return none_such();
    auto changed = records_.edit_and_wait(id, edit);
    if (!changed && changed.error().code == Code::not_found) return none_such();
    return changed;
}

Result<NotificationPtr> Notifications::mark(chat::User const& user, std::string_view id, bool read) {
    return change(user, id, [&](Notification& each) -> Result<void> {
        if (read)
            each.read_by.insert(user.id);
        else
            each.read_by.erase(user.id);
        return {};
    });
}

Result<NotificationPtr> Notifications::remove(chat::User const& user, std::string_view id) {
    return change(user, id, [&](Notification& each) -> Result<void> {
        each.deleted_by.insert(user.id);
        return {};
    });
}

Result<NotificationPtr> Notifications::forward(chat::User const& user, std::string_view id, base::UserId const& agent) {
    return change(user, id, [&](Notification& each) -> Result<void> {
        each.to.insert(agent);
        each.deleted_by.erase(agent);
        each.read_by.erase(agent);
        return {};
    });
}

Result<NotificationPtr> Notifications::acknowledge(chat::User const& user, std::string_view id) {
    return change(user, id, [&](Notification& each) -> Result<void> {
        each.read_by.insert(user.id);
        if (each.acknowledged_at) return {};
        each.acknowledged_by = user.id;
        each.acknowledged_at = clock_.now();
        return {};
    });
}

Result<NotificationPtr> Notifications::change_details(chat::User const& user, std::string_view id,
                                                      nlohmann::json details) {
    return change(user, id, [&](Notification& each) -> Result<void> {
        each.details = std::move(details);
        return {};
    });
}

Result<std::size_t> Notifications::change_all(chat::User const& user, std::function<bool(Notification&)> const& edit) {
    std::size_t count = 0;
    Records<Notification>::Written last;
    for (auto const& each : of(user)) {
        auto [changed, written] = records_.edit(each->id, [&](Notification& notification) -> Result<void> {
            if (!edit(notification)) return Error{Code::conflict, "Nothing changed."};
            return {};
        });
        if (!changed) continue;
        ++count;
        last = std::move(written);
    }
    // The store keeps their order: once the last is durable, all are.
    if (last.valid())
        if (auto const done = store::wait_for(std::move(last)); !done) return done.error();
    return count;
}

Result<std::size_t> Notifications::mark_all_read(chat::User const& user) {
    return change_all(user, [&](Notification& each) { return each.read_by.insert(user.id).second; });
}

Result<std::size_t> Notifications::remove_all(chat::User const& user) {
    return change_all(user, [&](Notification& each) { return each.deleted_by.insert(user.id).second; });
}

void Notifications::sweep(std::chrono::hours kept) {
    auto const oldest = clock_.now() - kept;
    for (auto const& each : records_.select([&](Notification const& one) { return one.at < oldest; }))
        records_.take(each->id);
    auto all = records_.all();
    if (all.size() <= most) return;
    sort_newest_first(all);
    for (auto at = most; at < all.size(); ++at) records_.take(all[at]->id);
}

void Notifications::remove_of(std::string_view stream) {
    for (auto const& each :
         records_.select([&](Notification const& one) { return one.stream == stream && !one.detection.empty(); }))
        records_.take(each->id);
}

}  // namespace soyuz::watch
