#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace soyuz::outward {

enum class Urgency { low, normal, high, urgent };
std::string_view name(Urgency urgency);
std::optional<Urgency> parse_urgency(std::string_view text);

/// Something that is to reach somebody outside of the pages.
struct Letter {
    std::string id;
    std::string channel;  ///< "mail", "telegram", …
    base::UserId user;    ///< whom it is for
    std::string kind;     ///< what it is about: others of the kind wait for the cool-down
    std::string subject, text;
    Urgency urgency = Urgency::normal;
    base::Timestamp made_at{}, due_at{};
    unsigned tries = 0;

    static std::optional<Letter> parse(std::string const& id, nlohmann::json const& json);
    std::string document() const;
};

/// A way to people. Called by the queue's thread, which may wait for the network.
class Channel {
public:
    virtual ~Channel() = default;
    virtual std::string_view name() const = 0;
    /// Errors: not_found where this person can't be reached this way, which is not tried again; anything else is.
    virtual base::Result<void> send(Letter const& letter) = 0;
};

}  // namespace soyuz::outward
