#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "template/language/lexer.hpp"
#include "template/language/syntax.hpp"
#include "template/library/library.hpp"

namespace soyuz::jinja {

/// Recursive descent over the tokens; grammar and precedence are Jinja's own, oddities included.
class Parser {
public:
    Parser(std::string const& name, std::string_view source, std::size_t max_nesting);
    std::shared_ptr<Template const> run();

private:
    // Tokens
    Token const& current() const { return tokens_[at_]; }
    Token const& look() const { return tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_]; }
    Token const& next() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
    bool skip_symbol(std::string_view symbol);
    bool skip_name(std::string_view name);
    void expect_symbol(std::string_view symbol);
    void expect_name(std::string_view name);
    std::string expect_identifier(std::string_view what);
    void expect_block_end();
    [[noreturn]] void fail(std::string const& what, std::uint32_t line) const;
    [[noreturn]] void fail(std::string const& what) const { fail(what, current().line); }
    [[noreturn]] void expected(std::string const& what) const;

    /// Counts a level of nesting while it lives.
    class Level {
    public:
        explicit Level(Parser& parser);
        ~Level() { --parser_.nesting_; }
        Level(Level const&) = delete;
        Level& operator=(Level const&) = delete;

    private:
        Parser& parser_;
    };

    template <class Node>
    std::unique_ptr<Node> make(std::uint32_t line) const {
        auto node = std::make_unique<Node>();
        node->line = line;
        return node;
    }
    /// Sets the depth that `node` has with `child` in it; a chain of operators grows without nesting.
    void hold(Expression& node, ExpressionPointer const& child) const;
    void hold(Expression& node, CallArguments const& arguments) const;

    // Names and where they live
    struct Scope {
        Function* function = nullptr;
        bool is_context = false;  ///< variables set here go to the context: the outermost part of a template
        For* loop = nullptr;
        struct Entry {
            std::string name;
            std::uint16_t slot;
            bool always_set;
        };
        std::vector<Entry> names;
    };
    std::uint16_t declare(std::string const& name, bool always_set);
    void resolve(Name& name);
    void mark_use(Scope const& scope, std::string const& name);
    std::vector<VisibleName> visible_names() const;
    Target target_for(std::string const& name);
    std::uint16_t next_slot() const { return scopes_.back().function->slots; }
    Scope& push_scope(Function* function = nullptr);
    void pop_scope() { scopes_.pop_back(); }

    // Statements
    Body parse_body(std::initializer_list<std::string_view> ends);
    std::unique_ptr<Statement> parse_statement();
    std::unique_ptr<Statement> parse_print_tag();
    std::unique_ptr<Statement> parse_if();
    std::unique_ptr<Statement> parse_for();
    std::unique_ptr<Statement> parse_set();
    std::unique_ptr<Statement> parse_with();
    std::unique_ptr<Statement> parse_include();
    std::unique_ptr<Statement> parse_import();
    std::unique_ptr<Statement> parse_from();
    std::unique_ptr<Statement> parse_extends();
    std::unique_ptr<Statement> parse_block();
    std::unique_ptr<Statement> parse_macro();
    std::unique_ptr<Statement> parse_call_block();
    std::unique_ptr<Statement> parse_filter_block();
    std::unique_ptr<Statement> parse_autoescape();
    bool parse_context_choice(bool otherwise);
    void parse_signature(Function& function);
    void parse_function_body(Function& function, std::string_view end);
    bool at_with_or_without_context() const;
    [[noreturn]] void fail_unknown_tag() const;

    struct TargetShape {  // a target before its names are declared
        std::string name;
        std::uint32_t line = 0;
        bool is_tuple = false;
        std::vector<TargetShape> parts;
    };
    TargetShape parse_target_shape();
    TargetShape parse_target_item();
    Target declare_target(TargetShape const& shape, bool always_set);

    // Expressions
    ExpressionPointer parse_expression(bool with_condition = true);
    ExpressionPointer parse_conditional();
    ExpressionPointer parse_or();
    ExpressionPointer parse_and();
    ExpressionPointer parse_not();
    ExpressionPointer parse_comparison();
    ExpressionPointer parse_sum();
    ExpressionPointer parse_concatenation();
    ExpressionPointer parse_product();
    ExpressionPointer parse_power();
    ExpressionPointer parse_unary(bool with_filter = true);
    ExpressionPointer parse_primary();
    ExpressionPointer parse_tuple(bool with_condition = true, bool in_parentheses = false,
                                  std::string_view end_name = {});
    ExpressionPointer parse_list();
    ExpressionPointer parse_dict();
    ExpressionPointer parse_postfix(ExpressionPointer node);
    ExpressionPointer parse_filters_and_tests(ExpressionPointer node);
    ExpressionPointer parse_subscript(ExpressionPointer node);
    ExpressionPointer parse_one_subscript(ExpressionPointer& object, std::uint32_t line);
    ExpressionPointer parse_call(ExpressionPointer node);
    CallArguments parse_arguments();
    ExpressionPointer parse_filters(ExpressionPointer node, bool starts_with_name = false);
    ExpressionPointer parse_test(ExpressionPointer node);
    ExpressionPointer binary(Operator operation, ExpressionPointer left, ExpressionPointer right,
                             std::uint32_t line) const;
    std::string dotted_name();

    std::shared_ptr<Template> template_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    std::size_t max_nesting_;
    std::size_t nesting_ = 0;
    std::vector<Scope> scopes_;
    std::vector<std::pair<std::string, std::uint32_t>> open_tags_;  // with their lines
    std::vector<std::vector<std::string_view>> wanted_ends_;
    Escaping escaping_ = Escaping::on;
    bool extends_ = false;         ///< a known {% extends %} has been seen
    bool in_conditional_ = false;  ///< where unknown filters and tests matter only when they are reached
    bool checks_parent_ = false;   ///< what is printed here is dropped when there is a parent
};

}  // namespace soyuz::jinja
