#include "template/library/attribute_path.hpp"
#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

using V = Value const&;

Value map_filter(Renderer& renderer, V value, Arguments arguments) {
    std::vector<Value> results;
    auto const done = [&] { return make_list(renderer.budget, std::move(results), List::Flavour::generator); };
    if (!truth(value)) return done();
    if (arguments.positional.empty()) {
        auto const attribute = arguments.take("attribute");
        if (attribute.is_missing()) throw Fault("map requires a filter argument");
        auto const otherwise = arguments.take("default");
        arguments.refuse_keywords("map");
        AttributePath const path(attribute);
        for (auto& item : Items(renderer.budget, value).all(renderer.budget))
            results.push_back(path.of(renderer, std::move(item), otherwise));
        return done();
    }
    auto const& filter = filter_named(text_of(arguments.positional[0], "the name of a filter"));
    auto rest = arguments;
    rest.positional.erase(rest.positional.begin());
    for (auto const& item : Items(renderer.budget, value).all(renderer.budget)) {
        renderer.budget.tick();
        results.push_back(apply_filter(renderer, filter, item, rest));
    }
    return done();
}

template <bool wanted, bool by_attribute>
Value selected(Renderer& renderer, V value, Arguments arguments) {
    std::vector<Value> results;
    auto const done = [&] { return make_list(renderer.budget, std::move(results), List::Flavour::generator); };
    if (!truth(value)) return done();
    auto& positional = arguments.positional;
    auto const take = [&] {
        if (positional.empty()) return Value{};
        auto const first = positional.front();
        positional.erase(positional.begin());
        return first;
    };
    if (by_attribute && positional.empty()) throw Fault("Missing parameter for attribute name");
    AttributePath const path(by_attribute ? take() : Value{});
    Test const* test = nullptr;
    if (auto const name = take(); !name.is_missing()) test = &test_named(text_of(name, "the name of a test"));
    for (auto& item : Items(renderer.budget, value).all(renderer.budget)) {
        renderer.budget.tick();
        auto const looked_at = path.of(renderer, item);
        bool const holds = test == nullptr ? truth(looked_at) : apply_test(renderer, *test, looked_at, arguments);
        if (holds == wanted) results.push_back(std::move(item));
    }
    return done();
}

Filter const filters[] = {
    {"map", {}, nullptr, map_filter},
    {"select", {}, nullptr, selected<true, false>},
    {"reject", {}, nullptr, selected<false, false>},
    {"selectattr", {}, nullptr, selected<true, true>},
    {"rejectattr", {}, nullptr, selected<false, true>},
};

}  // namespace

std::span<Filter const> selection_filters() { return filters; }

}  // namespace soyuz::jinja
