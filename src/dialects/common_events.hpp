#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.hpp"
#include "base/result.hpp"
#include "chat/message.hpp"
#include "judge/judge.hpp"
#include "realtime/connection.hpp"

/// What the dialects of Socket.IO say alike: each function gives the text of one frame.
namespace soyuz::dialects::events {

/// `{message, error, code, …}`: the sentence under both names that clients look for.
std::string error(base::Error const& error, judge::Verdict const* verdict = nullptr);
/// The answer to an event that asked for one: `{ok:true}`, with `id` and `seq` of a message that was posted.
std::string ack(std::uint64_t ack, chat::Message const* message = nullptr);
std::string ack(std::uint64_t ack, base::Error const& error);

/// To the author alone. `message_id` of a blocked text is its case's: there is no message.
std::string message_blocked(judge::Verdict const& verdict, std::string_view client_id);
std::string moderation_warning(chat::Message const& message, judge::Verdict const& verdict);

/// `banned`, `muted`, `unmuted`, `kicked`, `notice` or `help`.
std::string account_news(realtime::AccountNews const& news);

/// The reasons of a verdict under the names that these clients know.
std::vector<std::string> reasons_of(judge::Verdict const& verdict);
/// `moderation {action, severity, score, confidence, reasons}`
void write_verdict(base::JsonWriter& out, judge::Verdict const& verdict);

}  // namespace soyuz::dialects::events
