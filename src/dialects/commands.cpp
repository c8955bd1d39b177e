#include "dialects/commands.hpp"

#include <array>
#include <string>

#include <nlohmann/json.hpp>

namespace soyuz::dialects {

using realtime::Dialect;

namespace {

Command const* find(std::span<Command const> table, std::string_view event, nlohmann::json const& data) {
    for (auto const& row : table)
        if (row.event == event && (row.key.empty() || data.contains(row.key))) return &row;
    return nullptr;
}

std::span<Command const> table_of(Dialect dialect) {
    switch (dialect) {
        case Dialect::messenger: return messenger_commands();
        case Dialect::room: return room_commands();
        default: return channels_commands();
    }
}

}  // namespace

Command const* find_command(Dialect dialect, std::string_view event, nlohmann::json const& data) {
    if (auto const* const row = find(table_of(dialect), event, data)) return row;
    // The rows that a key decides come before those that take what is left.
    for (auto const& table : {messenger_commands(), channels_commands(), room_commands()})
        if (auto const* const row = find(table, event, data)) return row;
    return nullptr;
}

}  // namespace soyuz::dialects
