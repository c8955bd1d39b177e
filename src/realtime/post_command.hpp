#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace soyuz::realtime {

/// The command that comes most, `{"type":"message", …}`, read straight from its text.
struct PostCommand {
    std::string_view ref;  ///< as written; "" where there is none. Part of the text that was read
    std::string_view room;
    std::string text;
    std::string client_id;
    base::Seq reply_to = 0;
};

/// None for every other command, and for whatever is unusual or wrong: the general way reads those and tells what is
/// wrong with them. Takes nothing that the general way would refuse, or read differently.
std::optional<PostCommand> read_post_command(std::string_view json);

}  // namespace soyuz::realtime
