#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "judge/policy.hpp"
#include "moderation/conduct/spam_window.hpp"

namespace soyuz::store {
class Store;
}

namespace soyuz::chat {

enum class Registration { open, invite, closed };
/// What becomes of a text between two people that would be flagged or blocked.
enum class DirectPolicy {
    mark,       ///< it is delivered, marked; only what endangers somebody is blocked
    graduated,  ///< as in rooms
};
enum class Purpose { friends, class_, stream, community };

/// What the owner can change while the server runs; kept in settings.json.
struct InstanceSettings {
    std::string name = "Soyuz";
    Purpose purpose = Purpose::friends;
    Registration registration = Registration::open;
    judge::Preset moderation_preset = judge::Preset::school;  ///< of rooms without one of their own
    DirectPolicy direct_policy = DirectPolicy::mark;
    moderation::SpamRules spam;
    std::size_t message_characters = 4000;
    std::size_t attachment_bytes = 10U << 20U;
    unsigned registrations_per_address = 30;  ///< in ten minutes
    unsigned logins_per_address = 10;         ///< in a minute
    unsigned connections_per_address = 200;
    unsigned connections_per_account = 20;  ///< sockets
    bool members_create_rooms = true;
};

/// The present settings. Thread-safe: `get` gives a state that never changes under its holder.
class Settings {
public:
    explicit Settings(store::Store& store);

    std::shared_ptr<InstanceSettings const> get() const;
    /// Applies the members of `patch` (names as in `to_json`) and waits for the disk. Errors: invalid_value with
    /// each wrong field; nothing is changed then.
    base::Result<void> change(nlohmann::json const& patch);
    /// Registration, strictness, files and rooms as the purpose suggests.
    base::Result<void> apply_purpose(Purpose purpose, std::string const& instance_name);

    /// Runs after a change is durable, on the thread that made it. Set before the server starts.
    std::function<void(InstanceSettings const&)> on_changed;

    static nlohmann::json to_json(InstanceSettings const& settings);

private:
    base::Result<void> keep(InstanceSettings changed);

    store::Store& store_;
    std::mutex changing_;       ///< one change at a time; held while it is written
    mutable std::mutex mutex_;  ///< guards `current_`
    std::shared_ptr<InstanceSettings const> current_;
};

}  // namespace soyuz::chat
