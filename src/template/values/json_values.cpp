#include <limits>

#include <nlohmann/json.hpp>

#include "template/values/objects.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

struct HeldJson final : Object {
    explicit HeldJson(Json held) : json(std::move(held)) {}
    Json json;
};

std::string key_text(Value const& key) { return key.is_text() ? std::string(key.as_text()) : to_text(key); }

}  // namespace

Value Value::from_json(Json const& json, Object* owner) {
    switch (json.type()) {
        case Json::value_t::boolean: return boolean(json.get<bool>());
        case Json::value_t::number_integer: return integer(json.get<std::int64_t>());
        case Json::value_t::number_unsigned: {
            auto const number = json.get<std::uint64_t>();
            if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                return real(static_cast<double>(number));
            return integer(static_cast<std::int64_t>(number));
        }
        case Json::value_t::number_float: return real(json.get<double>());
        case Json::value_t::string: {
            Value value = borrowed(*json.get_ptr<std::string const*>());
            value.own(owner);
            return value;
        }
        case Json::value_t::array:
        case Json::value_t::object: {
            Value value(json.is_array() ? Kind::list : Kind::dict);
            value.flag_ = 1;
            value.payload_.json = &json;
            value.own(owner);
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
    ++held->references;
    Value value = Value::from_json(held->json, held);
    if (--held->references == 0) delete held;
    return value;
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
            for (auto const& [key, item] : value.as_dict()->entries) object[key_text(key)] = to_json(item);
            return object;
        }
        case Kind::object: throw Fault("a " + type_name(value) + " can't be handed to this function");
        default: return nullptr;
    }
}

}  // namespace soyuz::jinja
