#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "chat/user.hpp"
#include "judge/judge.hpp"

namespace soyuz::chat {

struct Attachment {
    std::string file;  ///< name among the uploads
    std::string name;  ///< what its sender called it
    std::string type;  ///< media type
    std::size_t bytes = 0;
    std::size_t width = 0;  ///< of a picture as it is shown, in pixels; 0 where that is not known
    std::size_t height = 0;
    std::string alt;  ///< what a picture shows, in its sender's words
};

struct Message {
    base::MessageId id;
    std::string room_name;  ///< the room's address: what `room` is in JSON
    UserPtr sender;         ///< as the account is now
    std::string text;
    base::Timestamp sent_at{};
    std::optional<base::Timestamp> written_at;  ///< where it was held back: when its author wrote it
    std::optional<base::Timestamp> edited_at;
    bool deleted = false;  ///< `text` and attachments are empty then
    bool removed_by_staff = false;
    base::Seq reply_to = 0;  ///< 0: none
    std::vector<std::string> mentions;
    std::map<std::string, std::vector<base::UserId>> reactions;  ///< emoji to those who gave it, oldest first
    std::vector<Attachment> attachments;
    std::string link;  ///< of a post: an http or https address that it shows; "" where there is none
    std::string client_id;
    judge::Verdict verdict;
};
using MessagePtr = std::shared_ptr<Message const>;

/// Is `file` among what is attached?
bool holds_file(Message const& message, std::string_view file);

}  // namespace soyuz::chat
