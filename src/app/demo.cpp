#include "app/demo.hpp"

#include <future>

#include <nlohmann/json.hpp>

#include "app/chat_services.hpp"
#include "app/failure.hpp"

namespace soyuz::app {

namespace {

chat::UserPtr account(ChatServices& services, std::string const& name, chat::Role role) {
    if (auto const known = services.accounts.find_by_name(name)) return known;
    bool const is_owner = role == chat::Role::owner && !services.accounts.has_owner();
    auto made = is_owner ? services.accounts.create_owner({name, name, "", "", role})
                         : services.accounts.create({name, name, "", "", role});
    if (!made) throw Failure(Exit::bad_setting, "--demo: " + name + ": " + made.error().message);
    return *made;
}

/// Waits for an outcome that only its being there matters of: what is blocked is meant to be.
template <class Start>
chat::MessagePtr outcome_of(Start const& start) {
    std::promise<chat::MessagePtr> promise;
    start([&](base::Result<chat::MessagePtr> const& result, auto const&, auto) {
        promise.set_value(result ? *result : nullptr);
    });
    return promise.get_future().get();
}

chat::MessagePtr say(ChatServices& services, chat::UserPtr const& user, chat::RoomPtr const& room, std::string text) {
    chat::Draft draft;
    draft.room = room;
    draft.text = std::move(text);
    return outcome_of([&](auto done) {
        services.messages.poster.post({user, "127.0.0.1", false}, std::move(draft), std::move(done));
    });
}

}  // namespace

void fill_demo(ChatServices& services) {
    if (auto const opened = services.settings.change({{"registration", "open"}}); !opened)
        throw Failure(Exit::bad_setting, "--demo: " + opened.error().message);
    auto const teacher = account(services, "teacher", chat::Role::owner);
    auto const streamer = account(services, "test_streamer", chat::Role::member);
    auto const viewer = account(services, "chat_viewer", chat::Role::member);
    auto const user = account(services, "demo_user", chat::Role::member);
    auto const lobby = services.rooms.lobby();
    if (services.rooms.last_seq(lobby->id) > 0) return;

    say(services, teacher, lobby, "Welcome! This is a demonstration: everything here may be tried.");
    say(services, user, lobby, "Hello world");
    say(services, viewer, lobby, "This is damn good");
    say(services, streamer, lobby, "Chup kar bewakoof");
    say(services, viewer, lobby, "You're a fucking idiot");
    for (auto const* name : {"homework", "games"}) {
        auto const room = services.rooms.create(*teacher, {name, "", "", chat::Room::Kind::public_, {}});
        if (!room) continue;
        for (auto const& guest : {user, viewer, streamer}) (void)services.rooms.join(*guest, (*room)->id);
        say(services, teacher, *room, std::string{"This room is for "} + name + ".");
        say(services, user, *room, "Good to know, thank you!");
    }
    auto const post = outcome_of([&](auto done) {
        services.posts.publish({user, "127.0.0.1", false}, {"My first post here. What do you think?", "", ""},
                               std::move(done));
    });
    if (post)
        outcome_of([&](auto done) {
            services.posts.comment({viewer, "127.0.0.1", false}, post->id.seq, "I like it!", "", std::move(done));
        });
}

}  // namespace soyuz::app
