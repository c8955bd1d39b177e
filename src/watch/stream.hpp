#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace soyuz::watch {

enum class StreamState {
    offline,
    online,
    monitoring,  ///< online, and what comes is looked at
    failed,      ///< it should be, and can't
};
std::string_view name(StreamState state);
std::optional<StreamState> parse_state(std::string_view text);

enum class Priority { low, normal, high, urgent };
std::string_view name(Priority priority);
std::optional<Priority> parse_priority(std::string_view text);

/// A stream that staff watch: a live room of this server, or one elsewhere that is pulled or pushed.
struct Stream {
    std::string id;
    base::RoomId room;  ///< of this server's own; empty otherwise
    std::string url;    ///< "" where programs push
    std::string platform, streamer, notes;
    std::vector<std::string> tags;
    Priority priority = Priority::normal;
    StreamState state = StreamState::offline;
    bool is_wanted = false;  ///< somebody started monitoring: it goes on when the stream comes online again
    std::string reason;      ///< why it failed
    base::UserId added_by;
    base::Timestamp added_at{}, changed_at{};
    std::optional<base::Timestamp> online_since, seen_at;

    bool is_own() const { return !room.empty(); }
    /// Does it come here without being fetched?
    bool is_pushed() const { return !is_own() && url.empty(); }

    static std::optional<Stream> parse(std::string const& id, nlohmann::json const& json);
    std::string document() const;
};
using StreamPtr = std::shared_ptr<Stream const>;

/// "live-<room id>"
std::string stream_id_of(base::RoomId const& room);

}  // namespace soyuz::watch
