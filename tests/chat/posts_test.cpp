#include "chat/posts/posts.hpp"

#include <catch2/catch.hpp>

#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;
using moderation::Decision;

namespace {

World::Posted publish(World& world, UserPtr const& user, Posts::NewPost post) {
    auto [done, future] = World::waiting();
    world->posts.publish({user, "192.0.2.1", false}, std::move(post), std::move(done));
    auto posted = future.get();
    world.store.settle();
    return posted;
}
World::Posted publish(World& world, UserPtr const& user, std::string text) {
    return publish(world, user, {std::move(text), "", ""});
}
World::Posted comment(World& world, UserPtr const& user, base::Seq post, std::string text) {
    auto [done, future] = World::waiting();
    world->posts.comment({user, "192.0.2.1", false}, post, std::move(text), "", std::move(done));
    auto posted = future.get();
    world.store.settle();
    return posted;
}

std::vector<std::string> texts(Posts::Page const& page) {
    std::vector<std::string> all;
    for (auto const& message : page.messages) all.push_back(message->text);
    return all;
}
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("posts are read newest first, with their comments, also after a restart") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const one = publish(world, sara, "one");
    REQUIRE(one.result);
    auto const post = (*one.result)->id.seq;
    REQUIRE(comment(world, omar, post, "first").result);
    REQUIRE(publish(world, omar, "two").result);
    REQUIRE(comment(world, sara, post, "second").result);
    for (bool const is_again : {false, true}) {
        INFO("after a restart: " << is_again);
        CHECK(texts(world->posts.feed(0, 10)) == Texts{"two", "one"});
        CHECK(texts(world->posts.feed(0, 1)) == Texts{"two"});
        CHECK(world->posts.feed(0, 1).has_more);
        CHECK(texts(world->posts.feed(0, 10, sara->id)) == Texts{"one"});
        CHECK(texts(world->posts.comments(post, 0, 10)) == Texts{"second", "first"});
        CHECK(world->posts.index().comment_count(post) == 2);
        CHECK(world->posts.index().post_count() == 2);
        world.restart();
    }
    CHECK(code_of(world->posts.find(99)) == "not_found");
    CHECK(comment(world, omar, 99, "lost").error() == "not_found");
    // A comment is no post.
    CHECK(comment(world, omar, post + 1, "nested").error() == "not_found");
}

TEST_CASE("the board is no room to chat in") {
    World world;
    auto const sara = world.user("sara");
    auto const board = world->rooms.board();
    REQUIRE(board);
    CHECK_FALSE(world->rooms.find_for(*sara, board->name));
    CHECK_FALSE(world->rooms.find_for(*sara, board->id.value));
    for (auto const& list : {world->rooms.of(sara->id), world->rooms.visible_to(*sara)})
        for (auto const& room : list) CHECK(room->kind != Room::Kind::board);
    CHECK(world.post(sara, {board, "hello", 0, {}, {}}).error() == "unknown_room");
    CHECK(code_of(world->rooms.create(*sara, {"posts", "", "", Room::Kind::public_, {}})) == "name_taken");
}

TEST_CASE("posts and comments are judged like messages, and moderators decide about them") {
    World world;
    auto const sara = world.user("sara");
    auto const owner = world.user("owner", Role::owner);
    auto const clean = publish(world, sara, "hello");
    REQUIRE(clean.result);
    auto const post = (*clean.result)->id.seq;
    auto const blocked = publish(world, sara, "block this");
    CHECK(blocked.error() == "message_blocked");
    CHECK(world->posts.index().post_count() == 1);
    auto const flagged = comment(world, sara, post, "flag this");
    REQUIRE(flagged.result);
    CHECK((*flagged.result)->verdict.action == judge::Action::flag);

    auto const held = world->cases.find(blocked.verdict.case_id);
    REQUIRE(held);
    CHECK(held->occasion == judge::Occasion::Kind::post);
    auto const kept = world->cases.find(flagged.verdict.case_id);
    REQUIRE(kept);
    CHECK(kept->occasion == judge::Occasion::Kind::comment);
    CHECK(world->standing.of(sara->id).counted == 2);
    CHECK(world->standing.of(sara->id).comments == 2);

    // What was held back appears once a moderator lets it, under its own post or as one.
    REQUIRE(world->desk.decide(owner, held->id, {Decision::approve, {}, {}, ""}));
    world.store.settle();
    CHECK(texts(world->posts.feed(0, 10)) == Texts{"block this", "hello"});
    REQUIRE(world->desk.decide(owner, kept->id, {Decision::remove, {}, {}, ""}));
    world.store.settle();
    CHECK(world->posts.comments(post, 0, 10).messages.empty());
    REQUIRE(world->desk.undo(owner, kept->id));
    world.store.settle();
    CHECK(texts(world->posts.comments(post, 0, 10)) == Texts{"flag this"});
}

TEST_CASE("a post goes with its comments, and both with their author's account") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const first = (*publish(world, sara, "first").result)->id;
    auto const second = (*publish(world, omar, "second").result)->id;
    REQUIRE(comment(world, omar, first.seq, "mine").result);
    REQUIRE(comment(world, sara, second.seq, "hers").result);
    CHECK(world.remove(omar, first).error() == "forbidden");

    SECTION("deleted") {
        CHECK(world.remove(sara, first).error().empty());
        CHECK(texts(world->posts.feed(0, 10)) == Texts{"second"});
        CHECK(world->posts.comments(first.seq, 0, 10).messages.empty());
        CHECK(comment(world, omar, first.seq, "late").error() == "not_found");
    }
    SECTION("its author's account is gone") {
        REQUIRE(world->accounts.remove(sara->id));
        world->messages.forget(*sara);
        world.store.settle();
        CHECK(texts(world->posts.feed(0, 10)) == Texts{"second"});
        CHECK(world->posts.comments(second.seq, 0, 10).messages.empty());
    }
}

TEST_CASE("a picture goes into one post of who sent it") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    CHECK(world->posts.pictures().add(sara->id, {"ab/room.file.png", "cat.png", "image/png", 10, 0, 0, ""}).empty());
    CHECK(world->posts.pictures().is_of(sara->id, "ab/room.file.png"));
    CHECK_FALSE(world->posts.pictures().is_of(omar->id, "ab/room.file.png"));
    CHECK(publish(world, omar, {"mine", "ab/room.file.png", ""}).error() == "invalid_value");
    // What was blocked leaves the picture to the next try.
    CHECK(publish(world, sara, {"block", "ab/room.file.png", ""}).error() == "message_blocked");
    auto const posted = publish(world, sara, {"", "ab/room.file.png", ""});
    REQUIRE(posted.result);
    CHECK((*posted.result)->attachments.front().name == "cat.png");
    CHECK(publish(world, sara, {"again", "ab/room.file.png", ""}).error() == "invalid_value");

    std::string dropped;
    for (int i = 0; i < 11; ++i)
        dropped = world->posts.pictures().add(sara->id, {"ab/" + std::to_string(i), "x", "image/png", 1, 0, 0, ""});
    CHECK_FALSE(dropped.empty());
}

TEST_CASE("a link of a post is an http or https address, judged too, and kept") {
    World world;
    auto const sara = world.user("sara");
    for (auto const* wrong : {"javascript:alert(1)", "ftp://example.org/x", "https://", "https://exa mple.org", "x"})
        CHECK(publish(world, sara, {"look", "", wrong}).error() == "invalid_value");
    CHECK(publish(world, sara, {"look", "", "https://example.org/block"}).error() == "message_blocked");
    auto const posted = publish(world, sara, {"look", "", "https://example.org/cat.png"});
    REQUIRE(posted.result);
    world.restart();
    CHECK((*world->posts.find((*posted.result)->id.seq))->link == "https://example.org/cat.png");
}
