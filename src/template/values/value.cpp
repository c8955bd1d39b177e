#include "template/values/value.hpp"

#include "template/values/objects.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

constexpr std::uint8_t undefined_name = 0;
constexpr std::uint8_t undefined_hint = 1;
constexpr std::uint8_t undefined_attribute_of = 2;  // and above: of a value of this Kind

/// By Kind, as Python names types.
constexpr std::string_view type_names[] = {"Undefined", "Undefined", "NoneType", "bool", "int",
                                           "float",     "str",       "list",     "dict"};
/// By List::Flavour.
constexpr std::string_view list_names[] = {"list",      "tuple",       "tuple",     "generator",
                                           "dict_keys", "dict_values", "dict_items"};

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
    value.owner_ = owner;
    return value;
}

Value Value::part(Value const& whole, std::string_view part) {
    Value value = borrowed(part);
    value.owner_ = whole.owner_;
    return value;
}

Value Value::list(List* list) {
    Value value(Kind::list, list);
    value.payload_.list = list;
    return value;
}

Value Value::dict(Dict* dict) {
    Value value(Kind::dict, dict);
    value.payload_.dict = dict;
    return value;
}

Value Value::thing(Thing* thing) {
    Value value(Kind::object, thing);
    value.payload_.thing = thing;
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
    auto const parent = static_cast<Kind>(flag_ - undefined_attribute_of);
    auto const name =
        parent == Kind::none ? "None" : std::string(type_names[static_cast<std::size_t>(parent)]) + " object";
    return "'" + name + "' has no attribute " + repr_of_text(as_text());
}

std::string type_name(Value const& value) {
    if (value.is(Kind::object)) return std::string(value.as_thing()->type_name());
    if (value.is_markup()) return "Markup";
    if (value.is(Kind::list)) return std::string(list_names[static_cast<std::size_t>(flavour_of(value))]);
    return std::string(type_names[static_cast<std::size_t>(value.kind())]);
}

}  // namespace soyuz::jinja
