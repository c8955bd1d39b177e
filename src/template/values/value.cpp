#include "template/values/value.hpp"

#include "template/values/objects.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

constexpr std::uint8_t undefined_name = 0;
constexpr std::uint8_t undefined_hint = 1;
constexpr std::uint8_t undefined_attribute_of = 2;  // and above: of a value of this Kind

std::string object_name(Kind kind) {
    switch (kind) {
        case Kind::none: return "None";
        case Kind::boolean: return "bool object";
        case Kind::integer: return "int object";
        case Kind::real: return "float object";
        case Kind::text: return "str object";
        case Kind::list: return "list object";
        case Kind::dict: return "dict object";
        default: return "object";
    }
}

}  // namespace

Value Value::borrowed(std::string_view text, bool markup) {
    Value value(Kind::text);
    value.flag_ = markup ? 1 : 0;
    value.size_ = static_cast<std::uint32_t>(text.size());
    value.payload_.characters = text.data();
    return value;
}

Value Value::text(std::string text, bool markup) {
    auto* const owner = new Text(std::move(text));
    Value value = borrowed(owner->characters, markup);
    value.own(owner);
    return value;
}

Value Value::part(Value const& whole, std::string_view part) {
    Value value = borrowed(part);
    value.own(whole.owner_);
    return value;
}

Value Value::list(List* list) {
    Value value(Kind::list);
    value.payload_.list = list;
    value.own(list);
    return value;
}

Value Value::dict(Dict* dict) {
    Value value(Kind::dict);
    value.payload_.dict = dict;
    value.own(dict);
    return value;
}

Value Value::thing(Thing* thing) {
    Value value(Kind::object);
    value.payload_.thing = thing;
    value.own(thing);
    return value;
}

Value Value::undefined(std::string_view name) {
    Value value = borrowed(name);
    value.kind_ = Kind::undefined;
    value.flag_ = undefined_name;
    return value;
}

Value Value::undefined_because(std::string hint) {
    Value value = text(std::move(hint));
    value.kind_ = Kind::undefined;
    value.flag_ = undefined_hint;
    return value;
}

Value Value::undefined_attribute(Value const& parent, Value const& name) {
    if (parent.is(Kind::object) || !name.is_text())
        return undefined_because(name.is_text() ? "'" + type_name(parent) + " object' has no attribute " + to_repr(name)
                                                : type_name(parent) + " object has no element " + to_repr(name));
    Value value = name;
    value.flag_ = static_cast<std::uint8_t>(undefined_attribute_of + static_cast<std::uint8_t>(parent.kind_));
    value.kind_ = Kind::undefined;
    return value;
}

Value Value::with_markup(bool markup) const {
    Value value = *this;
    value.flag_ = markup ? 1 : 0;
    return value;
}

std::string Value::undefined_message() const {
    if (flag_ == undefined_hint) return std::string(as_text());
    if (flag_ == undefined_name) return "'" + std::string(as_text()) + "' is undefined";
    return "'" + object_name(static_cast<Kind>(flag_ - undefined_attribute_of)) + "' has no attribute " +
           repr_of_text(as_text());
}

std::string type_name(Value const& value) {
    switch (value.kind()) {
        case Kind::missing:
        case Kind::undefined: return "Undefined";
        case Kind::none: return "NoneType";
        case Kind::boolean: return "bool";
        case Kind::integer: return "int";
        case Kind::real: return "float";
        case Kind::text: return value.is_markup() ? "Markup" : "str";
        case Kind::list:
            switch (flavour_of(value)) {
                case List::Flavour::list: return "list";
                case List::Flavour::tuple:
                case List::Flavour::group: return "tuple";
                case List::Flavour::generator: return "generator";
                case List::Flavour::keys: return "dict_keys";
                case List::Flavour::values: return "dict_values";
                case List::Flavour::items: return "dict_items";
            }
            return "list";
        case Kind::dict: return "dict";
        case Kind::object: return std::string(value.as_thing()->type_name());
    }
    return "object";
}

}  // namespace soyuz::jinja
