#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace soyuz::watch {

/// Something that those who watch should know. One for all who are told: each has their own marks on it.
struct Notification {
    std::string id;
    std::string event_type;  ///< "object_detection", "stream_assigned", …
    base::Timestamp at{};
    std::string stream, room_url, streamer, platform;
    nlohmann::json details = nlohmann::json::object();
    std::string detection;      ///< "" where it is about none
    unsigned count = 1;         ///< how often it happened
    std::set<base::UserId> to;  ///< agents who are told; staff are told of everything
    bool is_for_staff = true;   ///< staff are told, too
    std::set<base::UserId> read_by, deleted_by;
    base::UserId acknowledged_by;
    std::optional<base::Timestamp> acknowledged_at;

    static std::optional<Notification> parse(std::string const& id, nlohmann::json const& json);
    std::string document() const;
};
using NotificationPtr = std::shared_ptr<Notification const>;

/// One of those that clients know?
bool is_event_type(std::string_view text);

}  // namespace soyuz::watch
