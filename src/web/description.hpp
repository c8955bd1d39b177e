#pragma once

namespace soyuz::web {

/// What /openapi.json says in words, and its schemas as a JSON object.
extern char const* const description_text;
extern char const* const description_schemas;

}  // namespace soyuz::web
