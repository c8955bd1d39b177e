#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "judge/judge.hpp"
#include "web/http/answer.hpp"

/// How the families of clients say errors and verdicts.
namespace soyuz::dialects {

/// `{msg, error, message}`, with `errors` by field where a value is wrong. A wrong value is 400 there, and so is a name
/// that is taken.
web::Answer messenger_refusal(base::Error const& error, judge::Verdict const& verdict);

/// `{error, message}`; with `moderation` where a text was blocked.
web::Answer channels_refusal(base::Error const& error, judge::Verdict const& verdict);

/// `{action, severity, confidence, reasons, score, blocked, case_id?}`
nlohmann::json channels_verdict(judge::Verdict const& verdict);

}  // namespace soyuz::dialects
