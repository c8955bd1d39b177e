#include <algorithm>

#include "template/running/macros.hpp"
#include "template/running/renderer.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

Value macro_value(Renderer& renderer, Function const& function) {
    return make<Macro>(function, renderer.capture_activation(), renderer.context());
}

/// Runs a chain of filters whose innermost has no input of its own.
Value apply_chain(Renderer& renderer, Expression const& expression, Value const& text) {
    auto const& use = static_cast<FilterUse const&>(expression);
    return use.apply_to(renderer, use.input == nullptr ? text : apply_chain(renderer, *use.input, text));
}

}  // namespace

bool Body::only_writes(bool may_have_parent) const {
    return std::all_of(begin(), end(), [&](auto const& statement) { return statement->only_writes(may_have_parent); });
}

bool If::only_writes(bool may_have_parent) const {
    return otherwise.only_writes(may_have_parent) &&
           std::all_of(branches.begin(), branches.end(),
                       [&](auto const& branch) { return branch.second.only_writes(may_have_parent); });
}

void PlainText::execute(Renderer& renderer) const {
    if (only_without_parent && renderer.context().parent != nullptr) return;
    renderer.write(text);
}

void Print::execute(Renderer& renderer) const {
    if (only_without_parent && renderer.context().parent != nullptr) return;
    expression->print(renderer, renderer.escapes(escaping));
}

void If::execute(Renderer& renderer) const {
    for (auto const& [condition, body] : branches) {
        renderer.at(condition->line);
        if (truth(condition->evaluate(renderer))) return renderer.run(body);
    }
    renderer.run(otherwise);
}

void Set::execute(Renderer& renderer) const {
    auto result = value->evaluate(renderer);
    renderer.at(line);
    renderer.assign(target, std::move(result));
}

void SetBlock::execute(Renderer& renderer) const {
    auto text = renderer.capture([&] { renderer.run(body); });
    bool const markup = renderer.context().autoescape;
    if (filter == nullptr) return renderer.assign(target, Value::text(std::move(text), markup));
    auto const filtered = apply_chain(renderer, *filter, Value::text(std::move(text), renderer.escapes(escaping)));
    renderer.assign(target, filtered.is_text() ? filtered.with_markup(markup) : Value::text(to_text(filtered), markup));
}

void With::execute(Renderer& renderer) const {
    std::vector<Value> values;
    for (auto const& [target, value] : assignments) values.push_back(value->evaluate(renderer));
    for (std::size_t i = 0; i < values.size(); ++i) renderer.assign(assignments[i].first, std::move(values[i]));
    renderer.run(body);
}

void FilterBlock::execute(Renderer& renderer) const {
    auto text = renderer.capture([&] { renderer.run(body); });
    renderer.print(apply_chain(renderer, *filter, Value::text(std::move(text), renderer.escapes(escaping))), false);
}

void Autoescape::execute(Renderer& renderer) const {
    auto& context = renderer.context();
    bool const outer = context.autoescape;
    context.autoescape = truth(value->evaluate(renderer));
    renderer.run(body);
    context.autoescape = outer;
}

void Include::execute(Renderer& renderer) const {
    renderer.budget.tick();
    auto const names = name->evaluate(renderer);
    Template const* source = nullptr;
    try {
        source = &renderer.select(names);
    } catch (MissingTemplate const&) {
        if (!ignore_missing) throw;
        return;
    }
    if (with_context)
        return renderer.run_template(*source, renderer.new_context(*source, &renderer.context(), visible));
    renderer.print(renderer.import(*source, false, {}), true);
}

void Import::execute(Renderer& renderer) const {
    renderer.budget.tick();
    auto const source_name = name->evaluate(renderer);
    if (source_name.is_undefined()) fail_undefined(source_name);
    auto const& source = renderer.load(text_of(source_name, "the name of a template"));
    auto const module = renderer.import(source, with_context, visible);
    renderer.at(line);
    for (auto const& [wanted, place] : names) {
        auto value = wanted.empty() ? module : module.as_thing()->attribute(renderer, wanted);
        if (value.is_missing())
            value = Value::undefined_because("the template " + repr_of_text(source.name) + " (imported on line " +
                                             std::to_string(line) + ") does not export the requested name " +
                                             repr_of_text(wanted));
        renderer.assign(place, std::move(value), false);
    }
}

void Extends::execute(Renderer& renderer) const {
    auto& context = renderer.context();
    if (context.parent != nullptr) throw Fault("a template can extend one other only");
    auto const& parent = renderer.select(name->evaluate(renderer));
    for (auto const& [block, function] : parent.blocks) (*context.blocks)[block].push_back(function.get());
    context.parent = &parent;
}

void BlockUse::execute(Renderer& renderer) const {
    auto& context = renderer.context();
    if (only_without_parent && context.parent != nullptr) return;
    if (required && context.blocks->at(name).size() <= 1)
        throw Fault("the required block '" + name + "' is not filled");
    renderer.run_block(name, 0, scoped ? renderer.scoped_context(visible) : context);
}

void MacroDefinition::execute(Renderer& renderer) const { renderer.assign(target, macro_value(renderer, function)); }

void CallBlock::execute(Renderer& renderer) const {
    renderer.print(call->evaluate_with(renderer, macro_value(renderer, caller)), false);
}

}  // namespace soyuz::jinja
