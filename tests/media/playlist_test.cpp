#include "media/playlist.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace soyuz;
using media::parse_playlist;

TEST_CASE("a playlist has its segments in order, with their numbers and lengths") {
    auto const playlist = parse_playlist(
        "#EXTM3U\r\n#EXT-X-TARGETDURATION:4\r\n#EXT-X-MEDIA-SEQUENCE:17\r\n#EXT-X-MAP:URI=\"init.mp4\"\r\n"
        "#EXTINF:3.5,title, with comma\r\na.ts\r\n\r\n# a comment\r\n#EXTINF:4\r\nb.ts\r\n#EXT-X-ENDLIST\r\n");
    REQUIRE(playlist);
    REQUIRE(playlist->segments.size() == 2);
    CHECK(playlist->segments[0].number == 17);
    CHECK(playlist->segments[0].seconds == 3.5);
    CHECK(playlist->segments[1].uri == "b.ts");
    CHECK(playlist->init == "init.mp4");
    CHECK(playlist->target_seconds == 4);
    CHECK(playlist->has_ended);
}

TEST_CASE("a master playlist has its variants, the smallest first") {
    auto const playlist = parse_playlist(
        "#EXTM3U\n#EXT-X-STREAM-INF:CODECS=\"a,b\",BANDWIDTH=2000\nbig.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=500\nsmall.m3u8\n");
    REQUIRE(playlist);
    CHECK(playlist->segments.empty());
    REQUIRE(playlist->variants.size() == 2);
    CHECK(playlist->variants[0].uri == "small.m3u8");
    CHECK(playlist->variants[1].bandwidth == 2000);
}

TEST_CASE("what can't be read on is refused, and rubbish breaks nothing") {
    for (auto const& bad : {std::string{}, std::string{"<html>"}, std::string{"#EXTINF:1\na.ts"},
                            std::string{"#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:1\na.ts\n"},
                            std::string{"#EXTM3U\n#EXT-X-BYTERANGE:100@0\na.ts\n"}}) {
        INFO(bad);
        CHECK_FALSE(parse_playlist(bad));
    }
    std::string many = "#EXTM3U\n";
    for (int i = 0; i < 30'000; ++i) many += "a\n";
    CHECK_FALSE(parse_playlist(many));
    for (auto const* odd : {"#EXTM3U\n#EXTINF:\n", "#EXTM3U\n#EXTINF:-5,\na\n", "#EXTM3U\n#EXTINF:1e999,\na\n",
                            "#EXTM3U\n#EXT-X-MAP:URI=\n", "#EXTM3U\n#EXT-X-MAP:URI=\"\n",
                            "#EXTM3U\n#EXT-X-STREAM-INF:=,=\n", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH\nx\n"}) {
        INFO(odd);
        auto const playlist = parse_playlist(odd);
        CHECK(playlist);
        for (auto const& each : playlist->segments) CHECK((each.seconds >= 0 && each.seconds < 86'400));
    }
}
