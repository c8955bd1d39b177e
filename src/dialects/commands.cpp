#include "dialects/commands.hpp"

#include <array>
#include <string>

#include <nlohmann/json.hpp>

namespace soyuz::dialects {

using realtime::Dialect;

namespace {

/// A row that one of the keys decides, or, with `data` null, one that takes what is left.
Command const* find(std::span<Command const> table, std::string_view event, nlohmann::json const* data) {
    for (auto const& row : table)
        if (row.event == event && (data == nullptr ? row.key.empty() : !row.key.empty() && data->contains(row.key)))
            return &row;
    return nullptr;
}

std::span<Command const> table_of(Dialect dialect) {
    switch (dialect) {
        case Dialect::messenger: return messenger_commands();
        case Dialect::room: return room_commands();
        case Dialect::monitor:
        case Dialect::monitor_notifications:
        case Dialect::monitor_messages: return monitor_commands();
        default: return channels_commands();
    }
}

}  // namespace

Command const* find_command(Dialect dialect, std::string_view event, nlohmann::json const& data) {
    // What a key decides comes first, then what the dialect's own table takes without one.
    for (auto const* const keys : {&data, static_cast<nlohmann::json const*>(nullptr)})
        for (auto const& table :
             {table_of(dialect), messenger_commands(), channels_commands(), room_commands(), monitor_commands()})
            if (auto const* const row = find(table, event, keys)) return row;
    return nullptr;
}

}  // namespace soyuz::dialects
