#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "chat/message.hpp"
#include "live/gifts/gift.hpp"

/// What clients of the stream dialect hear: each function gives the JSON text of one frame.
namespace soyuz::dialects::stream {

/// `{type:"chat", id, user, message, toxic, score, ts}`
std::string chat(chat::Message const& message, double threshold);
/// The same to the author alone, with `blocked`: nobody else hears of it.
std::string blocked(std::string_view username, std::string_view text, judge::Verdict const& verdict,
                    base::Timestamp at);
std::string gift(live::Gift const& gift);
/// `{type:"muted", message, muted_until}`; `muted_until` is null where nobody knows when.
std::string muted(base::Error const& error);
/// `{error, detail}`
std::string error(std::string_view code, std::string_view detail);

}  // namespace soyuz::dialects::stream
