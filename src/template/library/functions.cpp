#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

/// cycler('odd', 'even')
struct Cycler final : Thing {
    explicit Cycler(std::vector<Value> its_items) : items(std::move(its_items)) {}
    std::vector<Value> items;
    std::size_t position = 0;
    std::string_view type_name() const override { return "Cycler"; }
    Value attribute(Renderer&, std::string_view name) override {
        if (name == "current") return items[position];
        if (name != "next" && name != "reset") return {};
        return make<Callable>("method",
                              [this, self = Value::thing(this), resets = name == "reset"](Renderer&, Arguments) {
                                  auto const at = std::exchange(position, resets ? 0 : (position + 1) % items.size());
                                  return resets ? Value::none() : items[at];
                              });
    }
};

Value make_range(Renderer&, Arguments arguments) {
    arguments.refuse_keywords("range");
    auto const& given = arguments.positional;
    if (given.empty() || given.size() > 3) throw Fault("range takes 1 to 3 arguments");
    auto const number = [&](std::size_t index, std::int64_t otherwise) {
        auto const value = index < given.size() ? whole(given[index], "an argument of range") : otherwise;
        constexpr std::int64_t limit = std::int64_t{1} << 60;
        if (value > limit || value < -limit) throw Fault("the number is too large");
        return value;
    };
    auto const step = number(2, 1);
    if (step == 0) throw Fault("range() arg 3 must not be zero");
    return given.size() == 1 ? make<Range>(0, number(0, 0), step) : make<Range>(number(0, 0), number(1, 0), step);
}

/// dict(pairs_or_dict, name=value, …); also what namespace() takes.
Value gathered(Renderer& renderer, std::string_view name, Arguments arguments) {
    std::vector<std::pair<Value, Value>> entries;
    if (arguments.positional.size() > 1) throw Fault(std::string(name) + " takes at most one positional argument");
    if (!arguments.positional.empty()) entries = pairs_of(renderer.budget, arguments.positional[0], name);
    for (auto& entry : arguments.keyword) entries.push_back(std::move(entry));
    return make_dict(renderer.budget, std::move(entries));
}

Value make_namespace(Renderer& renderer, Arguments arguments) {
    auto const attributes = gathered(renderer, "namespace", std::move(arguments));
    for (auto const& [key, item] : attributes.as_dict()->entries) text_of(key, "the name of an attribute");
    return renderer.namespaces.emplace_back(make<Namespace>(attributes));
}

Value make_cycler(Renderer&, Arguments arguments) {
    arguments.refuse_keywords("cycler");
    if (arguments.positional.empty()) throw Fault("at least one item has to be provided");
    return make<Cycler>(std::move(arguments.positional));
}

/// joiner(', ') gives nothing the first time.
Value make_joiner(Renderer&, Arguments arguments) {
    auto bound = bind_arguments("joiner", {"sep"}, std::move(arguments));
    auto const separator = bound[0].is_missing() ? Value::borrowed(", ") : bound[0];
    return make<Callable>("Joiner", [separator, used = false](Renderer&, Arguments) mutable {
        return std::exchange(used, true) ? separator : Value::borrowed("");
    });
}

}  // namespace

Functions standard_functions() {
    return {{"range", {"range", make_range, {}}},
            {"dict",
             {"dict",
              [](Renderer& renderer, Arguments given) { return gathered(renderer, "dict", std::move(given)); },
              {}}},
            {"namespace", {"namespace", make_namespace, {}}},
            {"cycler", {"cycler", make_cycler, {}}},
            {"joiner", {"joiner", make_joiner, {}}}};
}

}  // namespace soyuz::jinja
