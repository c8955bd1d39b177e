#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "dialects/session.hpp"

/// From an event of a client to the native call: one table for each dialect.
namespace soyuz::dialects {

struct Command {
    std::string_view event;
    /// A member that must be there: it decides where dialects share the event's name. "" takes whatever is left.
    std::string_view key;
    void (*run)(Session& session, nlohmann::json const& data, Reply reply);
    std::size_t more = 0;    ///< events that it counts for, beside itself
    bool is_change = false;  ///< counts in the user's budget of changes, too
};

std::span<Command const> messenger_commands();
std::span<Command const> channels_commands();
std::span<Command const> room_commands();
std::span<Command const> monitor_commands();

/// The row of an event with this data: of the connection's own dialect, else of any other. Null where none fits.
Command const* find_command(realtime::Dialect dialect, std::string_view event, nlohmann::json const& data);

}  // namespace soyuz::dialects
