#include "live/feed.hpp"

#include <catch2/catch.hpp>

#include "live/cover.hpp"
#include "live/streams.hpp"

using namespace soyuz;
using namespace soyuz::live;
using namespace soyuz::live::testing;
using namespace std::chrono_literals;

namespace {

base::Moment at(std::chrono::milliseconds time) { return base::Moment{} + 1h + time; }

Heard play(Feed::Start const& start) {
    std::string bytes = start.init ? *start.init : "";
    for (auto const& fragment : start.fragments) bytes += *fragment.whole;
    return testing::play(bytes);
}

}  // namespace

TEST_CASE("whoever joins in the middle begins with the last key frame") {
    Feed feed{{}};
    CHECK(feed.start().fragments.empty());
    REQUIRE(feed.take(head() + cluster({picture(0, true, "first"), sound(0)}), at(0ms)));
    REQUIRE(feed.take(cluster({picture(33, false)}), at(50ms)));
    REQUIRE(feed.take(cluster({sound(990), picture(1000, true, "second"), sound(1010)}), at(1000ms)));
    REQUIRE(feed.take(cluster({picture(1033, false, "third")}), at(1050ms)));
    auto const out = feed.release(at(1050ms), {});
    // The sound ahead of the key frame came out by itself, so that the key frame begins a fragment.
    REQUIRE(out.size() == 5);
    CHECK(out[0].init != nullptr);
    CHECK(out[1].init == nullptr);
    CHECK(out[3].is_key);
    CHECK(out[4].seq == 5);

    auto const start = feed.start();
    CHECK(start.next == 6);
    auto const heard = play(start);
    REQUIRE(heard.blocks.size() == 3);
    CHECK(heard.blocks[0].data == "second");
    CHECK(heard.blocks[2].data == "third");
}

TEST_CASE("a delay holds all back, and what is switched meanwhile counts for what waits") {
    Feed feed{{}};
    REQUIRE(feed.take(head() + cluster({picture(0, true), sound(0)}), at(0ms)));
    CHECK(feed.release(at(4900ms), {5s}).empty());
    auto const out = feed.release(at(5000ms), {5s, true, true});
    REQUIRE(out.size() == 1);
    auto const heard = testing::play(*out[0].init + *out[0].whole);
    REQUIRE(heard.blocks.size() == 2);
    CHECK(heard.blocks[0].data == black_picture("V_VP8"));
    CHECK(heard.blocks[1].data == silence("\xF8 sound"));
}

TEST_CASE("after a blank the picture comes back with a key frame, never with a frame that builds on hidden ones") {
    Feed feed{{}};
    Treatment const open{}, blank{0ms, true, false};
    auto const first_of = [&](std::string const& bytes, Treatment const& treatment) {
        static std::int64_t time = 0;
        REQUIRE(feed.take(bytes, at(std::chrono::milliseconds{time += 50})));
        auto const out = feed.release(at(std::chrono::milliseconds{time}), treatment);
        REQUIRE(out.size() == 1);
        return testing::play(*feed.init() + *out[0].whole).blocks.at(0).data;
    };
    auto const black = black_picture("V_VP8");
    CHECK(first_of(head() + cluster({picture(0, true, "seen")}), open) == "seen");
    CHECK(first_of(cluster({picture(33, false, "hidden")}), blank) == black);
    CHECK(first_of(cluster({picture(66, false, "built on hidden")}), open) == black);
    CHECK(first_of(cluster({picture(1000, true, "back")}), open) == "back");
    CHECK(first_of(cluster({picture(1033, false, "goes on")}), open) == "goes on");
}

TEST_CASE("a recording that begins anew goes on in time, with new tracks only where they differ") {
    for (bool const is_same : {true, false}) {
        INFO("the same camera: " << is_same);
        Feed feed{{}};
        REQUIRE(feed.take(head() + cluster({picture(0, true)}), at(0ms)));
        REQUIRE(feed.take(cluster({picture(500, false)}), at(500ms)));
        feed.restart();
        auto tracks = picture_and_sound();
        if (!is_same) tracks.video->width = 320;
        REQUIRE(feed.take(head(tracks) + cluster({picture(7, true)}), at(3000ms)));
        auto const out = feed.release(at(3000ms), {});
        REQUIRE(out.size() == 3);
        CHECK(out[2].time == 3000);
        CHECK((out[2].init != nullptr) == !is_same);
    }
}

TEST_CASE("what is kept for those who join has a bound") {
    Feed feed{{.kept_bytes = 1000}};
    REQUIRE(feed.take(head() + cluster({picture(0, true, std::string(300, 'a'))}), at(0ms)));
    for (int i = 1; i <= 3; ++i)
        REQUIRE(feed.take(cluster({picture(33 * i, false, std::string(300, 'b'))}), at(50ms * i)));
    CHECK(feed.release(at(1s), {}).size() == 4);
    CHECK(feed.start().fragments.empty());
    CHECK(feed.start().init != nullptr);
    REQUIRE(feed.take(cluster({picture(1000, true)}), at(1s)));
    CHECK(feed.release(at(1s), {}).size() == 1);
    CHECK(feed.start().fragments.size() == 1);
}

TEST_CASE("silence lasts as long as what it stands for") {
    // RFC 6716, 3.1: configuration in the upper five bits, frames in the lower two.
    struct Case {
        std::string packet;
        unsigned length;  // in 2.5 ms
    };
    for (auto const& [packet, length] :
         {Case{"\xF8x", 8U}, Case{"\xF9xx", 16U}, Case{"\xFB\x03xxx", 24U}, Case{"\xE0x", 1U}, Case{"\x78x", 8U},
          Case{"\x18x", 24U}, Case{"\x08x", 8U}, Case{std::string("\xFB\x00", 2), 0U}, Case{"", 0U}, Case{"\xFB", 0U},
          Case{"\xFB\x3Fx", 0U}}) {
        INFO(static_cast<int>(packet.empty() ? 0 : packet[0]));
        CHECK(opus_length(packet) == length);
        CHECK(opus_length(silence(packet)) == length);
        CHECK(silence(packet).empty() == (length == 0));
    }
}
