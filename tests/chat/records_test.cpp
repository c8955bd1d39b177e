#include "chat/messages/records.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using test::World;

namespace {

Message full_message(UserPtr const& sender) {
    Message message;
    message.sender = sender;
    message.text = "two\nlines, \"quoted\", a \\ and سلام 🙂 \x01";
    message.sent_at = base::Timestamp{std::chrono::milliseconds{1'732'187'654'321}};
    message.written_at = message.sent_at - std::chrono::seconds{90};
    message.edited_at = message.sent_at + std::chrono::seconds{5};
    message.reply_to = 7;
    message.client_id = "c-1";
    message.mentions = {"omar", "lena"};
    message.attachments = {{"f1.png", "a \"b\".png", "image/png", 1234, 640, 480, "a \"boat\""},
                           {"f2.pdf", "b.pdf", "application/pdf", 0, 0, 0, {}}};
    message.reactions = {{"👍", {base::UserId{"u1"}, base::UserId{"u2"}}}, {"🙂", {base::UserId{"u3"}}}};
    message.verdict = {
        judge::Action::flag, judge::Severity::medium, 0.7, 0.125, {"profanity", "spam"}, {}, "ur-Latn", "case-1"};
    return message;
}

}  // namespace

TEST_CASE("a message reads back from its body as it was, in our order of members or another") {
    World world;
    auto const sender = world.user("sara");
    std::vector<Message> messages{full_message(sender)};
    auto& plain = messages.emplace_back();
    plain.sender = sender;
    plain.text = "plain";
    plain.sent_at = messages.front().sent_at;
    auto& removed = messages.emplace_back(plain);
    removed.text.clear();
    removed.deleted = removed.removed_by_staff = true;

    for (auto const& message : messages) {
        std::string body;
        append_body(body, message);
        // A document sorts its members: that is not our order, so the general way reads it.
        for (auto const& text : {body, nlohmann::json::parse(body).dump()}) {
            INFO(text);
            auto const read = parse_body(text, {base::RoomId{"r"}, 3}, world->accounts);
            REQUIRE(read);
            CHECK(read->id == base::MessageId{base::RoomId{"r"}, 3});
            CHECK(read->sender == sender);
            std::string again;
            append_body(again, *read);
            CHECK(again == body);
        }
    }
}

TEST_CASE("what is no message's body is refused, and an unknown author named as such") {
    World world;
    for (std::string const body : {"", "[]", "{", R"({"sender":"x")", "\"text\""})
        CHECK_FALSE(parse_body(body, {base::RoomId{"r"}, 1}, world->accounts));
    auto const read = parse_body(R"({"sender":"gone","sent_at":"2026-11-21T07:00:00.000Z","text":"still here"})",
                                 {base::RoomId{"r"}, 1}, world->accounts);
    REQUIRE(read);
    CHECK(read->sender->deleted);
    CHECK(read->text == "still here");
}
