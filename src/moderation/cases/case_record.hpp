#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "moderation/cases/case.hpp"

/// Cases as they lie on disk (docs/files.md names the fields).
namespace soyuz::moderation {

std::string case_document(Case const& subject);
std::optional<Case> parse_case(std::string const& id, nlohmann::json const& json);

nlohmann::json verdict_document(judge::Verdict const& verdict);
/// What is missing or of another kind reads as empty.
judge::Verdict parse_verdict(nlohmann::json const& json);

}  // namespace soyuz::moderation
