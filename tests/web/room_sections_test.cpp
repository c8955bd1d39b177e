#include "web/pages/room_sections.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace soyuz;
using Json = nlohmann::json;

namespace {

Json room(std::string const& name, std::string const& title, std::string const& kind = "public", int unread = 0) {
    return {{"name", name}, {"title", title}, {"kind", kind}, {"unread", unread}};
}

std::vector<std::string> shown(Json const& rooms) {
    std::vector<std::string> lines;
    for (auto const& section : web::room_sections(rooms, "en")) {
        std::string line = section["title"].get<std::string>() + ":";
        for (auto const& each : section["rooms"]) line += " " + each["title"].get<std::string>();
        lines.push_back(line);
    }
    return lines;
}

}  // namespace

TEST_CASE("rooms stand in sections, what is unread first, in the order in which people count") {
    using Lines = std::vector<std::string>;
    CHECK(shown(Json::array()).empty());
    CHECK(shown({room("g10", "Group 10"), room("lobby", "Lobby"), room("g2", "Group 2"), room("a", "algebra")}) ==
          Lines{"rooms.title: Lobby algebra Group 2 Group 10"});
    CHECK(shown({room("d", "Omar", "direct"), room("lobby", "Lobby"), room("m", "Maths", "private", 3),
                 room("e", "Sara", "direct", 1)}) ==
          Lines{"rooms.wanted: Maths Sara", "rooms.title: Lobby", "rooms.direct: Omar"});
}

TEST_CASE("rooms stand by the time of their newest message where that is wished") {
    auto old = room("a", "Algebra");
    auto fresh = room("z", "Zoo");
    old["last_at"] = "2026-11-01T08:00:00.000Z";
    fresh["last_at"] = "2026-11-02T08:00:00.000Z";
    auto const sections = web::room_sections({old, room("e", "Empty"), fresh}, "en", true);
    std::vector<std::string> names;
    for (auto const& each : sections[0]["rooms"]) names.push_back(each["name"]);
    CHECK(names == std::vector<std::string>{"z", "a", "e"});
}
