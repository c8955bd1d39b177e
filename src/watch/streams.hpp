#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "watch/records.hpp"
#include "watch/stream.hpp"

namespace soyuz::watch {

/// The streams that there are: the collection `streams`. Thread-safe; what changes one waits for the disk unless it
/// says otherwise, and is for workers.
class Streams {
public:
    static constexpr std::size_t most = 1000;

    Streams(store::Store& store, base::Clock const& clock);

    struct Draft {
        std::optional<std::string> url, platform, streamer, notes;
        std::optional<std::vector<std::string>> tags;
        std::optional<Priority> priority;
    };
    /// A stream elsewhere. Errors: invalid_value; conflict for an address that is there already or too many streams.
    base::Result<StreamPtr> add(base::UserId const& by, Draft const& draft);
    /// Errors: not_found; invalid_value; conflict for the address of a live room of this server, or one that another
    /// stream has.
    base::Result<StreamPtr> change(std::string_view id, Draft const& draft);
    /// Errors: not_found; conflict for a live room of this server, which goes with its room.
    base::Result<StreamPtr> remove(std::string_view id);

    /// What is known of whether anything comes. Monitoring begins where it is wanted and the stream is online. Doesn't
    /// wait. Null where nothing changed or there is no such stream.
    StreamPtr set_online(std::string_view id, bool is_online);
    /// Monitoring is wanted, or no longer. Errors: not_found. `reason` says why it can't be done, "" where it can.
    base::Result<StreamPtr> want(std::string_view id, bool wanted);
    /// Watching failed, and says why. Doesn't wait. Null where nothing changed.
    StreamPtr fail(std::string_view id, std::string reason);
    /// As a program or an agent says it. Errors: not_found; conflict for a live room of this server.
    base::Result<StreamPtr> set_state(std::string_view id, StreamState state);

    /// The stream of a live room, made where there is none. Doesn't wait.
    struct Own {
        base::RoomId room;
        std::string url, title, host;
    };
    StreamPtr keep_own(Own const& own, bool& is_new);
    /// The stream of a live room that is gone. Doesn't wait. Null where there was none.
    StreamPtr drop_own(std::string_view id);

    StreamPtr find(std::string_view id) const { return records_.find(id); }
    StreamPtr find_by_url(std::string_view url) const;
    StreamPtr of_room(base::RoomId const& room) const { return records_.find(stream_id_of(room)); }
    /// Those that are failed or online first, then by platform and name.
    std::vector<StreamPtr> all() const;

private:
    /// Applies what is given. Errors: invalid_value.
    base::Result<void> apply(Draft const& draft, Stream& to) const;
    StreamPtr move(std::string_view id, std::function<bool(Stream&)> const& edit);

    base::Clock const& clock_;
    Records<Stream> records_;
};

}  // namespace soyuz::watch
