#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace soyuz::search {

/// What the index learns of a message. The domain reads it out of a stored body: the index doesn't know what that
/// means.
struct Document {
    std::string text;  ///< names of files below it, a line each
    std::string sender;
    base::Timestamp sent_at{};
    std::uint8_t has = 0;  ///< of Has
    bool is_gone = false;  ///< deleted: nothing of it is found
};

using ReadDocument = std::function<std::optional<Document>(std::string_view body)>;

}  // namespace soyuz::search
