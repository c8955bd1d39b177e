#include "template/running/renderer.hpp"

#include <algorithm>

#include "template/running/macros.hpp"
#include "template/template_error.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

/// Values may hold this many times the largest page in all.
constexpr std::size_t value_bytes_per_output_byte = 16;
constexpr std::size_t max_calls = 200;
/// A thread's stack is 8 MiB; what a template may nest between two calls takes far less than the rest.
constexpr std::size_t max_stack_bytes = 2U << 20U;

}  // namespace

void Context::set(std::string_view name, Value value, bool exported) {
    for (auto& variable : variables) {
        if (variable.name != name) continue;
        variable.value = std::move(value);
        variable.exported = exported;
        return;
    }
    variables.push_back({name, std::move(value), exported, depth});
}

Value Context::find(std::string_view name, std::size_t& from_depth) const {
    for (auto const* context = this; context != nullptr; context = context->outer) {
        for (auto const& variable : context->variables) {
            if (variable.name != name) continue;
            from_depth = variable.depth;
            return variable.value;
        }
        from_depth = 0;
        if (context->outer == nullptr && context->root != nullptr && is_json_object(*context->root))
            return json_find(Value::from_json(*context->root), name);
    }
    return {};
}

Value Module::attribute(Renderer&, std::string_view wanted) {
    for (auto const& variable : context.variables)
        if (variable.exported && variable.name == wanted) return variable.value;
    return {};
}

Renderer::Renderer(Functions const& functions, Limits const& limits, Json const& root, Load load, Variant variant)
    : budget(limits.steps, limits.output_bytes * value_bytes_per_output_byte),
      functions_(functions),
      limits_(limits),
      root_(&root),
      load_(std::move(load)),
      variant_(variant) {}

Renderer::~Renderer() {
    for (auto& activation : activations_) activation.slots.clear();
    for (auto const& value : namespaces) static_cast<Namespace*>(value.as_thing())->attributes = {};
}

std::string Renderer::render(std::string_view name) {
    stack_start_ = static_cast<char const*>(__builtin_frame_address(0));
    home_name_ = name;
    std::string out;
    out.reserve(std::min<std::size_t>(16384, limits_.output_bytes));
    out_ = &out;
    try {
        auto const& source = load(name);
        auto& context = new_context(source, nullptr, {});
        context.root = root_;
        run_template(source, context);
    } catch (Fault const& fault) {
        throw TemplateError(here_.home == nullptr ? home_name_ : here_.home->name, here_.line, fault.what());
    }
    return out;
}

void Renderer::write(std::string_view text) {
    *out_ += text;
    if (out_->size() > limits_.output_bytes)
        throw Fault("the page is larger than " + std::to_string(limits_.output_bytes) + " bytes");
}

void Renderer::print(Value const& value, bool escape) {
    switch (value.kind()) {
        case Kind::missing:
        case Kind::undefined: return;
        case Kind::text:
            if (!escape || value.is_markup()) return write(value.as_text());
            append_escaped(*out_, value.as_text());
            return write({});
        case Kind::integer: return write(to_text(value));
        default: return write(escape ? to_html(value) : to_text(value));
    }
}

Activation const& Renderer::find(SlotReference place) const {
    auto const* activation = here_.activation;
    for (auto levels = place.levels; levels > 0; --levels) activation = activation->parent;
    return *activation;
}

void Renderer::run(Body const& body) {
    if (!variant_.fold || !here_.context->autoescape) {
        for (auto const& statement : body) execute(*statement);
        return;
    }
    auto const* const pieces = body.folds->find(*variant_.fold);
    if (pieces == nullptr) return watch(body, *variant_.fold);
    for (auto const& piece : *pieces) {
        if (piece.statement != nullptr) {
            execute(*piece.statement);
        } else {
            write(piece.text);
        }
    }
}

/// Runs a body and keeps, joined, what those of its statements wrote that read nothing from outside of themselves.
void Renderer::watch(Body const& body, std::size_t variant) {
    auto const depth = here_.activation->depth;
    auto const before = touched_;
    auto touched_by_all = before;
    bool const may_have_parent = here_.home != nullptr && here_.home->has_extends;
    auto const* const out = out_;
    Folds::Pieces pieces;
    for (auto const& statement : body) {
        touched_ = std::numeric_limits<std::size_t>::max();
        auto const start = out->size();
        execute(*statement);
        touched_by_all = std::min(touched_by_all, touched_);
        if (statement->only_writes(may_have_parent) && touched_ > depth) {
            if (pieces.empty() || pieces.back().statement != nullptr) pieces.emplace_back();
            pieces.back().text.append(*out, start);
        } else {
            pieces.push_back({{}, statement.get()});
        }
    }
    touched_ = touched_by_all;
    body.folds->keep(variant, std::move(pieces));
}

Value Renderer::read(SlotReference place) {
    auto const& activation = find(place);
    touch(activation.depth);
    return activation.slots[place.slot];
}

Value Renderer::lookup(std::string_view name) {
    std::size_t depth = 0;
    if (Value value = here_.context->find(name, depth); !value.is_missing()) {
        // Macros are part of the templates, which don't change where anything is folded.
        if (macro_in(value) == nullptr) touch(depth);
        return value;
    }
    if (auto const function = functions_.find(std::string(name)); function != functions_.end())
        return make<Callable>("function", [&function = function->second](Renderer& renderer, Arguments arguments) {
            return call_global(renderer, function, std::move(arguments));
        });
    touch(0);
    return Value::undefined(name);
}

void Renderer::assign(Target const& target, Value value, bool exported) {
    switch (target.kind) {
        case Target::Kind::slot: slot(target.slot) = std::move(value); break;
        case Target::Kind::context:
            here_.context->set(target.name, std::move(value), exported && target.name[0] != '_');
            break;
        case Target::Kind::attribute: {
            auto const object = target.object->evaluate(*this);
            auto* const space = object.is(Kind::object) ? dynamic_cast<Namespace*>(object.as_thing()) : nullptr;
            if (space == nullptr) throw Fault("cannot assign attribute on non-namespace object");
            space->attributes.as_dict()->set(Value::borrowed(target.name), std::move(value));
            break;
        }
        case Target::Kind::tuple: {
            if (value.is_undefined() || !is_iterable(value))
                throw Fault("cannot unpack non-iterable " + type_name(value) + " object");
            Items const items(budget, value);
            auto const wanted = target.parts.size();
            if (items.size() != wanted)
                throw Fault((items.size() < wanted ? "not enough values to unpack: expected "
                                                   : "too many values to unpack: expected ") +
                            std::to_string(wanted) + ", found " + std::to_string(items.size()));
            for (std::size_t i = 0; i < wanted; ++i) assign(target.parts[i], items.at(i), exported);
            break;
        }
    }
}

void Renderer::clear_slots(std::uint16_t first, std::uint16_t end) {
    for (std::size_t i = first; i < end; ++i) here_.activation->slots[i] = Value{};
}

Activation* Renderer::capture_activation() {
    for (auto* activation = here_.activation; activation != nullptr && !activation->captured;
         activation = activation->parent)
        activation->captured = true;
    return here_.activation;
}

void Renderer::enter_call() {
    budget.tick();
    auto const* const here = static_cast<char const*>(__builtin_frame_address(0));
    auto const used = here < stack_start_ ? stack_start_ - here : here - stack_start_;
    if (++calls_ > max_calls || static_cast<std::size_t>(used) > max_stack_bytes)
        throw Fault("macros, blocks and includes are nested too deeply");
}

Activation* Renderer::acquire(Function const& function, Activation* parent) {
    Activation* activation = nullptr;
    if (idle_activations_.empty()) {
        activation = &activations_.emplace_back();
    } else {
        activation = idle_activations_.back();
        idle_activations_.pop_back();
    }
    activation->slots.resize(function.slots);
    activation->parent = parent;
    activation->depth = calls_;
    return activation;
}

void Renderer::release(Activation* activation) {
    if (activation->captured) {
        // Kept for the rest of the rendering.
        budget.spend(activation->slots.size() * sizeof(Value) + sizeof(Activation));
        return;
    }
    activation->slots.clear();
    idle_activations_.push_back(activation);
}

Template const& Renderer::load(std::string_view name) {
    auto& known = templates_[std::string(name)];
    if (known == nullptr) known = load_(name);
    return *known;
}

Template const& Renderer::select(Value const& names) {
    if (names.is_undefined()) fail_undefined(names);
    if (names.is_text()) return load(names.as_text());
    Items const items(budget, names);
    std::string tried;
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto const name = items.at(i);
        if (name.is_undefined()) fail_undefined(name);
        try {
            return load(text_of(name, "the name of a template"));
        } catch (MissingTemplate const&) {
            tried += (tried.empty() ? "" : ", ") + std::string(name.as_text());
        }
    }
    throw MissingTemplate("none of these templates exists: " + tried);
}

Context& Renderer::new_context(Context const* outer) {
    budget.spend(sizeof(Context));
    auto& context = contexts_.emplace_back();
    context.outer = outer;
    context.depth = calls_ + 1;
    return context;
}

Context& Renderer::new_context(Template const& source, Context const* outer, std::vector<VisibleName> const& visible) {
    auto& context = new_context(outer);
    context.blocks = std::make_shared<BlockTable>();
    for (auto const& [name, block] : source.blocks) (*context.blocks)[name].push_back(block.get());
    add_visible(context, visible);
    return context;
}

Context& Renderer::scoped_context(std::vector<VisibleName> const& visible) {
    auto& context = new_context(here_.context);
    context.blocks = here_.context->blocks;
    context.autoescape = here_.context->autoescape;
    add_visible(context, visible);
    return context;
}

void Renderer::add_visible(Context& context, std::vector<VisibleName> const& visible) {
    for (auto const& [name, place] : visible) {
        auto const known = std::any_of(context.variables.begin(), context.variables.end(),
                                       [&wanted = name](auto const& variable) { return variable.name == wanted; });
        if (known) continue;  // an inner scope's variable of that name
        auto value = find(place).slots[place.slot];
        if (!value.is_missing()) context.variables.push_back({name, std::move(value), false, here_.activation->depth});
    }
}

void Renderer::run_template(Template const& source, Context& context) {
    ++include_depth_;
    std::size_t parents = 0;
    for (auto const* current = &source; current != nullptr; ++parents) {
        if (parents + include_depth_ > limits_.include_depth)
            throw Fault("templates include or extend each other more than " + std::to_string(limits_.include_depth) +
                        " deep");
        auto const& root = current->root;
        call(root, nullptr, context, [&] {
            if (root.uses_self) slot(root.self_slot) = make<SelfReference>(context);
            run(root.body);
        });
        current = std::exchange(context.parent, nullptr);
    }
    --include_depth_;
}

Value Renderer::import(Template const& source, bool with_context, std::vector<VisibleName> const& visible) {
    if (!with_context) {
        // As in Jinja, a module without context is made once.
        if (auto const known = modules_.find(&source); known != modules_.end()) return known->second;
    }
    auto& context = new_context(source, with_context ? here_.context : nullptr, visible);
    context.depth = calls_;  // what it sets is there for the rest of the importing call
    auto value = make<Module>(context, capture([&] { run_template(source, context); }));
    if (!with_context) modules_[&source] = value;
    return value;
}

void Renderer::run_block(std::string_view name, std::size_t index, Context& context) {
    auto const& function = *context.blocks->at(name).at(index);
    call(function, nullptr, context, [&] {
        if (function.uses_self) slot(function.self_slot) = make<SelfReference>(context);
        if (function.uses_super) slot(function.super_slot) = super_value(context, function.name, index + 1);
        run(function.body);
    });
}

}  // namespace soyuz::jinja
