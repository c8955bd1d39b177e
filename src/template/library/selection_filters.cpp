#include "template/library/library.hpp"
#include "template/values/keys.hpp"
#include "template/values/operators.hpp"
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
    auto const name = text_of(arguments.positional[0], "the name of a filter");
    auto const* const filter = renderer.library.filter(name);
    if (filter == nullptr) throw Fault("there is no filter named '" + std::string(name) + "'");
    auto rest = arguments;
    rest.positional.erase(rest.positional.begin());
    for (auto const& item : Items(renderer.budget, value).all(renderer.budget)) {
        renderer.budget.tick();
        results.push_back(apply_filter(renderer, *filter, item, rest));
    }
    return done();
}

Value selected(Renderer& renderer, V value, Arguments arguments, bool wanted, bool by_attribute) {
    std::vector<Value> results;
    auto const done = [&] { return make_list(renderer.budget, std::move(results), List::Flavour::generator); };
    if (!truth(value)) return done();
    auto& positional = arguments.positional;
    Value attribute;
    if (by_attribute) {
        if (positional.empty()) throw Fault("Missing parameter for attribute name");
        attribute = positional.front();
        positional.erase(positional.begin());
    }
    AttributePath const path(attribute);
    Test const* test = nullptr;
    Value test_name;
    if (!positional.empty()) {
        test_name = positional.front();
        auto const name = text_of(test_name, "the name of a test");
        test = renderer.library.test(name);
        if (test == nullptr) throw Fault("there is no test named '" + std::string(name) + "'");
        positional.erase(positional.begin());
    }
    for (auto& item : Items(renderer.budget, value).all(renderer.budget)) {
        renderer.budget.tick();
        auto const looked_at = path.of(renderer, item);
        bool const holds = test == nullptr ? truth(looked_at) : apply_test(renderer, *test, looked_at, arguments);
        if (holds == wanted) results.push_back(std::move(item));
    }
    return done();
}

Value select_filter(Renderer& renderer, V value, Arguments arguments) {
    return selected(renderer, value, std::move(arguments), true, false);
}
Value reject_filter(Renderer& renderer, V value, Arguments arguments) {
    return selected(renderer, value, std::move(arguments), false, false);
}
Value selectattr_filter(Renderer& renderer, V value, Arguments arguments) {
    return selected(renderer, value, std::move(arguments), true, true);
}
Value rejectattr_filter(Renderer& renderer, V value, Arguments arguments) {
    return selected(renderer, value, std::move(arguments), false, true);
}

}  // namespace

void add_selection_filters(Library& library) {
    auto const add = [&](char const* name, Value (*run)(Renderer&, V, Arguments)) {
        library.filters[name] = {name, {}, nullptr, run};
    };
    add("map", map_filter);
    add("select", select_filter);
    add("reject", reject_filter);
    add("selectattr", selectattr_filter);
    add("rejectattr", rejectattr_filter);
}

}  // namespace soyuz::jinja
