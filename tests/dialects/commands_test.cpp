#include "dialects/commands.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace soyuz;
using namespace soyuz::dialects;
using realtime::Dialect;
using Json = nlohmann::json;

namespace {

enum class Table { none, messenger, channels, room, monitor };

bool is_in(std::span<Command const> table, Command const* row) {
    return row >= table.data() && row < table.data() + table.size();
}

Table table_of(Command const* row) {
    if (row == nullptr) return Table::none;
    if (is_in(messenger_commands(), row)) return Table::messenger;
    if (is_in(channels_commands(), row)) return Table::channels;
    if (is_in(room_commands(), row)) return Table::room;
    return is_in(monitor_commands(), row) ? Table::monitor : Table::none;
}

}  // namespace

TEST_CASE("an event's keys decide its meaning, whatever the connection's dialect") {
    struct Case {
        std::string event;
        Json data;
        Table table;
    };
    std::vector<Case> const cases{
        {"typing", {{"receiver", "bilal"}}, Table::messenger},
        {"typing", {{"channel_id", "physics"}}, Table::channels},
        {"typing", Json::object(), Table::room},
        {"send_message", {{"receiver", "bilal"}}, Table::messenger},
        {"mark_as_read", {{"message_ids", Json::array()}}, Table::messenger},
        {"join", {{"username", "bilal"}}, Table::room},
        {"join", {{"room", "stream_1"}}, Table::monitor},
        {"leave", {{"room", "stream_1"}}, Table::monitor},
        {"typing", {{"receiver_username", "bilal"}, {"typing", true}}, Table::monitor},
        {"send_message", {{"receiver_username", "bilal"}}, Table::monitor},
        {"message", {{"receiver_id", "x"}, {"message", "hello"}}, Table::monitor},
        {"subscribe_to_stream", {{"stream_id", "x"}}, Table::monitor},
        {"get_unread_notifications", Json::object(), Table::monitor},
        {"message", {{"msg", "hello"}}, Table::room},
        {"join_channel", {{"channel_id", "physics"}}, Table::channels},
        {"leave_channel", {{"channel_id", "physics"}}, Table::channels},
        {"new_message", {{"channel_id", "physics"}}, Table::channels},
        {"send_direct_message", {{"receiver_id", "x"}}, Table::channels},
        {"join_dm", {{"user_id", "x"}}, Table::channels},
        {"leave_dm", {{"user_id", "x"}}, Table::channels},
        {"typing_dm", {{"user_id", "x"}}, Table::channels},
        {"heartbeat", Json::object(), Table::channels},
        {"no_such_event", Json::object(), Table::none},
        {"", Json::object(), Table::none},
    };
    for (auto const& each : cases) {
        for (auto const dialect : {Dialect::messenger, Dialect::channels, Dialect::room}) {
            INFO(each.event << " " << each.data << " in dialect " << index_of(dialect));
            // What has no key belongs to the dialect's own table first.
            CHECK(table_of(find_command(dialect, each.event, each.data)) == each.table);
        }
    }
}

TEST_CASE("each table names an event with a key once") {
    for (auto const& table : {messenger_commands(), channels_commands(), room_commands(), monitor_commands()})
        for (auto const& one : table)
            for (auto const& other : table) CHECK((&one == &other || one.event != other.event || one.key != other.key));
}
