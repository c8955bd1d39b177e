#include "moderation/conduct/near_repeats.hpp"

#include <random>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

using namespace soyuz;
using namespace soyuz::moderation;
using namespace std::chrono_literals;

namespace {

base::UserId user(int number) { return base::UserId{"user" + std::to_string(number)}; }
base::RoomId room(int number) { return base::RoomId{"room" + std::to_string(number)}; }

std::string const advert = "Buy cheap gold coins for the arena at our shop, fast delivery and the best prices";

}  // namespace

TEST_CASE("nearly the same text is recognised across rooms and accounts") {
    NearRepeats seen({.secret = 1});
    base::Moment const now{};
    auto first = seen.note(advert, user(1), room(1), now);
    CHECK(first.repeats == 0);
    CHECK(first.rooms == 1);
    CHECK(first.authors == 1);
    int count = 0;
    for (auto const& variant :
         {advert,
          std::string("BUY CHEAP GOLD COINS for the arena at our shop!!! fast delivery and the best prices 123"),
          std::string("buy cheap gold coins for the arena at our store, fast delivery and best prices"),
          std::string("hey, buy cheap gold coins for the arena at our shop, fast delivery and the best prices 🔥🔥"),
          std::string("Buy cheаp gоld coins for the arena at our shop, fast delivery and the best p.r.i.c.e.s")}) {
        INFO(variant);
        ++count;
        auto const again = seen.note(variant, user(1 + count), room(1 + count), now + 1s * count);
        CHECK(again.repeats == static_cast<unsigned>(count));
        CHECK(again.rooms == static_cast<unsigned>(count) + 1);
        CHECK(again.authors == static_cast<unsigned>(count) + 1);
    }
    auto const same = seen.note(advert, user(1), room(1), now + 10s);
    CHECK(same.repeats == 6);
    CHECK(same.rooms == 6);
    CHECK(same.authors == 6);
}

TEST_CASE("what is short, polite or different never counts as a repetition") {
    NearRepeats seen({.secret = 1});
    base::Moment const now{};
    for (auto text :
         {"ok", "lol", "hahahaha", "good morning everyone", "thank you so much guys", "Assalam o alaikum sab ko",
          "happy birthday to you", "🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉", "1234567890 1234567890", "see you tomorrow", "", "no"})
        for (int i = 0; i < 3; ++i) {
            INFO(text);
            auto const found = seen.note(text, user(i), room(i), now);
            CHECK(found.repeats == 0);
            CHECK(found.rooms == 0);
        }
    CHECK(seen.size() == 0);
    for (auto text :
         {"What time does the bus to the museum leave tomorrow?",
          "What time does the film at the cinema start tonight?",
          "Can somebody send me the notes of the physics lesson", "Can somebody help me with the maths homework please",
          "my card is in my bag, where is yours", "the teacher said that the exam is on monday",
          "the teacher was ill today so we went home early"}) {
        INFO(text);
        CHECK(seen.note(text, user(1), room(1), now).repeats == 0);
    }
}

TEST_CASE("asking counts nothing") {
    NearRepeats seen({.secret = 1});
    base::Moment const now{};
    CHECK(seen.look_up(advert, user(1), room(1), now).repeats == 0);
    CHECK(seen.look_up(advert, user(1), room(1), now).repeats == 0);
    (void)seen.note(advert, user(1), room(1), now);
    auto const asked = seen.look_up(advert, user(2), room(1), now);
    CHECK(asked.repeats == 1);
    CHECK(asked.authors == 2);
    CHECK(asked.rooms == 1);
    CHECK(seen.look_up("ok", user(1), room(1), now).authors == 0);
}

TEST_CASE("what is older than the span is forgotten") {
    NearRepeats seen({.span = 60s, .texts = 16, .secret = 1});
    base::Moment const now{};
    (void)seen.note(advert, user(1), room(1), now);
    (void)seen.note(advert, user(2), room(2), now + 40s);
    CHECK(seen.note(advert, user(3), room(3), now + 59s).repeats == 2);
    CHECK(seen.note(advert, user(3), room(3), now + 99s).repeats == 2);
    CHECK(seen.note(advert, user(3), room(3), now + 300s).repeats == 0);
    // A clock that lags behind on another thread does no harm.
    CHECK(seen.note(advert, user(4), room(4), now + 299s).repeats == 1);
}

TEST_CASE("memory stays bounded and the counts stop") {
    NearRepeats seen({.span = 60s, .texts = 32, .secret = 1});
    base::Moment const now{};
    std::mt19937 random(5);
    for (int i = 0; i < 2000; ++i) {
        std::string text;
        for (int k = 0; k < 40; ++k) text += static_cast<char>('a' + random() % 26);
        CHECK(seen.note(text, user(i), room(i), now + 1ms * i).repeats == 0);
        CHECK(seen.size() <= 32);
    }
    for (int i = 0; i < 100; ++i) (void)seen.note(advert, user(i), room(i), now + 3s);
    auto const many = seen.note(advert, user(0), room(0), now + 4s);
    CHECK(many.repeats == 32);
    CHECK(many.rooms == 32);
    CHECK(many.authors == 32);
}

TEST_CASE("long and broken texts are read like any other") {
    NearRepeats seen({.secret = 1});
    base::Moment const now{};
    for (auto const& text : {std::string(100'000, 'a'), std::string(5'000, '\xff'), std::string(100'000, ' ')}) {
        (void)seen.note(text, user(1), room(1), now);
        (void)seen.note(text, user(2), room(2), now);
    }
    CHECK(seen.note("تم سب لوگ یہاں سے سستا سونا خریدو ابھی", user(1), room(1), now).repeats == 0);
    CHECK(seen.note("تم سب لوگ یہاں سے سستا سونا خریدو ابھی!!", user(2), room(2), now).repeats == 1);
}

TEST_CASE("many threads may note at once") {
    NearRepeats seen({.span = 60s, .texts = 64, .secret = 1});
    base::Moment const now{};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 300; ++i)
                (void)seen.note(advert + (i % 3 ? "" : " and more of the same " + std::to_string(i)), user(t), room(t),
                                now);
        });
    for (auto& thread : threads) thread.join();
    CHECK(seen.note(advert, user(9), room(9), now).repeats == 32);
}
