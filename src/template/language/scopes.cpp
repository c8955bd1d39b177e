#include "template/language/scopes.hpp"

#include <algorithm>

namespace soyuz::jinja {
namespace {

constexpr std::size_t max_slots = 4000;

constexpr std::string_view reserved_names[] = {"true", "True", "false", "False", "none", "None"};

}  // namespace

TargetShape read_target_item(TokenReader& reader) {
    TargetShape shape;
    shape.line = reader.current().line;
    if (reader.skip("(")) {
        auto const level = reader.deeper();
        shape = read_target(reader);
        reader.expect(")");
        return shape;
    }
    shape.name = reader.expect_identifier("a name");
    if (std::ranges::find(reserved_names, shape.name) != std::end(reserved_names))
        reader.fail("can't assign to '" + shape.name + "'", shape.line);
    return shape;
}

TargetShape read_target(TokenReader& reader) {
    auto shape = read_target_item(reader);
    if (!reader.is(",")) return shape;
    TargetShape tuple{{}, shape.line, true, {}};
    tuple.parts.push_back(std::move(shape));
    while (reader.skip(",") && !reader.is("in") && (reader.is(Token::Type::name) || reader.is("(")))
        tuple.parts.push_back(read_target_item(reader));
    return tuple;
}

Scopes::Inner::Inner(Scopes& scopes, Function* function) : scopes_(scopes) {
    auto& scope = scopes.scopes_.emplace_back();
    scope.function = function != nullptr ? function : std::prev(scopes.scopes_.end(), 2)->function;
}

void Scopes::become_loop(For& loop) {
    loop.first_slot = next_slot();
    loop.loop_slot = declare("loop");
    scopes_.back().loop = &loop;
}

std::uint16_t Scopes::declare(std::string const& name, bool always_set) {
    auto& scope = scopes_.back();
    for (auto const& entry : scope.names)
        if (entry.name == name) return entry.slot;
    auto& slots = scope.function->slots;
    if (slots >= max_slots) reader_->fail("there are too many variables");
    scope.names.push_back({name, slots, always_set});
    return slots++;
}

Target Scopes::declare(TargetShape const& shape, bool always_set) {
    Target target;
    target.name = shape.name;
    if (shape.is_tuple) {
        target.kind = Target::Kind::tuple;
        for (auto const& part : shape.parts) target.parts.push_back(declare(part, always_set));
        return target;
    }
    bool const in_loop =
        std::any_of(scopes_.begin(), scopes_.end(), [](auto const& scope) { return scope.loop != nullptr; });
    if (shape.name == "loop" && (always_set || in_loop))
        reader_->fail("the loop variable can't be assigned to", shape.line);
    if (!always_set && is_context()) {
        target.kind = Target::Kind::context;
    } else {
        target.slot = declare(shape.name, always_set);
    }
    return target;
}

template <class Self, class Visit>
void Scopes::walk_out(Self& scopes, Visit const& visit) {
    std::uint16_t levels = 0;
    Function const* function = nullptr;
    for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope) {
        if (function != nullptr && scope->function != function) ++levels;
        function = scope->function;
        if (visit(*scope, levels)) return;
    }
}

void Scopes::resolve(Name& name) {
    walk_out(scopes_, [&](Scope& scope, std::uint16_t levels) {
        auto const entry = std::find_if(scope.names.begin(), scope.names.end(),
                                        [&](auto const& known) { return known.name == name.name; });
        if (entry == scope.names.end()) return false;
        name.places.push_back({levels, entry->slot});
        note_use(scope, name.name);
        name.falls_back = !entry->always_set;
        return entry->always_set;
    });
}

void Scopes::note_use(Scope const& scope, std::string const& name) {
    if (name == "loop" && scope.loop != nullptr) scope.loop->uses_loop = true;
    if (name == "self") scope.function->uses_self = true;
    if (name == "super") scope.function->uses_super = true;
    for (auto& outer : scopes_) {
        // A name used deep inside counts for every macro around it, as in Jinja.
        if (name == "caller") outer.function->uses_caller = true;
        if (name == "kwargs") outer.function->uses_kwargs = true;
        if (name == "varargs") outer.function->uses_varargs = true;
    }
}

std::vector<VisibleName> Scopes::visible_names() const {
    std::vector<VisibleName> visible;
    walk_out(scopes_, [&](Scope const& scope, std::uint16_t levels) {
        for (auto const& entry : scope.names) visible.push_back({entry.name, {levels, entry.slot}});
        return false;
    });
    return visible;
}

void Scopes::use_all_loops() {
    for (auto const& scope : scopes_)
        if (scope.loop != nullptr) scope.loop->uses_loop = true;
}

}  // namespace soyuz::jinja
