#include <filesystem>
#include <string>

#include "watch/world.hpp"

using namespace soyuz;
using namespace soyuz::watch::testing;
using watch::Alert;
using watch::Evidence;
using watch::Finding;
using watch::Transcripts;

TEST_CASE("pictures are JPEGs within a bound, under names of ours") {
    tests::Folder const folder;
    Evidence evidence{folder.path / "pictures"};
    CHECK(evidence.keep("one", "abc", a_jpeg()));
    CHECK(evidence.find("one", "abc"));
    CHECK(evidence.bytes("one", "abc") == a_jpeg().size());
    for (auto const& [stream, name, bytes] : {
             std::tuple{std::string{"one"}, std::string{"abc"}, std::string{"GIF89a"}},
             {"one", "abc", ""},
             {"one", "abc", a_jpeg(Evidence::largest)},
             {"..", "abc", a_jpeg()},
             {"one", "../abc", a_jpeg()},
             {"one", "", a_jpeg()},
         }) {
        INFO(stream << ' ' << name);
        CHECK_FALSE(evidence.keep(stream, name, bytes));
    }
    CHECK_FALSE(evidence.find("..", "abc"));
    evidence.remove_all("one");
    CHECK_FALSE(evidence.find("one", "abc"));
}

TEST_CASE("the picture of a detection is kept with it, and goes with its stream") {
    World world;
    auto const stream = world.stream();
    Alert alert;
    alert.stream = stream->id;
    alert.finding = Finding::object;
    alert.subjects = {"knife"};
    alert.boxes = {{"knife", 0.81, 10, 20, 30, 40}};
    alert.picture = a_jpeg();
    auto const found = world.watch.report(alert);
    REQUIRE(found);
    CHECK(found->detection->has_picture);
    CHECK(world.watch.evidence.find(stream->id, found->detection->id));
    auto const told = world.watch.notifications.of_detection(found->detection->id);
    CHECK(told->details["detections"][0]["class"] == "knife");
    CHECK(told->details["detections"][0]["bbox"] == nlohmann::json({10.0, 20.0, 40.0, 60.0}));
    CHECK(world.cases.find(found->detection->case_id)->text == "knife 81 %");
    REQUIRE(world.watch.remove_stream(world.keeper(), stream->id));
    CHECK_FALSE(world.watch.evidence.find(stream->id, found->detection->id));
    CHECK_FALSE(world.watch.detections.find(found->detection->id));
}

TEST_CASE("transcripts are read newest last, by moment and by words") {
    tests::Folder const folder;
    Transcripts transcripts{folder.path / "transcriptions"};
    base::ManualClock clock;
    using namespace std::chrono_literals;
    for (auto const* text : {"good morning class", "open your books", "the knife is on the table"}) {
        transcripts.add("one", {clock.now(), text, 2.5, {{"word", 0.75}}});
        clock.advance(23h);
    }
    auto const all = transcripts.read("one", {}, 10);
    REQUIRE(all.size() == 3);
    CHECK(all.front().text == "good morning class");
    CHECK(all.front().words.at(0).confidence == 0.75);
    CHECK(transcripts.read("one", {}, 1).front().text == "the knife is on the table");
    CHECK(transcripts.read("one", all.back().at, 1).front().text == "open your books");
    CHECK(transcripts.read("one", {}, 10, "KNIFE table").size() == 1);
    CHECK(transcripts.read("one", {}, 10, "knife chair").empty());
    CHECK(transcripts.read("..", {}, 10).empty());
    transcripts.sweep(all.back().at);
    CHECK(transcripts.read("one", {}, 10).size() == 1);
    transcripts.remove_all("one");
    CHECK(transcripts.read("one", {}, 10).empty());
}
