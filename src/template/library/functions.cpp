#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

/// cycler('odd', 'even')
struct Cycler final : Thing {
    std::vector<Value> items;
    std::size_t position = 0;
    std::string_view type_name() const override { return "Cycler"; }
    Value attribute(Renderer& renderer, std::string_view name) override;
};

struct CyclerMethod final : Thing {
    Value cycler;
    bool resets = false;
    std::string_view type_name() const override { return "method"; }
    bool is_callable() const override { return true; }
    Value call(Renderer&, Arguments) override {
        auto& state = static_cast<Cycler&>(*cycler.as_thing());
        if (resets) {
            state.position = 0;
            return Value::none();
        }
        auto const item = state.items[state.position];
        state.position = (state.position + 1) % state.items.size();
        return item;
    }
};

Value Cycler::attribute(Renderer&, std::string_view name) {
    if (name == "current") return items[position];
    if (name != "next" && name != "reset") return {};
    auto* const method = new CyclerMethod;
    method->cycler = Value::thing(this);
    method->resets = name == "reset";
    return Value::thing(method);
}

/// joiner(', ') gives nothing the first time.
struct Joiner final : Thing {
    Value separator;
    bool used = false;
    std::string_view type_name() const override { return "Joiner"; }
    bool is_callable() const override { return true; }
    Value call(Renderer&, Arguments) override {
        if (used) return separator;
        used = true;
        return Value::borrowed("");
    }
};

Value make_range(Renderer&, Arguments arguments) {
    arguments.refuse_keywords("range");
    auto const& given = arguments.positional;
    if (given.empty() || given.size() > 3) throw Fault("range takes 1 to 3 arguments");
    auto* const range = new Range;
    Value value = Value::thing(range);
    auto const number = [&](std::size_t index) { return whole(given[index], "an argument of range"); };
    range->start = given.size() > 1 ? number(0) : 0;
    range->stop = number(given.size() > 1 ? 1 : 0);
    range->step = given.size() > 2 ? number(2) : 1;
    if (range->step == 0) throw Fault("range() arg 3 must not be zero");
    constexpr std::int64_t limit = std::int64_t{1} << 60;
    for (auto const bound : {range->start, range->stop, range->step})
        if (bound > limit || bound < -limit) throw Fault("the number is too large");
    auto const distance = range->step > 0 ? range->stop - range->start : range->start - range->stop;
    auto const stride = range->step > 0 ? range->step : -range->step;
    range->length = distance <= 0 ? 0 : (distance + stride - 1) / stride;
    return value;
}

/// dict(pairs_or_dict, name=value, …); also what namespace() takes.
std::vector<std::pair<Value, Value>> gather(Renderer& renderer, std::string_view name, Arguments& arguments) {
    std::vector<std::pair<Value, Value>> entries;
    if (arguments.positional.size() > 1) throw Fault(std::string(name) + " takes at most one positional argument");
    if (!arguments.positional.empty()) {
        auto const& source = arguments.positional[0];
        if (source.is(Kind::dict)) {
            entries = entries_of(source);
        } else {
            Items const pairs(renderer.budget, source);
            for (std::size_t i = 0; i < pairs.size(); ++i) {
                Items const pair(renderer.budget, pairs.at(i));
                if (pair.size() != 2) throw Fault(std::string(name) + " expected pairs");
                entries.emplace_back(pair.at(0), pair.at(1));
            }
        }
    }
    for (auto& entry : arguments.keyword) entries.push_back(std::move(entry));
    renderer.budget.scan(entries.size() * 4);
    renderer.budget.spend((1 + entries.size()) * 2 * sizeof(Value));
    return entries;
}

Value make_dict(Renderer& renderer, Arguments arguments) {
    auto entries = gather(renderer, "dict", arguments);
    auto* const dict = new Dict;
    Value value = Value::dict(dict);
    for (auto& [key, item] : entries) dict->set(std::move(key), std::move(item));
    return value;
}

Value make_namespace(Renderer& renderer, Arguments arguments) {
    auto entries = gather(renderer, "namespace", arguments);
    auto* const space = new Namespace;
    Value value = Value::thing(space);
    renderer.namespaces.push_back(value);
    for (auto& [key, item] : entries) space->set(text_of(key, "the name of an attribute"), std::move(item));
    return value;
}

Value make_cycler(Renderer&, Arguments arguments) {
    arguments.refuse_keywords("cycler");
    if (arguments.positional.empty()) throw Fault("at least one item has to be provided");
    auto* const cycler = new Cycler;
    cycler->items = std::move(arguments.positional);
    return Value::thing(cycler);
}

Value make_joiner(Renderer&, Arguments arguments) {
    auto bound = bind_arguments("joiner", {"sep"}, std::move(arguments));
    auto* const joiner = new Joiner;
    joiner->separator = bound[0].is_missing() ? Value::borrowed(", ") : bound[0];
    return Value::thing(joiner);
}

}  // namespace

void add_functions(Library& library) {
    auto const add = [&](char const* name, Value (*run)(Renderer&, Arguments)) {
        library.functions[name] = {name, run, {}, true};
    };
    add("range", make_range);
    add("dict", make_dict);
    add("namespace", make_namespace);
    add("cycler", make_cycler);
    add("joiner", make_joiner);
}

}  // namespace soyuz::jinja
