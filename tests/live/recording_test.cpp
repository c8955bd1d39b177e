#include <algorithm>
#include <fstream>

#include <catch2/catch.hpp>

#include "live/feed.hpp"
#include "live/recording/finisher.hpp"
#include "live/recording/recorder.hpp"
#include "live/stage.hpp"
#include "live/streams.hpp"
#include "live/world.hpp"

using namespace soyuz;
using namespace soyuz::live;
using namespace soyuz::live::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

std::string contents(fs::path const& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void write(fs::path const& path, std::string const& bytes) { std::ofstream{path, std::ios::binary} << bytes; }

/// Ten seconds with a key frame each second.
std::string ten_seconds() {
    std::string bytes = head();
    for (int i = 0; i < 10; ++i) {
        bytes += cluster({picture(5000 + i * 1000, true, "key"), sound(5000 + i * 1000)});
        bytes += cluster({picture(5500 + i * 1000, false, "more"), sound(5500 + i * 1000)});
    }
    return bytes;
}

/// The children of the segment, with where they begin in it.
std::vector<std::pair<std::uint32_t, std::uint64_t>> children(std::string const& file, std::string* info = nullptr) {
    std::string_view rest{file};
    webm::ElementHeader header;
    REQUIRE(webm::parse_header(rest, header) == webm::Parsed::ok);
    rest.remove_prefix(header.bytes + *header.size);
    REQUIRE(webm::parse_header(rest, header) == webm::Parsed::ok);
    REQUIRE(header.id == webm::id::segment);
    REQUIRE(header.size);
    rest.remove_prefix(header.bytes);
    CHECK(rest.size() == *header.size);
    std::vector<std::pair<std::uint32_t, std::uint64_t>> found;
    auto const begin = rest.data();
    CHECK(webm::each_child(rest, [&](std::uint32_t id, std::string_view content) {
        std::string as_written;
        webm::append_id(as_written, id);
        webm::append_size(as_written, content.size());
        found.emplace_back(id, static_cast<std::uint64_t>(content.data() - begin) - as_written.size());
        if (info != nullptr && id == webm::id::info) *info = content;
        return true;
    }));
    return found;
}

}  // namespace

TEST_CASE("a finished recording has a length and can be searched") {
    Folder const folder;
    auto const part = folder.path / "1.webm.part", target = folder.path / "1.webm";
    write(part, ten_seconds());
    auto const done = finish_recording(part, target);
    REQUIRE(done);
    CHECK(done->duration == 9533ms);
    CHECK(done->bytes == fs::file_size(target));

    auto const file = contents(target);
    std::string info;
    auto const elements = children(file, &info);
    CHECK(elements[0].first == webm::id::seek_head);
    double duration = 0;
    webm::each_child(info, [&](std::uint32_t id, std::string_view value) {
        if (id == webm::id::duration) duration = webm::read_float(value).value_or(0);
        return true;
    });
    CHECK(duration == 9533);
    auto const heard = play(file);
    REQUIRE(heard.blocks.size() == 40);
    CHECK(heard.blocks[0].time == 0);
    CHECK(heard.blocks[39].time == 9500);

    // Each seek point names a cluster.
    std::size_t points = 0;
    std::string_view cues;
    webm::ElementHeader header;
    std::string_view rest{file};
    webm::parse_header(rest, header);
    rest.remove_prefix(header.bytes + *header.size);
    webm::parse_header(rest, header);
    rest.remove_prefix(header.bytes);
    webm::each_child(rest, [&](std::uint32_t id, std::string_view content) {
        if (id == webm::id::cues) cues = content;
        return true;
    });
    webm::each_child(cues, [&](std::uint32_t, std::string_view point) {
        ++points;
        return webm::each_child(point, [&](std::uint32_t id, std::string_view place) {
            return id != webm::id::cue_track_positions ||
                   webm::each_child(place, [&](std::uint32_t inner, std::string_view value) {
                       if (inner != webm::id::cue_cluster_position) return true;
                       auto const at = *webm::read_unsigned(value);
                       CHECK(std::find(elements.begin(), elements.end(), std::pair{webm::id::cluster, at}) !=
                             elements.end());
                       return true;
                   });
        });
    });
    CHECK(points == 10);
}

TEST_CASE("what a crash tore off is left out, and nothing becomes nothing") {
    Folder const folder;
    auto const part = folder.path / "1.webm.part", target = folder.path / "1.webm";
    auto const whole = ten_seconds();
    write(part, whole.substr(0, whole.size() - 3));
    auto const done = finish_recording(part, target);
    REQUIRE(done);
    CHECK(play(contents(target)).blocks.size() == 38);
    for (auto const& bytes : {std::string{}, std::string{"rubbish"}, head(), whole.substr(0, 20)}) {
        write(part, bytes);
        CHECK(finish_recording(part, target).error().code == base::Code::not_found);
    }
    CHECK(finish_recording(folder.path / "none", target).error().code == base::Code::not_found);
}

TEST_CASE("a clip shows what came, also where viewers saw black, and is no recording") {
    Folder const folder;
    base::ManualClock clock;
    Listener listener;
    base::RoomId const room{"room"};
    Recorder recorder{{.folder = folder.path, .reserve = 0}, clock};
    {
        Stage stage{room, {}, {}, clock, listener, &recorder};
        CHECK(stage.clip(base::UserId{"mod"}).error().code == base::Code::conflict);
        auto const ticket = *stage.go_live(base::UserId{"host"});
        stage.blank(true);
        REQUIRE(stage.feed(ticket, Layer::high, ten_seconds()));
        REQUIRE(stage.clip(base::UserId{"mod"}, "case-1"));
        CHECK_FALSE(stage.clip(base::UserId{"mod"}));
        clock.advance(29s);
        stage.tick();
        CHECK_FALSE(recorder.file_of(room, "1", RecordingKind::clip));
        clock.advance(1s);
        stage.tick();
    }
    recorder.stop();
    CHECK(recorder.of(room).empty());
    auto const clips = recorder.of(room, RecordingKind::clip);
    REQUIRE(clips.size() == 1);
    CHECK(clips[0].host == base::UserId{"mod"});
    CHECK(clips[0].the_case == "case-1");
    auto const heard = play(contents(*recorder.file_of(room, clips[0].id, RecordingKind::clip)));
    REQUIRE(heard.blocks.size() == 40);
    CHECK(heard.blocks[0].data == "key");
    recorder.sweep();
    CHECK(recorder.remove(room, clips[0].id, RecordingKind::clip));
    CHECK(recorder.of(room, RecordingKind::clip).empty());
}

TEST_CASE("a recorder writes from the first key frame on, and finishes what a crash left") {
    Folder const folder;
    base::ManualClock clock;
    base::RoomId const room{"room"};
    Feed feed{{}};
    REQUIRE(feed.take(ten_seconds(), base::Moment{} + 1h));
    auto const fragments = feed.release(base::Moment{} + 1h, {});
    {
        Recorder recorder{{.folder = folder.path, .reserve = 0}, clock};
        auto recording = recorder.begin(room, base::UserId{"host"}, clock.now());
        for (std::size_t i = 1; i < fragments.size(); ++i) recording->add(fragments[i], feed.init());
        recording.reset();
        recorder.stop();
        auto const list = recorder.of(room);
        REQUIRE(list.size() == 1);
        CHECK(list[0].host == base::UserId{"host"});
        auto const path = recorder.file_of(room, list[0].id);
        REQUIRE(path);
        CHECK(play(contents(*path)).blocks.at(0).data == "key");
        CHECK_FALSE(recorder.file_of(room, "../../secret"));
        CHECK_FALSE(recorder.file_of(room, "12345"));

        // The same as a crash leaves it.
        fs::rename(*path, path->string() + ".part");
        CHECK(recorder.of(room).empty());
    }
    clock.advance(1s);
    Recorder recorder{{.folder = folder.path, .reserve = 0, .kept = std::chrono::hours{24}}, clock};
    recorder.recover();
    REQUIRE(recorder.of(room).size() == 1);
    recorder.sweep();
    CHECK(recorder.of(room).size() == 1);
    clock.advance(std::chrono::hours{25});
    recorder.sweep();
    CHECK(recorder.of(room).empty());
}
