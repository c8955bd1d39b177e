#pragma once

#include <string>
#include <string_view>

#include "base/json_writer.hpp"
#include "socketio/packet.hpp"

namespace soyuz::dialects {

/// The text of a frame with the event `name` and one object, whose members `members(JsonWriter&)` writes.
std::string event(std::string_view name, auto const& members) {
    std::string object;
    object.reserve(256);
    base::JsonWriter out{object};
    out.object([&] { members(out); });
    return socketio::event_text(name, object);
}

}  // namespace soyuz::dialects
