#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/ids.hpp"
#include "chat/message.hpp"

namespace soyuz::chat {

struct MessageContext;
class History;

/// Finds the message that holds a file. Where it is looked for is noted as files are posted, and read once for each
/// room whose older files somebody asks for; whether it still holds the file is for the message to say. Thread-safe;
/// may block on the disk: for workers.
class AttachmentIndex {
public:
    AttachmentIndex(MessageContext const& context, History const& history) : context_(context), history_(history) {}

    /// The message of `room` that holds `file`: not deleted, by somebody who still has an account. Null where there is
    /// none.
    MessagePtr find(base::RoomId const& room, std::string const& file);
    /// A message was posted. Doesn't block on the disk.
    void note(Message const& message);
    void forget(base::RoomId const& room);

private:
    struct Files {
        bool is_read = false;  ///< all of the room's messages were looked at
        std::unordered_map<std::string, base::Seq> places;
    };

    base::Seq place_of(base::RoomId const& room, std::string const& file);
    void read(base::RoomId const& room);

    MessageContext const& context_;
    History const& history_;
    std::mutex mutex_;
    std::unordered_map<base::RoomId, Files> rooms_;
};

}  // namespace soyuz::chat
