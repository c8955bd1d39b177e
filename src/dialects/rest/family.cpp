#include "dialects/rest/family.hpp"

#include <nlohmann/json.hpp>

#include "contract/shapes.hpp"
#include "dialects/common_events.hpp"

namespace soyuz::dialects {

namespace {

using base::Code;
using Json = nlohmann::json;

std::string sentence(base::Error const& error) {
    return error.fields.empty() ? error.message : error.fields.begin()->first + ": " + error.fields.begin()->second;
}

/// These clients know 400 for whatever is wrong with what they send.
int family_status(base::Error const& error) {
    auto const status = web::status_of(error.code);
    return status == 422 || status == 415 || error.code == Code::name_taken ? 400 : status;
}

web::Answer answer_of(base::Error const& error, Json const& body) {
    auto answer = web::json_answer(body, family_status(error));
    if (error.retry_after.count() > 0) answer.with("Retry-After", web::retry_after(error.retry_after));
    return answer;
}

}  // namespace

web::Answer messenger_refusal(base::Error const& error, judge::Verdict const& verdict) {
    auto body = contract::error_json(error);
    body["msg"] = sentence(error);
    if (!error.fields.empty()) body["errors"] = error.fields;
    if (error.code == Code::message_blocked) body["moderation"] = contract::verdict_json(verdict);
    return answer_of(error, body);
}

web::Answer channels_refusal(base::Error const& error, judge::Verdict const& verdict) {
    auto body = contract::error_json(error);
    body["code"] = base::code_name(error.code);
    body["error"] = sentence(error);
    if (error.code == Code::message_blocked) {
        body["moderation"] = channels_verdict(verdict);
        body["moderation"]["message"] = error.message;
    }
    return answer_of(error, body);
}

Json channels_verdict(judge::Verdict const& verdict) {
    Json json{{"action", name(verdict.action)},
              {"severity", name(verdict.severity)},
              {"confidence", verdict.score},
              {"score", verdict.score},
              {"reasons", events::reasons_of(verdict)},
              {"blocked", verdict.action == judge::Action::block}};
    if (!verdict.case_id.empty()) json["case_id"] = verdict.case_id;
    return json;
}

}  // namespace soyuz::dialects
