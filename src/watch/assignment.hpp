#pragma once

#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "watch/stream.hpp"

namespace soyuz::watch {

/// An agent looks after a stream. One that has ended stays, as history.
struct Assignment {
    std::string id;
    std::string stream;
    base::UserId agent, assigned_by;
    std::string notes;
    Priority priority = Priority::normal;
    base::Timestamp created_at{};
    std::optional<base::Timestamp> ended_at;

    bool is_active() const { return !ended_at; }

    static std::optional<Assignment> parse(std::string const& id, nlohmann::json const& json);
    std::string document() const;
};
using AssignmentPtr = std::shared_ptr<Assignment const>;

}  // namespace soyuz::watch
