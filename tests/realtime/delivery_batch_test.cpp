#include "realtime/delivery_batch.hpp"

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "realtime/fakes.hpp"

using namespace soyuz;
using namespace std::chrono_literals;
using realtime::DeliveryBatch;
using realtime::Published;
using tests::FakeLoop;
using tests::FakeSocket;

namespace {

struct Member {
    explicit Member(FakeLoop& loop) : socket(loop) { connection.socket = &socket; }
    FakeSocket socket;
    realtime::Connection connection;
};

/// A room with followers, on a loop of its own.
struct Hall {
    explicit Hall(std::size_t followers) {
        room.id = base::RoomId{"id-hall"};
        room.name = "hall";
        for (std::size_t i = 0; i < followers; ++i) {
            members.push_back(std::make_unique<Member>(loop));
            shard.add(members.back()->connection);
            shard.follow(members.back()->connection, room, 0);
        }
    }

    void commit(std::vector<base::Seq> const& seqs) {
        auto events = std::make_shared<std::vector<Published>>();
        for (auto const seq : seqs)
            events->push_back({room.id, seq, net::encode_text(std::to_string(seq)), net::Importance::needed});
        batch.add(events);
    }
    std::vector<std::string> heard() { return members.back()->socket.take(); }

    FakeLoop loop;
    realtime::HubShard shard{0};
    std::atomic<std::int64_t> posts_under_way{0};
    DeliveryBatch batch{loop, shard, posts_under_way};
    chat::Room room;
    std::vector<std::unique_ptr<Member>> members;
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("with few followers events pass at once, whatever is on its way") {
    Hall hall(DeliveryBatch::many_followers - 1);
    hall.posts_under_way = 5;
    hall.commit({1, 2});
    CHECK(hall.heard() == Texts{"1", "2"});
}

TEST_CASE("with many followers and nothing on its way events pass when the sockets have been read") {
    Hall hall(DeliveryBatch::many_followers);
    hall.commit({1});
    CHECK(hall.heard().empty());
    hall.loop.run();
    CHECK(hall.heard() == Texts{"1"});
}

TEST_CASE("with many followers events wait for posts that are on their way, and pass together in their order") {
    Hall hall(DeliveryBatch::many_followers);
    hall.posts_under_way = 2;
    hall.commit({1});
    hall.loop.run();
    CHECK(hall.heard().empty());
    hall.posts_under_way = 0;
    hall.commit({2, 3});
    hall.loop.run();
    CHECK(hall.heard() == Texts{"1", "2", "3"});
    CHECK(hall.shard.deliveries == 3 * DeliveryBatch::many_followers);

    hall.commit({4});
    hall.loop.run();
    CHECK(hall.heard() == Texts{"4"});
}

TEST_CASE("events never wait longer than a pass takes, even when no commit follows") {
    Hall hall(DeliveryBatch::many_followers);
    hall.posts_under_way = 1;
    hall.commit({1});
    hall.loop.run();
    CHECK(hall.heard().empty());
    hall.loop.let_pass(DeliveryBatch::longest_wait);
    CHECK(hall.heard() == Texts{"1"});

    // The wait that has ended must not cut the next one short.
    hall.commit({2});
    hall.loop.run();
    CHECK(hall.heard().empty());
    hall.loop.let_pass(DeliveryBatch::longest_wait);
    CHECK(hall.heard() == Texts{"2"});
}
