#include "watch/world.hpp"

using namespace soyuz;
using namespace soyuz::watch::testing;
using base::Code;
using watch::Notification;
using watch::NotificationChange;

namespace {

Notification alert(std::string text, std::string stream = "") {
    Notification made;
    made.event_type = "system_alert";
    made.details = {{"message", std::move(text)}};
    made.stream = std::move(stream);
    return made;
}

}  // namespace

TEST_CASE("an equal notification within five minutes is the one that there is") {
    using namespace std::chrono_literals;
    World world;
    auto const first = world.watch.notify(alert("disk nearly full"));
    REQUIRE(first);
    CHECK(first->is_new);
    world.clock.advance(299s);
    auto const second = world.watch.notify(alert("disk nearly full"));
    CHECK_FALSE(second->is_new);
    CHECK(second->notification->id == first->notification->id);
    CHECK(world.watch.notify(alert("another matter"))->is_new);
    world.clock.advance(1s);
    CHECK(world.watch.notify(alert("disk nearly full"))->is_new);
}

TEST_CASE("staff are told of everything, agents of what is theirs, members of nothing") {
    World world;
    auto const agent = world.agent("omar"), other = world.agent("sara");
    world.online.users = {agent->id};
    auto const stream = world.stream();
    auto const told = (*world.watch.notify(alert("look here", stream->id))).notification;
    auto const general = (*world.watch.notify(alert("for staff"))).notification;
    auto const moderator = world.user("mod", chat::Role::moderator), member = world.user("visitor");
    auto& notifications = world.watch.notifications;
    CHECK(notifications.find(*moderator, told->id));
    CHECK(notifications.find(*moderator, general->id));
    CHECK(notifications.find(*agent, told->id));
    CHECK_FALSE(notifications.find(*agent, general->id));
    CHECK_FALSE(notifications.find(*other, told->id));
    CHECK_FALSE(notifications.find(*member, told->id));
    CHECK(notifications.list(*member, {}).total == 0);

    SECTION("until one is forwarded to them") {
        REQUIRE(world.watch.forward(*moderator, told->id, other->id));
        CHECK(notifications.find(*other, told->id));
        CHECK(world.hearer.changes.back().change == NotificationChange::forwarded);
        CHECK(world.watch.forward(*moderator, told->id, member->id).error().code == Code::invalid_value);
        CHECK(world.watch.forward(*other, general->id, agent->id).error().code == Code::not_found);
    }
}

TEST_CASE("everybody reads and deletes for themselves, and acknowledges for all") {
    World world;
    auto const one = world.user("one", chat::Role::moderator), two = world.user("two", chat::Role::moderator);
    auto const told = (*world.watch.notify(alert("look here"))).notification;
    auto& notifications = world.watch.notifications;
    CHECK(notifications.unread(*one) == 1);
    REQUIRE(world.watch.mark_notification(*one, told->id, true));
    CHECK(notifications.unread(*one) == 0);
    CHECK(notifications.unread(*two) == 1);
    CHECK(world.hearer.changes.back().by == one->id);
    REQUIRE(world.watch.mark_notification(*one, told->id, false));
    CHECK(notifications.unread(*one) == 1);
    REQUIRE(world.watch.acknowledge_notification(*one, told->id));
    REQUIRE(world.watch.acknowledge_notification(*two, told->id));
    CHECK(notifications.find(*two, told->id)->acknowledged_by == one->id);
    REQUIRE(world.watch.remove_notification(*one, told->id));
    CHECK_FALSE(notifications.find(*one, told->id));
    CHECK(notifications.find(*two, told->id));
    CHECK(world.watch.remove_notification(*one, told->id).error().code == Code::not_found);
    for (auto const* text : {"a", "b", "c"}) REQUIRE(world.watch.notify(alert(text)));
    CHECK(world.watch.mark_all_read(*one).ok());
    CHECK(notifications.unread(*one) == 0);
    CHECK(*world.watch.remove_all_notifications(*one) == 3);
    CHECK(notifications.list(*one, {}).total == 0);
    CHECK(notifications.list(*two, {}).total == 4);
}

TEST_CASE("notifications are listed newest first, by pages and filters") {
    using namespace std::chrono_literals;
    World world;
    for (auto const* text : {"a", "b", "c", "d", "e"}) {
        REQUIRE(world.watch.notify(alert(text)));
        world.clock.advance(1s);
    }
    auto const& user = world.keeper();
    auto& notifications = world.watch.notifications;
    auto const page = notifications.list(user, {.page = 2, .per_page = 2});
    CHECK(page.total == 5);
    REQUIRE(page.items.size() == 2);
    CHECK(page.items.front()->details["message"] == "c");
    CHECK(notifications.list(user, {.page = 9, .per_page = 2}).items.empty());
    REQUIRE(world.watch.mark_notification(user, page.items.front()->id, true));
    CHECK(notifications.list(user, {.is_read = true}).total == 1);
    CHECK(notifications.list(user, {.is_read = false}).total == 4);
    CHECK(notifications.list(user, {.event_type = "stream_created"}).total == 0);
    watch::Notifications const again{*world.store, world.watch.assignments, world.clock};
    CHECK(again.list(user, {.is_read = true}).total == 1);
}
