#pragma once

#include <map>
#include <memory>

#include "template/language/folds.hpp"
#include "template/values/operators.hpp"
#include "template/values/value.hpp"

/// The tree that a template is compiled to. It is immutable, so that any number of threads may run it.
namespace soyuz::jinja {

class Renderer;
struct Filter;
struct Test;
struct Template;

struct Expression {
    std::uint32_t line = 0;
    virtual ~Expression() = default;
    virtual Value evaluate(Renderer& renderer) const = 0;
    /// Writes the value; a call of a macro does so without building its text first.
    virtual void print(Renderer& renderer, bool escape) const;
};
using ExpressionPointer = std::unique_ptr<Expression>;

template <class Node>
std::unique_ptr<Node> make_node(std::uint32_t line) {
    auto node = std::make_unique<Node>();
    node->line = line;
    return node;
}

struct Statement {
    std::uint32_t line = 0;
    virtual ~Statement() = default;
    virtual void execute(Renderer& renderer) const = 0;
    /// Does it write and nothing else, so that its output can stand for it? False where later statements could tell.
    /// `may_have_parent`: the template extends another, which silences what stands outside of blocks.
    virtual bool only_writes(bool /*may_have_parent*/) const { return false; }
};

/// A child template prints nothing outside its blocks.
struct Output : Statement {
    bool only_without_parent = false;
    bool only_writes(bool may_have_parent) const override { return !(only_without_parent && may_have_parent); }
};

/// Statements in a row.
struct Body : std::vector<std::unique_ptr<Statement>> {
    std::unique_ptr<Folds> folds = std::make_unique<Folds>();
    bool only_writes(bool may_have_parent) const;
};

/// Where a variable may be found: `levels` functions out, in `slot`.
struct SlotReference {
    std::uint16_t levels = 0;
    std::uint16_t slot = 0;
};

/// Something with variables of its own: a template's outermost part, a block, a macro, a call block, a recursive loop.
struct Function {
    std::string name;
    Template const* home = nullptr;
    std::uint16_t slots = 0;
    std::vector<std::string> parameters;
    std::vector<ExpressionPointer> defaults;  // of the last parameters
    std::uint16_t first_parameter = 0;
    // Slots of the names that Jinja provides, and whether the body mentions them.
    std::uint16_t self_slot = 0, super_slot = 0, caller_slot = 0, kwargs_slot = 0, varargs_slot = 0;
    bool uses_self = false, uses_super = false, uses_caller = false, uses_kwargs = false, uses_varargs = false;
    bool explicit_caller = false;
    Body body;
};

struct Template {
    std::string name;
    bool has_extends = false;
    Function root;
    std::map<std::string, std::unique_ptr<Function>, std::less<>> blocks;
};

/// Is what is printed escaped? `by_context` is for what stands in {% autoescape variable %}.
enum class Escaping : std::uint8_t { off, on, by_context };

/// A variable that an included template or a scoped block can see.
struct VisibleName {
    std::string name;
    SlotReference place;
};

// Expressions

struct Constant final : Expression {
    Kind kind = Kind::none;
    std::string text;
    std::int64_t integer = 0;
    double real = 0;
    Value evaluate(Renderer& renderer) const override;
};

struct Name final : Expression {
    std::string name;
    std::vector<SlotReference> places;
    bool falls_back = true;  ///< to the context, when no place holds a value
    Value evaluate(Renderer& renderer) const override;
};

struct SequenceLiteral final : Expression {
    bool is_tuple = false;
    std::vector<ExpressionPointer> items;
    Value evaluate(Renderer& renderer) const override;
};

struct DictLiteral final : Expression {
    std::vector<std::pair<ExpressionPointer, ExpressionPointer>> entries;
    Value evaluate(Renderer& renderer) const override;
};

struct Attribute final : Expression {
    ExpressionPointer object;
    std::string name;
    bool may_be_method = true;  ///< false for most names, which saves looking for methods of that name
    Value evaluate(Renderer& renderer) const override;
};

struct Subscript final : Expression {
    ExpressionPointer object;
    ExpressionPointer key;
    Value evaluate(Renderer& renderer) const override;
};

struct Slice final : Expression {
    ExpressionPointer object;
    ExpressionPointer start, stop, step;  // each may be null
    Value evaluate(Renderer& renderer) const override;
};

struct CallArguments {
    std::vector<ExpressionPointer> positional;
    std::vector<std::pair<std::string, ExpressionPointer>> keyword;
    ExpressionPointer more_positional;  // *expression
    ExpressionPointer more_keyword;     // **expression
    Arguments evaluate(Renderer& renderer) const;
};

struct Call final : Expression {
    ExpressionPointer callee;
    CallArguments arguments;
    Value evaluate(Renderer& renderer) const override;
    void print(Renderer& renderer, bool escape) const override;
    Value evaluate_with(Renderer& renderer, Value caller) const;
};

struct FilterUse final : Expression {
    ExpressionPointer input;  // null at the start of a filter block's chain
    std::string name;
    Filter const* filter = nullptr;  // null where there is none, which only matters when it is reached
    CallArguments arguments;
    Value evaluate(Renderer& renderer) const override;
    Value apply_to(Renderer& renderer, Value input_value) const;
};

struct TestUse final : Expression {
    ExpressionPointer input;
    std::string name;
    Test const* test = nullptr;
    CallArguments arguments;
    Value evaluate(Renderer& renderer) const override;
};

struct Unary final : Expression {
    char operation = '!';  ///< not, '-' or '+'
    ExpressionPointer operand;
    Value evaluate(Renderer& renderer) const override;
};

struct Binary final : Expression {
    Operator operation = Operator::add;
    ExpressionPointer left, right;
    Value evaluate(Renderer& renderer) const override;
};

struct Comparison final : Expression {
    ExpressionPointer first;
    std::vector<std::pair<Relation, ExpressionPointer>> rest;
    Value evaluate(Renderer& renderer) const override;
};

struct Concatenation final : Expression {
    Escaping escaping = Escaping::on;
    std::vector<ExpressionPointer> parts;
    Value evaluate(Renderer& renderer) const override;
};

struct Conditional final : Expression {
    ExpressionPointer condition, consequence,
        alternative;  // the alternative may be null
    Value evaluate(Renderer& renderer) const override;
};

// Statements

struct Target {
    enum class Kind : std::uint8_t { slot, context, attribute, tuple } kind = Kind::slot;
    std::uint16_t slot = 0;
    std::string name;          // in the context, or of the namespace's attribute
    ExpressionPointer object;  // the namespace
    std::vector<Target> parts;
};

struct PlainText final : Output {
    std::string text;
    void execute(Renderer& renderer) const override;
};

struct Print final : Output {
    ExpressionPointer expression;
    Escaping escaping = Escaping::on;
    void execute(Renderer& renderer) const override;
};

struct If final : Statement {
    std::vector<std::pair<ExpressionPointer, Body>> branches;
    Body otherwise;
    void execute(Renderer& renderer) const override;
    bool only_writes(bool may_have_parent) const override;
};

struct For final : Statement {
    Target target;
    ExpressionPointer iterable;
    ExpressionPointer condition;
    Target condition_target;
    bool uses_loop = false;
    std::uint16_t loop_slot = 0;
    std::uint16_t first_slot = 0, end_slot = 0;  // what an iteration starts afresh
    Body body, otherwise;
    std::unique_ptr<Function> recursive;  // owns slots for body and otherwise of a recursive loop
    void execute(Renderer& renderer) const override;
    bool only_writes(bool may_have_parent) const override;
    void run(Renderer& renderer, Value const& items, std::size_t depth) const;
};

struct Set final : Statement {
    Target target;
    ExpressionPointer value;
    void execute(Renderer& renderer) const override;
};

struct SetBlock final : Statement {
    Target target;
    ExpressionPointer filter;  // a chain of FilterUse, may be null
    Body body;
    Escaping escaping = Escaping::on;
    void execute(Renderer& renderer) const override;
};

struct With final : Statement {
    std::vector<std::pair<Target, ExpressionPointer>> assignments;
    Body body;
    void execute(Renderer& renderer) const override;
};

struct FilterBlock final : Statement {
    ExpressionPointer filter;
    Body body;
    Escaping escaping = Escaping::on;
    void execute(Renderer& renderer) const override;
};

struct Autoescape final : Statement {
    ExpressionPointer value;
    Body body;
    void execute(Renderer& renderer) const override;
};

struct Include final : Statement {
    ExpressionPointer name;
    bool ignore_missing = false;
    bool with_context = true;
    std::vector<VisibleName> visible;
    void execute(Renderer& renderer) const override;
    /// What an included template sets stays there.
    bool only_writes(bool) const override { return with_context; }
};

struct Import final : Statement {
    ExpressionPointer name;
    bool with_context = false;
    std::vector<VisibleName> visible;
    std::vector<std::pair<std::string, Target>> names;  // "" is the module itself
    void execute(Renderer& renderer) const override;
};

struct Extends final : Statement {
    ExpressionPointer name;
    void execute(Renderer& renderer) const override;
};

struct BlockUse final : Statement {
    std::string name;
    bool scoped = false;
    bool required = false;
    bool only_without_parent = false;
    std::vector<VisibleName> visible;
    void execute(Renderer& renderer) const override;
};

struct MacroDefinition final : Statement {
    Target target;
    Function function;
    void execute(Renderer& renderer) const override;
};

struct CallBlock final : Statement {
    std::unique_ptr<Call> call;
    Function caller;
    void execute(Renderer& renderer) const override;
};

}  // namespace soyuz::jinja
