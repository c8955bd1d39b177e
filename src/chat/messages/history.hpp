#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/message.hpp"
#include "chat/room.hpp"
#include "chat/user.hpp"

namespace soyuz::moderation {
struct Case;
}

namespace soyuz::chat {

struct MessageContext;

/// Reads the messages of rooms. Thread-safe; may block on the disk: for workers.
class History {
public:
    explicit History(MessageContext const& context) : context_(context) {}

    struct Page {
        std::vector<MessagePtr> messages;  ///< ascending
        bool has_more = false;             ///< beyond the end that was asked for
    };
    /// Up to `limit` (1 … 200) messages next to `seq`. Errors: unknown_room.
    base::Result<Page> before(User const& reader, base::RoomId const& room, base::Seq seq, std::size_t limit) const;
    base::Result<Page> after(User const& reader, base::RoomId const& room, base::Seq seq, std::size_t limit) const;
    base::Result<Page> around(User const& reader, base::RoomId const& room, base::Seq seq, std::size_t limit) const;
    /// One message; moderators find those of private rooms too that a case of others' making names.
    base::Result<MessagePtr> find(User const& reader, base::MessageId const& id) const;
    /// For the moderators' desk: up to `each_side` messages before and after a case, and those it is about; nothing
    /// where they may not look.
    std::vector<MessagePtr> around_case(User const& moderator, moderation::Case const& the_case,
                                        std::size_t each_side) const;
    /// A message of `room`, without a check of rights. Errors: not_found.
    base::Result<MessagePtr> load(base::MessageId const& id, Room const& room) const;
    /// When that message was sent; nothing where it can't be read.
    std::optional<base::Timestamp> sent_at(base::MessageId const& id) const;

private:
    base::Result<RoomPtr> readable_room(User const& reader, base::RoomId const& id) const;
    base::Result<Page> read(Room const& room, base::Seq first, base::Seq last) const;

    MessageContext const& context_;
};

}  // namespace soyuz::chat
