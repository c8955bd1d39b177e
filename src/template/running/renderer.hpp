#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <limits>
#include <optional>
#include <unordered_map>

#include "template/language/syntax.hpp"
#include "template/library/library.hpp"
#include "template/limits.hpp"

namespace soyuz::jinja {

/// The variables of one running function. Macros made in it keep it for the rest of the rendering.
struct Activation {
    std::vector<Value> slots;
    Activation* parent = nullptr;
    bool captured = false;
    std::size_t depth = 0;  ///< of calls within calls
};

using BlockTable = std::unordered_map<std::string_view, std::vector<Function const*>>;

/// What a template's names mean outside of its functions, and which blocks stand where.
struct Context {
    struct Variable {
        std::string_view name;
        Value value;
        bool exported;
        std::size_t depth;  ///< where its value comes from
    };
    std::vector<Variable> variables;
    Context const* outer = nullptr;
    Json const* root = nullptr;  ///< what the page was rendered with
    std::shared_ptr<BlockTable> blocks;
    Template const* parent = nullptr;  ///< once {% extends %} was met
    bool autoescape = true;
    std::size_t depth = 0;  ///< of the call that it was made for

    void set(std::string_view name, Value value, bool exported);
    /// Missing where nothing knows the name; `from_depth` tells where the value comes from.
    Value find(std::string_view name, std::size_t& from_depth) const;
};

/// What {% import %} gives.
struct Module final : Thing {
    Module(Context const& its_context, std::string its_text) : context(its_context), text(std::move(its_text)) {}
    Context const& context;
    std::string text;
    std::string_view type_name() const override { return "TemplateModule"; }
    Value attribute(Renderer&, std::string_view name) override;
    std::string to_text() const override { return text; }
    bool is_html() const override { return true; }
};

/// One rendering, on one thread. An error ends it, so nothing here is restored when one is thrown.
class Renderer {
public:
    /// Finds and compiles a template; throws MissingTemplate, or TemplateError where it is faulty.
    using Load = std::function<std::shared_ptr<Template const>(std::string_view name)>;

    struct Variant {
        std::string_view name;
        std::optional<std::size_t> fold;  ///< its place among the folds; without one nothing is folded
    };

    Renderer(Functions const& functions, Limits const& limits, Json const& root, Load load, Variant variant);
    ~Renderer();
    Renderer(Renderer const&) = delete;
    Renderer& operator=(Renderer const&) = delete;

    std::string render(std::string_view name);

    Budget budget;
    /// Namespaces can hold each other in rings, which only emptying them at the end can break.
    std::vector<Value> namespaces;

    // Output
    void write(std::string_view text);
    void print(Value const& value, bool escape);
    bool escapes(Escaping escaping) const {
        return escaping == Escaping::on || (escaping == Escaping::by_context && context().autoescape);
    }
    /// What `work` writes, instead of writing it.
    template <class Work>
    std::string capture(Work const& work) {
        std::string text;
        auto* const outer = out_;
        out_ = &text;
        work();
        out_ = outer;
        budget.spend(text.size());
        return text;
    }
    /// The same as a text that is markup where escaping is on.
    template <class Work>
    Value captured(Work const& work) {
        bool const is_markup = context().autoescape;
        return Value::text(capture(work), is_markup);
    }
    void run(Body const& body);

    /// Notes, while a body is watched for what never changes, that something was read which a call of this depth
    /// brought along; zero is what the page is rendered with.
    void touch(std::size_t depth) { touched_ = std::min(touched_, depth); }

    // Variables
    Value& slot(std::size_t index) { return here_.activation->slots[index]; }
    /// The variables among which `place` lies.
    Activation const& find(SlotReference place) const;
    Value read(SlotReference place);
    Value lookup(std::string_view name);
    void assign(Target const& target, Value value, bool exported = true);
    void clear_slots(std::uint16_t first, std::uint16_t end);
    Context& context() const { return *here_.context; }
    Activation* activation() const { return here_.activation; }
    void set_activation(Activation* activation) { here_.activation = activation; }
    /// Keeps the running functions' variables until the end.
    Activation* capture_activation();

    /// Runs `work` with fresh variables for `function` that lie inside `parent`'s.
    template <class Work>
    void call(Function const& function, Activation* parent, Context& context, Work const& work) {
        enter_call();
        auto const outer = std::exchange(here_, {acquire(function, parent), &context, function.home, here_.line});
        work();
        release(here_.activation);
        here_ = outer;
        --calls_;
    }

    // Templates
    Template const& load(std::string_view name);
    /// The first of the named templates that exists; `names` is a text or a list of them.
    Template const& select(Value const& names);
    Context& new_context(Template const& source, Context const* outer, std::vector<VisibleName> const& visible);
    /// A context inside the current one that sees `visible` too.
    Context& scoped_context(std::vector<VisibleName> const& visible);
    void run_template(Template const& source, Context& context);
    Value import(Template const& source, bool with_context, std::vector<VisibleName> const& visible);
    void run_block(std::string_view name, std::size_t index, Context& context);
    std::string_view variant() const { return variant_.name; }

    void at(std::uint32_t line) { here_.line = line; }

private:
    void execute(Statement const& statement) {
        here_.line = statement.line;
        statement.execute(*this);
    }
    void watch(Body const& body, std::size_t variant);
    void enter_call();
    Activation* acquire(Function const& function, Activation* parent);
    void release(Activation* activation);
    Context& new_context(Context const* outer);
    void add_visible(Context& context, std::vector<VisibleName> const& visible);

    Functions const& functions_;
    Limits const& limits_;
    Json const* root_;
    Load load_;
    std::unordered_map<std::string, std::shared_ptr<Template const>> templates_;
    std::unordered_map<Template const*, Value> modules_;
    std::deque<Activation> activations_;
    std::vector<Activation*> idle_activations_;
    std::deque<Context> contexts_;
    struct {
        Activation* activation = nullptr;
        Context* context = nullptr;
        Template const* home = nullptr;
        std::uint32_t line = 1;
    } here_;
    std::string home_name_;
    std::string* out_ = nullptr;
    std::size_t calls_ = 0;
    std::size_t include_depth_ = 0;
    char const* stack_start_ = nullptr;
    Variant variant_;
    std::size_t touched_ = std::numeric_limits<std::size_t>::max();  ///< the outermost depth that was read from
};

/// Calls `function`, which stands on `line`.
Value call_value(Renderer& renderer, Value const& function, Arguments arguments, std::uint32_t line);

}  // namespace soyuz::jinja
