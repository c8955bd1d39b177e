#pragma once

#include <initializer_list>

#include "template/language/scopes.hpp"
#include "template/language/token_reader.hpp"

namespace soyuz::jinja {

/// Recursive descent over expressions; precedence is Jinja's own, oddities included.
class ExpressionParser {
public:
    ExpressionParser(TokenReader& reader, Scopes& scopes, Surroundings const& surroundings)
        : reader_(reader), scopes_(scopes), surroundings_(surroundings) {}

    ExpressionPointer parse();
    /// One expression, or a tuple of several up to `end_name`, a bracket or the end of the tag.
    ExpressionPointer parse_tuple(bool with_condition = true, bool in_parentheses = false,
                                  std::string_view end_name = {});
    /// A chain of filters behind `node`; the first one follows without a bar where `node` is null and the tag says so.
    ExpressionPointer parse_filters(ExpressionPointer node, bool starts_with_name = false);
    std::unique_ptr<Name> parse_name();

private:
    using Parse = ExpressionPointer (ExpressionParser::*)();
    using Operators = std::initializer_list<std::pair<std::string_view, Operator>>;

    ExpressionPointer parse_or();
    ExpressionPointer parse_and();
    ExpressionPointer parse_not();
    ExpressionPointer parse_comparison();
    /// Binary operators of one precedence, from left to right.
    ExpressionPointer parse_binary(Operators operators, Parse operand);
    ExpressionPointer parse_sum();
    ExpressionPointer parse_concatenation();
    ExpressionPointer parse_product();
    ExpressionPointer parse_power();
    ExpressionPointer parse_unary();
    ExpressionPointer parse_signed();
    ExpressionPointer parse_primary();
    ExpressionPointer parse_list();
    ExpressionPointer parse_dict();
    ExpressionPointer parse_postfix(ExpressionPointer node);
    ExpressionPointer parse_attribute(ExpressionPointer node);
    ExpressionPointer parse_subscript(ExpressionPointer node);
    ExpressionPointer parse_call(ExpressionPointer node);
    CallArguments parse_arguments();
    ExpressionPointer parse_test(ExpressionPointer node);
    ExpressionPointer negated(ExpressionPointer node, std::uint32_t line) const;

    TokenReader& reader_;
    Scopes& scopes_;
    Surroundings const& surroundings_;
};

}  // namespace soyuz::jinja
