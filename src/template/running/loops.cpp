#include "template/running/macros.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {

Value Loop::attribute(Renderer&, std::string_view name) {
    auto const number = [](std::size_t value) { return Value::integer(static_cast<std::int64_t>(value)); };
    if (name == "index") return number(index + 1);
    if (name == "index0") return number(index);
    if (name == "revindex") return number(items.size() - index);
    if (name == "revindex0") return number(items.size() - index - 1);
    if (name == "first") return Value::boolean(index == 0);
    if (name == "last") return Value::boolean(index + 1 == items.size());
    if (name == "length") return number(items.size());
    if (name == "depth") return number(depth_ + 1);
    if (name == "depth0") return number(depth_);
    if (name == "previtem")
        return index == 0 ? Value::undefined_because("there is no previous item") : items.at(index - 1);
    if (name == "nextitem")
        return index + 1 == items.size() ? Value::undefined_because("there is no next item") : items.at(index + 1);
    if (name != "cycle" && name != "changed") return {};
    return make<Callable>(
        "method", [this, self = Value::thing(this), cycles = name == "cycle"](Renderer& renderer, Arguments arguments) {
            auto& given = arguments.positional;
            arguments.refuse_keywords(cycles ? "cycle" : "changed");
            if (cycles && given.empty()) throw Fault("no items for cycling given");
            if (cycles) return given[index % given.size()];
            auto before = std::exchange(last_changed, make_tuple(renderer.budget, std::move(given)));
            return Value::boolean(before.is_missing() || !equals(before, last_changed));
        });
}

Value Loop::call(Renderer& renderer, Arguments arguments) {
    if (statement_.recursive == nullptr)
        throw Fault("the loop must have the 'recursive' marker to be called recursively");
    arguments.refuse_keywords("loop");
    if (arguments.positional.size() != 1) throw Fault("loop() takes one argument");
    return renderer.captured([&] {
        auto* const outer = renderer.activation();
        renderer.set_activation(home);
        statement_.run(renderer, arguments.positional[0], depth_ + 1);
        renderer.set_activation(outer);
    });
}

bool For::only_writes(bool may_have_parent) const {
    bool const is_local = target.kind == Target::Kind::slot || target.kind == Target::Kind::tuple;
    return is_local && recursive == nullptr && body.only_writes(may_have_parent) &&
           otherwise.only_writes(may_have_parent);
}

void For::execute(Renderer& renderer) const { run(renderer, iterable->evaluate(renderer), 0); }

void For::run(Renderer& renderer, Value const& given, std::size_t depth) const {
    renderer.at(line);
    Value source = given;
    if (condition != nullptr) {
        Items const candidates(renderer.budget, given);
        std::vector<Value> passed;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            renderer.budget.tick();
            auto item = candidates.at(i);
            renderer.assign(condition_target, item);
            if (truth(condition->evaluate(renderer))) passed.push_back(std::move(item));
        }
        source = make_list(renderer.budget, std::move(passed));
    }
    auto* const loop = new Loop(renderer, source, *this, depth);
    Value const holder = Value::thing(loop);
    // What loop.changed() remembers may be the loop itself.
    struct Forget {
        Loop& loop;
        ~Forget() { loop.last_changed = Value{}; }
    } const forget{*loop};
    auto const turns = [&] {
        auto const& items = loop->items;
        if (items.size() == 0) return renderer.run(otherwise);
        for (std::size_t i = 0; i < items.size(); ++i) {
            renderer.budget.tick();
            loop->index = i;
            renderer.clear_slots(first_slot, end_slot);
            if (uses_loop) renderer.slot(loop_slot) = holder;
            renderer.assign(target, items.at(i));
            renderer.run(body);
            renderer.at(line);
        }
        renderer.clear_slots(first_slot, end_slot);
    };
    if (recursive == nullptr) return turns();
    loop->home = renderer.capture_activation();
    renderer.call(*recursive, loop->home, renderer.context(), turns);
}

}  // namespace soyuz::jinja
