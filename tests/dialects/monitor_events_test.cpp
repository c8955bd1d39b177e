#include "dialects/monitor/monitor_events.hpp"

#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "socketio/packet.hpp"

using namespace soyuz;
using namespace soyuz::dialects;
using realtime::Dialect;

TEST_CASE("an event is one of its namespace, and can be read as such") {
    watch::Stream stream;
    stream.id = "abc";
    stream.state = watch::StreamState::failed;
    for (auto const& [dialect, name_space] : {std::pair{Dialect::monitor, "/"},
                                              {Dialect::monitor_notifications, "/notifications"},
                                              {Dialect::monitor_messages, "/messages"}}) {
        auto const text =
            monitor::in_name_space(monitor::events::stream_status(stream), monitor::name_space_of(dialect));
        INFO(text);
        auto const packet = socketio::read_packet(std::string_view{text}.substr(1));
        REQUIRE(packet);
        CHECK(packet->kind == socketio::PacketKind::event);
        CHECK(packet->name_space == name_space);
        // What failed is offline to these clients.
        CHECK(nlohmann::json::parse(packet->json) ==
              nlohmann::json({"stream_status", {{"stream_id", "abc"}, {"status", "offline"}}}));
    }
}

TEST_CASE("an acknowledgement keeps its number in another namespace") {
    auto const text = monitor::in_name_space(socketio::ack_text(12, R"({"ok":true})"), "/messages");
    auto const packet = socketio::read_packet(std::string_view{text}.substr(1));
    REQUIRE(packet);
    CHECK(packet->kind == socketio::PacketKind::ack);
    CHECK(packet->id == 12U);
    CHECK(packet->name_space == "/messages");
}
