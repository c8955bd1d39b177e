#include "chat/message.hpp"

#include <algorithm>

namespace soyuz::chat {

bool holds_file(Message const& message, std::string_view file) {
    return std::any_of(message.attachments.begin(), message.attachments.end(),
                       [&](auto const& attachment) { return attachment.file == file; });
}

}  // namespace soyuz::chat
