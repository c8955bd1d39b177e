#include "realtime/hub_shard.hpp"

#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "realtime/fakes.hpp"

using namespace soyuz;
using realtime::Connection;
using realtime::HubShard;
using realtime::Published;
using tests::FakeLoop;
using tests::FakeSocket;

namespace {

chat::Room room_named(std::string const& name) {
    chat::Room room;
    room.id = base::RoomId{"id-" + name};
    room.name = name;
    return room;
}

Published numbered(chat::Room const& room, base::Seq seq) {
    return {room.id, seq, net::encode_text(std::to_string(seq)), net::Importance::needed};
}

struct Member {
    explicit Member(FakeLoop& loop) : socket(loop) { connection.socket = &socket; }
    FakeSocket socket;
    Connection connection;
};

/// One connection, which follows one room from its beginning.
struct OneFollower {
    OneFollower() {
        shard.add(one.connection);
        shard.follow(one.connection, physics, 0);
    }
    FakeLoop loop;
    HubShard shard{0};
    Member one{loop};
    chat::Room const physics = room_named("physics");
};

}  // namespace

TEST_CASE("an event reaches those who follow its room, and nobody else") {
    FakeLoop loop;
    HubShard shard(0);
    Member one(loop), two(loop), other(loop);
    for (auto* member : {&one, &two, &other}) shard.add(member->connection);
    auto const physics = room_named("physics");
    auto const music = room_named("music");
    CHECK(shard.follow(one.connection, physics, 0));
    CHECK(shard.follow(two.connection, physics, 0));
    CHECK(shard.follow(other.connection, music, 0));
    CHECK_FALSE(shard.follow(one.connection, physics, 0));

    shard.deliver({numbered(physics, 1), numbered(physics, 2)});
    CHECK(one.socket.take() == std::vector<std::string>{"1", "2"});
    CHECK(two.socket.take() == std::vector<std::string>{"1", "2"});
    CHECK(other.socket.take().empty());
    CHECK(shard.deliveries == 4);

    CHECK(shard.unfollow(one.connection, physics.id));
    CHECK_FALSE(shard.unfollow(one.connection, physics.id));
    shard.deliver({numbered(physics, 3)});
    CHECK(one.socket.take().empty());
    CHECK(two.socket.take() == std::vector<std::string>{"3"});
}

TEST_CASE("a room is found by its name and by its id while it is followed") {
    FakeLoop loop;
    HubShard shard(0);
    Member one(loop);
    shard.add(one.connection);
    shard.follow(one.connection, room_named("physics"), 0);
    for (auto const* name : {"physics", "id-physics"}) CHECK(shard.followed(one.connection, name) != nullptr);
    CHECK(shard.followed(one.connection, "music") == nullptr);
    shard.unfollow(one.connection, base::RoomId{"id-physics"});
    CHECK(shard.followed(one.connection, "physics") == nullptr);
    CHECK(shard.audience(base::RoomId{"id-physics"}) == nullptr);
}

TEST_CASE("a handle finds its connection until it goes, also when its place is taken by another") {
    FakeLoop loop;
    HubShard shard(3);
    Member first(loop), second(loop);
    shard.add(first.connection);
    auto const handle = first.connection.handle;
    CHECK(handle.loop == 3);
    CHECK(shard.find(handle) == &first.connection);
    shard.remove(first.connection);
    CHECK(shard.find(handle) == nullptr);
    shard.add(second.connection);
    CHECK(second.connection.handle.place == handle.place);
    CHECK(shard.find(handle) == nullptr);
    CHECK(shard.find(second.connection.handle) == &second.connection);
    CHECK(shard.connections == 1);
}

TEST_CASE("removing a connection leaves the others where they were") {
    FakeLoop loop;
    HubShard shard(0);
    auto const physics = room_named("physics");
    auto const music = room_named("music");
    std::vector<std::unique_ptr<Member>> members;
    for (int i = 0; i < 10; ++i) {
        members.push_back(std::make_unique<Member>(loop));
        shard.add(members.back()->connection);
        shard.follow(members.back()->connection, physics, 0);
        if (i % 2 == 0) shard.follow(members.back()->connection, music, 0);
    }
    CHECK(shard.remove(members[4]->connection).size() == 2);
    CHECK(shard.remove(members[4]->connection).empty());
    CHECK(shard.remove(members[9]->connection).size() == 1);
    CHECK(shard.remove(members[0]->connection).size() == 2);
    shard.deliver({numbered(physics, 1), numbered(music, 1)});
    for (std::size_t i = 0; i < members.size(); ++i) {
        INFO("member " << i);
        bool const gone = i == 4 || i == 9 || i == 0;
        CHECK(members[i]->socket.take().size() == (gone ? 0U : i % 2 == 0 ? 2U : 1U));
    }
}

TEST_CASE_METHOD(OneFollower, "a connection that is behind loses what may be dropped, and it is counted") {
    one.socket.is_behind = true;
    shard.deliver({{physics.id, 0, net::encode_text("typing"), net::Importance::droppable}, numbered(physics, 1)});
    CHECK(one.socket.take() == std::vector<std::string>{"1"});
    CHECK(shard.dropped_events == 1);
}

TEST_CASE("a run of messages is one send to each follower, and who has seen some gets the rest") {
    FakeLoop loop;
    HubShard shard(0);
    Member one(loop), two(loop);
    auto const physics = room_named("physics");
    for (auto* member : {&one, &two}) shard.add(member->connection);
    shard.follow(one.connection, physics, 0);
    shard.follow(two.connection, physics, 2);
    std::vector<Published> events;
    for (base::Seq seq = 1; seq <= 4; ++seq) events.push_back(numbered(physics, seq));
    events.push_back({physics.id, 0, net::encode_text("typing"), net::Importance::droppable});
    events.push_back(numbered(physics, 5));
    shard.deliver(events);
    CHECK(one.socket.sends == 3);
    CHECK(one.socket.take() == std::vector<std::string>{"1", "2", "3", "4", "typing", "5"});
    CHECK(two.socket.take() == std::vector<std::string>{"3", "4", "typing", "5"});
    CHECK(shard.deliveries == 10);
    shard.deliver({numbered(physics, 4), numbered(physics, 5), numbered(physics, 6)});
    CHECK(one.socket.take() == std::vector<std::string>{"6"});
}

TEST_CASE_METHOD(OneFollower, "a long run goes out in pieces that fit an outbox") {
    std::vector<Published> events;
    for (base::Seq seq = 1; seq <= 100; ++seq)
        events.push_back({physics.id, seq, net::encode_text(std::string(10'000, 'x')), net::Importance::needed});
    shard.deliver(events);
    CHECK(one.socket.take().size() == 100);
    CHECK(one.socket.sends == 17);
}

TEST_CASE_METHOD(OneFollower,
                 "what was missed comes first, then the answer, then what came meanwhile, each place once") {
    auto const ticket = shard.hold(one.connection, physics.id, 4);
    shard.deliver({numbered(physics, 7), numbered(physics, 8)});
    CHECK(one.socket.take().empty());

    realtime::Missed missed;
    for (base::Seq seq = 5; seq <= 7; ++seq) missed.emplace_back(seq, net::encode_text(std::to_string(seq)));
    auto const released = shard.release(one.connection, physics.id, ticket, missed, net::encode_text("ack"));
    CHECK(released.done);
    CHECK_FALSE(released.overflowed);
    CHECK(one.socket.take() == std::vector<std::string>{"5", "6", "7", "ack", "8"});
    shard.deliver({numbered(physics, 8), numbered(physics, 9)});
    CHECK(one.socket.take() == std::vector<std::string>{"9"});
}

TEST_CASE_METHOD(OneFollower, "the end of an earlier catching up does nothing once a newer one began") {
    auto const earlier = shard.hold(one.connection, physics.id, 0);
    auto const newer = shard.hold(one.connection, physics.id, 2);
    CHECK_FALSE(shard.release(one.connection, physics.id, earlier, {}, nullptr).done);
    CHECK(shard.release(one.connection, physics.id, newer, {}, nullptr).done);
    CHECK_FALSE(shard.release(one.connection, physics.id, newer, {}, nullptr).done);
}

TEST_CASE_METHOD(OneFollower,
                 "more live events than are held back end in a word to fetch history, and the newest place is kept") {
    auto const ticket = shard.hold(one.connection, physics.id, 0);
    for (base::Seq seq = 1; seq <= HubShard::max_backlog + 5; ++seq) shard.deliver({numbered(physics, seq)});
    CHECK(shard.release(one.connection, physics.id, ticket, {}, nullptr).overflowed);
    CHECK(one.socket.take().empty());
    shard.deliver({numbered(physics, HubShard::max_backlog + 5), numbered(physics, HubShard::max_backlog + 6)});
    CHECK(one.socket.take() == std::vector<std::string>{std::to_string(HubShard::max_backlog + 6)});
}

TEST_CASE("however history and live events overlap, each place is seen once and in ascending order") {
    std::mt19937 random(20261121);  // NOLINT: the same cases every time
    auto const pick = [&](unsigned bound) { return static_cast<base::Seq>(random() % (bound + 1)); };
    for (int round = 0; round < 500; ++round) {
        FakeLoop loop;
        HubShard shard(0);
        Member one(loop);
        shard.add(one.connection);
        auto const physics = room_named("physics");
        // Committed up to `last` when the connection follows; delivery to the loop may lag behind that.
        base::Seq const last = 1 + pick(40);
        base::Seq delivered = last - std::min<base::Seq>(last, pick(5));
        base::Seq const after = pick(static_cast<unsigned>(last));
        base::Seq const end = last + pick(30);
        base::Seq const read_to = last + pick(static_cast<unsigned>(end - last));
        shard.follow(one.connection, physics, 0);
        auto const ticket = shard.hold(one.connection, physics.id, after);
        auto const deliver_some = [&](base::Seq up_to) {
            std::vector<Published> events;
            while (delivered < up_to) events.push_back(numbered(physics, ++delivered));
            shard.deliver(events);
        };
        deliver_some(delivered + pick(static_cast<unsigned>(end - delivered)));
        realtime::Missed missed;
        for (base::Seq seq = after + 1; seq <= read_to; ++seq)
            missed.emplace_back(seq, net::encode_text(std::to_string(seq)));
        shard.release(one.connection, physics.id, ticket, missed, nullptr);
        deliver_some(end);

        std::vector<std::string> expected;
        for (base::Seq seq = after + 1; seq <= end; ++seq) expected.push_back(std::to_string(seq));
        INFO("round " << round << " after " << after << " last " << last << " read to " << read_to);
        REQUIRE(one.socket.take() == expected);
    }
}
