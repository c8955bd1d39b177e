#include "dialects/fields.hpp"

#include <nlohmann/json.hpp>

namespace soyuz::dialects {

using Json = nlohmann::json;

namespace {

base::Error wrong_kind(char const* field, char const* kind) {
    return {base::Code::bad_request, std::string{"`"} + field + "` must be " + kind + "."};
}

}  // namespace

base::Result<std::string> text_of(Json const& data, char const* field) {
    auto const at = data.find(field);
    if (at == data.end() || !at->is_string()) return wrong_kind(field, "a text");
    return at->get<std::string>();
}

base::Result<std::string> id_of(Json const& data, char const* field) {
    auto id = optional_id_of(data, field);
    if (id.empty()) return wrong_kind(field, "a name or an id");
    return id;
}

std::string optional_id_of(Json const& data, char const* field) {
    auto const at = data.find(field);
    if (at == data.end()) return {};
    if (at->is_string()) return at->get<std::string>();
    return at->is_number_integer() ? at->dump() : std::string{};
}

base::Result<bool> truth_or_true(Json const& data, char const* field) {
    auto const at = data.find(field);
    if (at == data.end()) return true;
    if (!at->is_boolean()) return wrong_kind(field, "true or false");
    return at->get<bool>();
}

}  // namespace soyuz::dialects
