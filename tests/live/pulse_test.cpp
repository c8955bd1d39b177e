#include <string>

#include <catch2/catch.hpp>

#include "base/manual_clock.hpp"
#include "live/pulse/pulses.hpp"

using namespace soyuz;
using namespace soyuz::live;
using namespace std::chrono_literals;

namespace {

PulseEntry message(base::Timestamp at, double score, judge::Action action = judge::Action::allow) {
    PulseEntry entry;
    entry.at = at;
    entry.user = "sara";
    entry.text = "hello";
    entry.score = score;
    entry.action = action;
    if (action != judge::Action::block) entry.id = base::MessageId{base::RoomId{"stage"}, 1};
    if (score > 0.5) entry.reasons = {"harassment"};
    return entry;
}

chat::Room live_room() {
    chat::Room room;
    room.id = base::RoomId{"stage"};
    room.kind = chat::Room::Kind::live;
    return room;
}

chat::MessagePtr posted(base::Seq seq, std::string text, double score) {
    chat::User user;
    user.username = "sara";
    chat::Message message;
    message.id = {live_room().id, seq};
    message.sender = std::make_shared<chat::User const>(user);
    message.text = std::move(text);
    message.sent_at = base::ManualClock::start;
    message.verdict.score = score;
    return std::make_shared<chat::Message const>(std::move(message));
}

}  // namespace

TEST_CASE("a pulse counts what each minute brought, and what was blocked counts as toxic") {
    Pulse pulse;
    auto const start = std::chrono::floor<std::chrono::minutes>(base::ManualClock::start) + 1min;
    pulse.sample(start, 3);
    pulse.add(message(start, 0.1), 0.6);
    pulse.add(message(start + 1s, 0.6), 0.6);
    pulse.add(message(start + 2s, 0.2, judge::Action::block), 0.6);
    PulseEntry gift;
    gift.at = start + 3s;
    gift.amount = 5;
    pulse.add(gift, 0.6);
    pulse.sample(start + 4s, 2);
    pulse.add(message(start + 61s, 0.9), 0.95);

    REQUIRE(pulse.minutes().size() == 2);
    auto const& first = pulse.minutes().front();
    CHECK(first.at == start);
    CHECK(first.messages == 3);
    CHECK(first.toxic == 2);
    CHECK(first.blocked == 1);
    CHECK(first.gifts == 5);
    CHECK(first.viewers == 3);
    auto const& second = pulse.minutes().back();
    CHECK(second.messages == 1);
    CHECK(second.toxic == 0);
    CHECK(second.viewers == 2);
    CHECK(pulse.categories().at("harassment") == 2);
}

TEST_CASE("a pulse keeps the newest entries and minutes, and the beginning of a text") {
    Pulse pulse;
    auto at = base::ManualClock::start;
    for (std::size_t i = 0; i < Pulse::most_entries + 10; ++i, at += 1min) pulse.add(message(at, 0), 0.6);
    CHECK(pulse.entries().size() == Pulse::most_entries);
    CHECK(pulse.entries().front().number == 11);
    CHECK(pulse.minutes().size() == Pulse::most_minutes);

    auto long_one = message(at, 0);
    long_one.text.clear();
    for (int i = 0; i < 400; ++i) long_one.text += "é";
    pulse.add(long_one, 0.6);
    auto const& kept = pulse.entries().back().text;
    CHECK(kept.ends_with("…"));
    CHECK(kept.size() <= Pulse::most_text + 3);
    CHECK(kept.substr(0, 2) == "é");
    CHECK((kept.size() - 3) % 2 == 0);
}

TEST_CASE("messages of live rooms are seen pass, blocked ones too; a deleted one loses its text") {
    base::ManualClock clock;
    Pulses pulses{clock, 0.6};
    auto const room = live_room();
    pulses.message_posted(room, posted(1, "hello", 0.1));
    pulses.message_posted(room, posted(2, "rude", 0.7));
    chat::User author;
    author.username = "omar";
    judge::Verdict verdict;
    verdict.action = judge::Action::block;
    verdict.score = 0.95;
    pulses.moderation_alert(room, author, "worse", verdict, nullptr);
    // What was flagged and sent has come as a message.
    pulses.moderation_alert(room, author, "rude", verdict, posted(2, "rude", 0.7));
    auto other = room;
    other.kind = chat::Room::Kind::public_;
    other.id = base::RoomId{"lobby"};
    pulses.message_posted(other, posted(1, "elsewhere", 0.9));
    CHECK(pulses.view(other.id).entries.empty());

    auto const view = pulses.view(room.id);
    REQUIRE(view.entries.size() == 3);
    CHECK(view.newest == 3);
    CHECK_FALSE(view.entries[2].id);
    CHECK(view.minutes.back().toxic == 2);
    CHECK(pulses.view(room.id, 2).entries.size() == 1);

    pulses.message_deleted(room, posted(2, "", 0));
    CHECK(pulses.view(room.id).entries[1].text.empty());
    pulses.clear(room.id);
    CHECK(pulses.view(room.id).entries.empty());
    // Numbers go on: whoever looked knows that what comes is new.
    pulses.message_posted(room, posted(3, "again", 0));
    CHECK(pulses.view(room.id).newest == 4);
    pulses.clear_all();
    CHECK(pulses.view(room.id).entries.empty());
    pulses.room_removed(room);
    CHECK(pulses.view(room.id).newest == 0);
}
