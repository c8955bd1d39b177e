#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace soyuz::base {

/// An opaque identifier. Ids of different things are different types, so that they can't be swapped.
template <class Tag>
struct Id {
    std::string value;

    Id() = default;
    explicit Id(std::string text) : value(std::move(text)) {}
    bool empty() const { return value.empty(); }
    auto operator<=>(Id const&) const = default;
    bool operator==(Id const&) const = default;
};

using UserId = Id<struct UserTag>;
using RoomId = Id<struct RoomTag>;

/// Place of a message within its room: 1, 2, 3 … without gaps. Zero stands before the first.
using Seq = std::uint64_t;

/// A message is named by its room and place, so that it is found without an index.
struct MessageId {
    RoomId room;
    Seq seq = 0;
    auto operator<=>(MessageId const&) const = default;
    bool operator==(MessageId const&) const = default;
};

/// "<room id>-<seq>".
std::string to_string(MessageId const& id);
std::optional<MessageId> parse_message_id(std::string_view text);

/// Twelve random characters of a–z and 2–7: 60 bits, short enough for the small-string buffer.
std::string random_id();
UserId new_user_id();
RoomId new_room_id();

}  // namespace soyuz::base

template <class Tag>
struct std::hash<soyuz::base::Id<Tag>> {
    std::size_t operator()(soyuz::base::Id<Tag> const& id) const noexcept { return std::hash<std::string>{}(id.value); }
};
