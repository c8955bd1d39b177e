#include "base/ids.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "base/random.hpp"

using namespace soyuz::base;

TEST_CASE("a message id names room and place and is read back") {
    MessageId const id{RoomId{"abc-def"}, 42};
    CHECK(to_string(id) == "abc-def-42");
    CHECK(parse_message_id("abc-def-42") == id);
    for (auto text : {"", "-1", "abc", "abc-", "abc-0", "abc-01", "abc-x", "abc-1x", "abc-99999999999999999999999"}) {
        INFO(text);
        CHECK_FALSE(parse_message_id(text));
    }
}

TEST_CASE("random ids and tokens are long enough and differ") {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        CHECK(random_id().size() == 12);
        seen.insert(random_id());
        seen.insert(random_token());
    }
    CHECK(seen.size() == 2000);
    CHECK(random_token().size() == 43);
    CHECK(token_digest("abc") == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
}
