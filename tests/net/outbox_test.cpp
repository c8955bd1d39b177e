#include "net/outbox.hpp"

#include <array>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace soyuz::net;

namespace {

SharedFrame frame(std::size_t size, char letter) { return std::make_shared<std::string const>(size, letter); }

std::string contents(Outbox& outbox) {
    std::array<iovec, 1000> parts;
    std::string result;
    for (std::size_t index = 0, count = outbox.gather(parts); index < count; ++index) {
        result.append(static_cast<char const*>(parts[index].iov_base), parts[index].iov_len);
    }
    return result;
}

}  // namespace

TEST_CASE("small frames are copied without touching their count, large ones are shared") {
    BlockPool pool;
    Outbox outbox(pool);
    auto const small = frame(Outbox::shared_from - 1, 's');
    auto const large = frame(Outbox::shared_from, 'l');
    outbox.append(small);
    outbox.append(large);
    CHECK(small.use_count() == 1);
    CHECK(large.use_count() == 2);
    outbox.append(small);
    CHECK(contents(outbox) == *small + *large + *small);
    outbox.consume(small->size() + large->size());
    CHECK(large.use_count() == 1);
    CHECK(contents(outbox) == *small);
}

TEST_CASE("small frames lie side by side, so that one write takes many") {
    BlockPool pool;
    Outbox outbox(pool);
    std::string expected;
    for (int index = 0; index < 256; ++index) {
        auto const one = frame(100, static_cast<char>('a' + index % 26));
        outbox.append(one);
        expected += *one;
    }
    std::array<iovec, 64> parts;
    CHECK(outbox.gather(parts) <= 4);
    CHECK(contents(outbox) == expected);
}

TEST_CASE("what is consumed in any portions leaves the rest in order") {
    for (std::size_t portion : {1U, 7U, 500U, 1024U, 5000U, 40'000U}) {
        BlockPool pool;
        Outbox outbox(pool);
        std::string expected;
        for (std::size_t size : {10U, 2000U, 1U, 1023U, 1024U, 600U, 40'000U, 3U}) {
            auto const one = frame(size, static_cast<char>('a' + size % 26));
            outbox.append(one);
            outbox.append("+");
            expected += *one + "+";
        }
        CHECK(outbox.size() == expected.size());
        std::string seen;
        while (!outbox.empty()) {
            auto const count = std::min(portion, outbox.size());
            seen += contents(outbox).substr(0, count);
            outbox.consume(count);
        }
        CHECK(seen == expected);
        std::array<iovec, 1> parts;
        CHECK(outbox.gather(parts) == 0);
        outbox.append("again");
        CHECK(contents(outbox) == "again");
    }
}

TEST_CASE("gathering stops at the number of parts that one call takes") {
    BlockPool pool;
    Outbox outbox(pool);
    for (int index = 0; index < 10; ++index) outbox.append(frame(2000, 'x'));
    std::array<iovec, 4> parts;
    CHECK(outbox.gather(parts) == 4);
    outbox.consume(4 * 2000);
    CHECK(outbox.gather(parts) == 4);
}

TEST_CASE("an outbox that is cleared lets go of its frames") {
    BlockPool pool;
    auto const large = frame(5000, 'x');
    Outbox outbox(pool);
    outbox.append(large);
    outbox.append("rest");
    outbox.clear();
    CHECK(outbox.empty());
    CHECK(large.use_count() == 1);
}

TEST_CASE("blocks are reused, which the pool bounds") {
    BlockPool pool;
    Block* const block = pool.take(1);
    pool.give_back(block);
    CHECK(pool.take(1) == block);
    pool.give_back(block);
    std::vector<Block*> blocks;
    for (std::size_t index = 0; index < BlockPool::kept_bytes / BlockPool::sizes[3] + 10; ++index)
        blocks.push_back(pool.take(3));
    for (auto* const one : blocks) pool.give_back(one);
    CHECK(pool.kept(3) <= BlockPool::kept_bytes / BlockPool::sizes[3]);
}
