#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"

/// Reads what a client sent: each names the field that is wrong. Errors: bad_request.
namespace soyuz::dialects {

base::Result<std::string> text_of(nlohmann::json const& data, char const* field);
/// A name or an id; clients that count write numbers.
base::Result<std::string> id_of(nlohmann::json const& data, char const* field);
/// The same; "" where there is none.
std::string optional_id_of(nlohmann::json const& data, char const* field);
/// True where it is absent: whoever types says so, and only sometimes that it is over.
base::Result<bool> truth_or_true(nlohmann::json const& data, char const* field);

}  // namespace soyuz::dialects
