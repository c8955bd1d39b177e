#include "template/library/library.hpp"
#include "template/library/text_methods.hpp"
#include "template/running/renderer.hpp"
#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

using Method = Value (*)(Renderer&, Value const& self, Bound const& arguments);

struct Entry {
    Parameters parameters;
    Method run;
};
using Table = std::unordered_map<std::string_view, Entry>;

Value refuse_change(Renderer&, Value const& self, Bound const&) {
    throw Fault("templates can't change a " + type_name(self));
}

Value dict_view(Renderer& renderer, Value const& self, List::Flavour flavour) {
    std::vector<Value> items;
    for (auto& [key, item] : entries_of(self)) {
        if (flavour == List::Flavour::keys) items.push_back(std::move(key));
        if (flavour == List::Flavour::values) items.push_back(std::move(item));
        if (flavour == List::Flavour::items) items.push_back(make_tuple(renderer.budget, {key, item}));
    }
    return make_list(renderer.budget, std::move(items), flavour);
}

Value dict_get(Renderer&, Value const& self, Bound const& arguments) {
    auto found = dict_find(self, arguments[0]);
    if (!found.is_missing()) return found;
    return arguments[1].is_missing() ? Value::none() : arguments[1];
}

Table const& dict_methods() {
    static Table const table = {
        {"keys",
         {{}, [](Renderer& r, Value const& self, Bound const&) { return dict_view(r, self, List::Flavour::keys); }}},
        {"values",
         {{}, [](Renderer& r, Value const& self, Bound const&) { return dict_view(r, self, List::Flavour::values); }}},
        {"items",
         {{}, [](Renderer& r, Value const& self, Bound const&) { return dict_view(r, self, List::Flavour::items); }}},
        {"get", {{"key!", "default"}, dict_get}},
        {"copy", {{}, [](Renderer&, Value const& self, Bound const&) { return self; }}},
        {"pop", {{"key", "default"}, refuse_change}},
        {"popitem", {{}, refuse_change}},
        {"clear", {{}, refuse_change}},
        {"update", {{"other"}, refuse_change}},
        {"setdefault", {{"key", "default"}, refuse_change}},
        {"fromkeys", {{"keys", "value"}, refuse_change}},
    };
    return table;
}

Value list_index(Renderer& renderer, Value const& self, Bound const& arguments) {
    Items const items(renderer.budget, self);
    renderer.budget.scan(items.size());
    for (std::size_t i = 0; i < items.size(); ++i)
        if (equals(items.at(i), arguments[0])) return Value::integer(static_cast<std::int64_t>(i));
    throw Fault(to_repr(arguments[0]) + " is not in list");
}

Value list_count(Renderer& renderer, Value const& self, Bound const& arguments) {
    Items const items(renderer.budget, self);
    renderer.budget.scan(items.size());
    std::int64_t count = 0;
    for (std::size_t i = 0; i < items.size(); ++i) count += equals(items.at(i), arguments[0]) ? 1 : 0;
    return Value::integer(count);
}

Table const& list_methods() {
    static Table const table = {
        {"index", {{"value!"}, list_index}},
        {"count", {{"value!"}, list_count}},
        {"copy", {{}, [](Renderer&, Value const& self, Bound const&) { return self; }}},
        {"append", {{"item"}, refuse_change}},
        {"extend", {{"items"}, refuse_change}},
        {"insert", {{"index", "item"}, refuse_change}},
        {"pop", {{"index"}, refuse_change}},
        {"remove", {{"item"}, refuse_change}},
        {"reverse", {{}, refuse_change}},
        {"sort", {{"key", "reverse"}, refuse_change}},
        {"clear", {{}, refuse_change}},
    };
    return table;
}

Table const& text_methods() {
    static Table const table = [] {
        Table methods;
        for (auto const& [name, parameters, run] : text_method_list()) methods[name] = {parameters, run};
        return methods;
    }();
    return table;
}

Entry const* find_method(Value const& value, std::string_view name) {
    Table const* table = nullptr;
    if (value.is_text()) table = &text_methods();
    if (value.is(Kind::dict)) table = &dict_methods();
    if (value.is(Kind::list)) {
        auto const flavour = flavour_of(value);
        bool const is_tuple = flavour == List::Flavour::tuple || flavour == List::Flavour::group;
        if (flavour == List::Flavour::list || (is_tuple && (name == "index" || name == "count")))
            table = &list_methods();
    }
    if (table == nullptr) return nullptr;
    auto const found = table->find(name);
    return found == table->end() ? nullptr : &found->second;
}

}  // namespace

bool has_method(Value const& value, std::string_view name) {
    return (value.is_text() && name == "format") || find_method(value, name) != nullptr;
}

bool is_method_name(std::string_view name) {
    return name == "format" || text_methods().count(name) != 0 || dict_methods().count(name) != 0 ||
           list_methods().count(name) != 0;
}

Value call_method(Renderer& renderer, Value const& self, std::string_view name, Arguments arguments) {
    renderer.budget.tick();
    if (self.is_text()) {
        if (name == "format") return format_braces(renderer, self, arguments);
        renderer.budget.scan(self.as_text().size());
    }
    auto const* const method = find_method(self, name);
    if (method == nullptr) throw Fault("'" + type_name(self) + "' object has no method " + repr_of_text(name));
    return method->run(renderer, self, bind_arguments(name, method->parameters, std::move(arguments)));
}

Value BoundMethod::call(Renderer& renderer, Arguments arguments) {
    return call_method(renderer, self, name, std::move(arguments));
}

}  // namespace soyuz::jinja
