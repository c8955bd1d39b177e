#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"

namespace soyuz::base {

/// Reads members of a JSON object that was written by this program: a member that is missing or of another kind reads
/// as empty. Refers to `json`, which must outlive it; anything but an object has no members.
class Members {
public:
    explicit Members(Json const& json) : json_(json) {}
    explicit Members(Json const&&) = delete;

    Json const* find(char const* key) const;  ///< null where there is none
    std::string text(char const* key) const;
    std::uint64_t number(char const* key) const;
    double fraction(char const* key) const;
    bool flag(char const* key) const;  ///< true only for `true`
    std::optional<Timestamp> time(char const* key) const;
    std::vector<std::string> texts(char const* key) const;  ///< the strings of an array

private:
    Json const& json_;
};

}  // namespace soyuz::base
