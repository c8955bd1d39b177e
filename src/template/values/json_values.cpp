#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

struct HeldJson final : Object {
    explicit HeldJson(Json held) : json(std::move(held)) {}
    Json json;
};

/// In ASCII, and without what an HTML parser would read.
void append_json_text(std::string& out, std::string_view text) {
    for (char const c : Json(text).dump(-1, ' ', true, Json::error_handler_t::replace)) {
        if (c == '<' || c == '>' || c == '&' || c == '\'') {
            append_hex(out, "\\u", static_cast<unsigned char>(c), 4);
        } else {
            out += c;
        }
    }
}

}  // namespace

Value Value::from_json(Json const& json, Object* owner) {
    switch (json.type()) {
        case Json::value_t::boolean: return boolean(json.get<bool>());
        case Json::value_t::number_integer: return integer(json.get<std::int64_t>());
        case Json::value_t::number_unsigned: {
            auto const number = json.get<std::uint64_t>();
            return number > INT64_MAX ? real(static_cast<double>(number)) : integer(static_cast<std::int64_t>(number));
        }
        case Json::value_t::number_float: return real(json.get<double>());
        case Json::value_t::string: {
            auto value = borrowed(*json.get_ptr<std::string const*>());
            value.owner_ = owner;
            return value;
        }
        case Json::value_t::array:
        case Json::value_t::object: {
            Value value(json.is_array() ? Kind::list : Kind::dict, owner);
            value.flag_ = 1;
            value.payload_.json = &json;
            return value;
        }
        default: return none();
    }
}

bool is_json_object(Json const& json) { return json.is_object(); }
std::size_t json_size(Json const& json) { return json.size(); }

Value json_at(Value const& array, std::size_t index) {
    return Value::from_json((*array.as_json())[index], array.owner());
}

Value json_find(Value const& object, std::string_view key) {
    auto const& entries = *object.as_json()->get_ptr<Json::object_t const*>();
    auto const found = entries.find(key);
    return found == entries.end() ? Value{} : Value::from_json(found->second, object.owner());
}

std::vector<std::pair<Value, Value>> json_entries(Value const& object) {
    std::vector<std::pair<Value, Value>> entries;
    entries.reserve(object.as_json()->size());
    for (auto const& [key, value] : *object.as_json()->get_ptr<Json::object_t const*>()) {
        // The key's characters live as long as the object does.
        entries.emplace_back(Value::part(object, key), Value::from_json(value, object.owner()));
    }
    return entries;
}

Value hold_json(Json json) {
    auto* const held = new HeldJson(std::move(json));
    Owner const owner(held);
    return Value::from_json(held->json, held);
}

Json to_json(Value const& value) {
    switch (value.kind()) {
        case Kind::boolean: return value.as_integer() != 0;
        case Kind::integer: return value.as_integer();
        case Kind::real: return value.as_real();
        case Kind::text: return std::string(value.as_text());
        case Kind::list: {
            if (value.as_json() != nullptr) return *value.as_json();
            Json array = Json::array();
            for (auto const& item : value.as_list()->items) array.push_back(to_json(item));
            return array;
        }
        case Kind::dict: {
            if (value.as_json() != nullptr) return *value.as_json();
            Json object = Json::object();
            for (auto const& [key, item] : value.as_dict()->entries) object[to_text(key)] = to_json(item);
            return object;
        }
        case Kind::object: throw Fault("a " + type_name(value) + " can't be handed to this function");
        default: return nullptr;
    }
}

void append_json(std::string& out, Budget& budget, Value const& value, std::int64_t indention, std::size_t depth) {
    if (depth > 2U * max_container_depth) throw Fault("lists and dicts are nested too deeply");
    auto const line_break = [&](std::size_t level) {
        if (indention < 0) return;
        auto const spaces = static_cast<std::size_t>(indention) * level;
        budget.spend(1 + spaces);
        out.append(1, '\n').append(spaces, ' ');
    };
    auto const separate = [&](bool first) {
        if (!first) out += indention < 0 ? ", " : ",";
        line_break(depth + 1);
    };
    switch (value.kind()) {
        case Kind::none: out += "null"; return;
        case Kind::boolean: out += value.as_integer() != 0 ? "true" : "false"; return;
        case Kind::integer: out += to_text(value); return;
        case Kind::real:
            if (std::isfinite(value.as_real())) out += to_text(value);
            if (std::isnan(value.as_real())) out += "NaN";
            if (std::isinf(value.as_real())) out += value.as_real() < 0 ? "-Infinity" : "Infinity";
            return;
        case Kind::text:
            budget.scan(value.as_text().size());
            append_json_text(out, value.as_text());
            return;
        case Kind::list: {
            if (!is_sequence(value)) break;
            Items const items(budget, value);
            budget.scan(items.size());
            out += '[';
            for (std::size_t i = 0; i < items.size(); ++i) {
                separate(i == 0);
                append_json(out, budget, items.at(i), indention, depth + 1);
            }
            if (items.size() > 0) line_break(depth);
            out += ']';
            return;
        }
        case Kind::dict: {
            auto entries = entries_of(value);
            budget.scan(entries.size());
            std::stable_sort(entries.begin(), entries.end(),
                             [](auto const& a, auto const& b) { return compare(a.first, b.first) < 0; });
            out += '{';
            for (auto const& [key, item] : entries) {
                separate(out.back() == '{');
                std::string name;
                if (!key.is_text() && !key.is_none() && !key.is_number())
                    throw Fault("keys must be str, int, float, bool or None, not " + type_name(key));
                if (!key.is_text()) append_json(name, budget, key, indention);
                append_json_text(out, key.is_text() ? key.as_text() : name);
                out += ": ";
                append_json(out, budget, item, indention, depth + 1);
            }
            if (!entries.empty()) line_break(depth);
            out += '}';
            return;
        }
        default: break;
    }
    throw Fault("Object of type " + type_name(value) + " is not JSON serializable");
}

}  // namespace soyuz::jinja
