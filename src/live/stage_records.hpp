#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "live/stage_state.hpp"

/// How a stage is kept among the documents (docs/files.md).
namespace soyuz::live {

std::string stage_document(StageState const& state);
StageState parse_stage(nlohmann::json const& json);

}  // namespace soyuz::live
