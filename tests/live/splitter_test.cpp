#include <catch2/catch.hpp>

#include "live/streams.hpp"

using namespace soyuz;
using namespace soyuz::live;
using namespace soyuz::live::testing;

TEST_CASE("sizes and numbers are written as they are read") {
    for (auto const value : {0ULL, 1ULL, 126ULL, 127ULL, 128ULL, 16'382ULL, 16'383ULL, 1ULL << 20U, 1ULL << 40U}) {
        INFO(value);
        std::string out;
        webm::append_size(out, value);
        std::uint64_t read = 0;
        std::size_t length = 0;
        REQUIRE(webm::parse_vint(out, read, length) == webm::Parsed::ok);
        CHECK(read == value);
        CHECK(length == out.size());
        // All bits set would say that the size is not known.
        CHECK(read != (std::uint64_t{1} << (7 * length)) - 1);
        CHECK(webm::parse_vint(std::string_view{out}.substr(0, out.size() - 1), read, length) ==
              webm::Parsed::incomplete);
    }
}

TEST_CASE("a stream is taken apart the same however it is cut") {
    auto const bytes = head() + open_cluster({picture(0, true), sound(0), picture(33, false)}) +
                       cluster({sound(60), picture(66, false)}) + open_cluster({picture(1000, true)});
    for (std::size_t const size : {std::size_t{1}, std::size_t{7}, std::size_t{100}, bytes.size()}) {
        INFO(size << " bytes at a time");
        Heard heard;
        webm::Splitter splitter;
        for (std::size_t at = 0; at < bytes.size(); at += size)
            REQUIRE(splitter.feed(std::string_view{bytes}.substr(at, size), heard));
        REQUIRE(heard.found);
        CHECK(*heard.found == picture_and_sound());
        REQUIRE(heard.blocks.size() == 6);
        CHECK(heard.blocks[0].is_key);
        CHECK(heard.blocks[0].data == "picture");
        CHECK(heard.blocks[2].time == 33);
        CHECK_FALSE(heard.blocks[2].is_key);
        CHECK_FALSE(heard.blocks[3].is_video);
        CHECK(heard.blocks[5].time == 1000);
        CHECK(splitter.waiting() == 0);
    }
}

TEST_CASE("frames in groups, as with an alpha channel, are keys where they refer to none") {
    std::string block{"\x81\x00\x05\x00", 4};
    block += "frame";
    std::string key, other, reference;
    webm::append_element(key, webm::id::block, block);
    webm::append_element(other, webm::id::block, block);
    webm::append_unsigned(reference, webm::id::reference_block, 1);
    other += reference;
    std::string content;
    webm::append_unsigned(content, webm::id::timestamp, 100);
    webm::append_element(content, webm::id::block_group, key);
    webm::append_element(content, webm::id::block_group, other);
    auto bytes = head();
    webm::append_element(bytes, webm::id::cluster, content);
    auto const heard = play(bytes);
    REQUIRE(heard.blocks.size() == 2);
    CHECK(heard.blocks[0].is_key);
    CHECK(heard.blocks[0].time == 105);
    CHECK_FALSE(heard.blocks[1].is_key);
}

TEST_CASE("what no browser records, or is beyond a limit, ends the stream") {
    auto const with = [](auto change) {
        auto tracks = picture_and_sound();
        change(tracks);
        return head(tracks) + cluster({picture(0, true)});
    };
    std::string lone_cluster = cluster({picture(0, true)});
    std::string large = head();
    webm::append_id(large, webm::id::simple_block);
    webm::append_size(large, std::uint64_t{5} << 20U);
    struct Case {
        char const* what;
        std::string bytes;
    };
    for (auto const& [what, bytes] :
         {Case{"no WebM at all", "GET / HTTP/1.1\r\n\r\n"}, Case{"a zero", std::string(8, '\0')},
          Case{"a cluster without a head", lone_cluster}, Case{"a frame larger than frames are", large},
          Case{"another codec", with([](auto& tracks) { tracks.video->codec = "V_MPEG4/ISO/AVC"; })},
          Case{"a picture that is too wide", with([](auto& tracks) { tracks.video->width = 8000; })},
          Case{"a picture without a size", with([](auto& tracks) { tracks.video->height = 0; })},
          Case{"sound in eight channels", with([](auto& tracks) { tracks.audio->channels = 8; })}}) {
        INFO(what);
        Heard heard;
        webm::Splitter splitter;
        CHECK_FALSE(splitter.feed(bytes, heard));
        CHECK(heard.blocks.empty());
        // Whatever comes then is not read any more.
        CHECK_FALSE(splitter.feed(head(), heard));
    }
}

TEST_CASE("what is written for viewers holds the frames and nothing else of a publisher") {
    std::string unknown;
    webm::append_element(unknown, 0x1254C367, "tags that say something");
    auto const heard = play(head() + unknown + cluster({picture(40, true), sound(41)}));
    REQUIRE(heard.blocks.size() == 2);
    auto const out = webm::init_segment(*heard.found, webm::Part::all) + webm::cluster(heard.blocks, webm::Part::all);
    CHECK(out.find("tags") == std::string::npos);
    auto const again = play(out);
    CHECK(again.blocks.size() == 2);
    CHECK(again.blocks[1].time == 41);

    auto const quiet =
        webm::init_segment(*heard.found, webm::Part::sound) + webm::cluster(heard.blocks, webm::Part::sound);
    auto const only_sound = play(quiet);
    REQUIRE(only_sound.blocks.size() == 1);
    CHECK_FALSE(only_sound.found->video);
}
