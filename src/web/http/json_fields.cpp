#include "web/http/json_fields.hpp"

#include <nlohmann/json.hpp>

namespace soyuz::web {

using Json = nlohmann::json;

Json const* JsonFields::find(std::string_view name) const {
    auto const found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
}

bool JsonFields::has(std::string_view name) const { return find(name) != nullptr; }

bool JsonFields::is_text(std::string_view name) const {
    auto const* value = find(name);
    return value != nullptr && value->is_string();
}

void JsonFields::wrong(std::string_view name, std::string reason) { wrong_.emplace(name, std::move(reason)); }

std::optional<std::string> JsonFields::optional_text(std::string_view name, std::size_t max_bytes) {
    auto const* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) {
        wrong(name, "This must be a text.");
        return std::nullopt;
    }
    auto const& text = value->get_ref<std::string const&>();
    if (text.size() > max_bytes) {
        wrong(name, "This is too long.");
        return std::nullopt;
    }
    return text;
}

std::string JsonFields::text(std::string_view name, std::size_t max_bytes) {
    if (!has(name)) wrong(name, "This is missing.");
    return optional_text(name, max_bytes).value_or("");
}

std::string JsonFields::text_or_empty(std::string_view name, std::size_t max_bytes) {
    return optional_text(name, max_bytes).value_or("");
}

std::optional<bool> JsonFields::optional_flag(std::string_view name) {
    auto const* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_boolean()) {
        wrong(name, "This must be true or false.");
        return std::nullopt;
    }
    return value->get<bool>();
}

std::optional<unsigned long long> JsonFields::optional_number(std::string_view name, unsigned long long max) {
    auto const* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number_unsigned() || value->get<unsigned long long>() > max) {
        wrong(name, "This must be a whole number from 0 to " + std::to_string(max) + ".");
        return std::nullopt;
    }
    return value->get<unsigned long long>();
}

double JsonFields::fraction(std::string_view name, double least, double most) {
    auto const* value = find(name);
    bool const is_good = value != nullptr && value->is_number() && *value >= least && *value <= most;
    if (!is_good) wrong(name, "This must be a number from " + Json(least).dump() + " to " + Json(most).dump() + ".");
    return is_good ? value->get<double>() : least;
}

std::vector<std::string> JsonFields::texts(std::string_view name, std::size_t most) {
    std::vector<std::string> found;
    auto const* list = optional_array(name);
    if (list == nullptr) return found;
    if (list->size() > most) wrong(name, "These are too many.");
    for (auto const& each : *list) {
        if (!each.is_string()) {
            wrong(name, "Each of these must be a text.");
            break;
        }
        if (found.size() < most) found.push_back(each.get<std::string>());
    }
    return found;
}

Json const* JsonFields::optional_array(std::string_view name) {
    auto const* value = find(name);
    if (value == nullptr) return nullptr;
    if (value->is_array()) return value;
    wrong(name, "This must be a list.");
    return nullptr;
}

Json const* JsonFields::optional_object(std::string_view name) {
    auto const* value = find(name);
    if (value == nullptr) return nullptr;
    if (value->is_object()) return value;
    wrong(name, "This must be an object.");
    return nullptr;
}

void JsonFields::check() const {
    if (wrong_.empty()) return;
    base::Error error{base::Code::invalid_value, "Some of what was sent is not valid."};
    error.fields = wrong_;
    throw Refused{std::move(error)};
}

void read_body(Call const& call, std::function<void(JsonFields&)> const& read) {
    auto const object = call.json();
    JsonFields fields{object};
    read(fields);
    fields.check();
}

}  // namespace soyuz::web
