#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace soyuz::live {

/// A gift as it was given. No money is behind any of them.
struct Gift {
    base::RoomId room;
    base::UserId from;      ///< "" for the server's own
    std::string from_name;  ///< the user name, or "bot"
    std::uint32_t id = 0;
    std::uint32_t amount = 1;
    std::uint32_t combo = 1;  ///< of the same gift by the same person within a few seconds, this one included
    base::Timestamp at{};
};

/// What can be given.
struct GiftKind {
    std::uint32_t id = 0;
    std::string_view emoji;
    std::string_view name;  ///< in English; pages have it in their language
};

std::vector<GiftKind> const& gift_catalogue();
/// Any number is a gift: those beyond the catalogue look like one of it.
GiftKind const& gift_kind(std::uint32_t id);

}  // namespace soyuz::live
