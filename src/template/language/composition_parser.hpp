#pragma once

#include "template/language/expression_parser.hpp"

namespace soyuz::jinja {

class StatementParser;

/// Tags that put templates together: other files, blocks and macros.
class CompositionParser {
public:
    CompositionParser(StatementParser& statements, TokenReader& reader, Template& result, Scopes& scopes,
                      Surroundings& surroundings, ExpressionParser& expressions);

    std::unique_ptr<Statement> parse_include();
    /// {% import file as name %}, or {% from file import names %}
    std::unique_ptr<Statement> parse_import(bool has_names);
    std::unique_ptr<Statement> parse_extends();
    std::unique_ptr<Statement> parse_block();
    std::unique_ptr<Statement> parse_macro();
    std::unique_ptr<Statement> parse_call_block();

private:
    bool at_context_choice() const;
    /// "with context" or "without context", and what is visible then.
    void parse_context_choice(bool& with_context, std::vector<VisibleName>& visible);
    void parse_signature(Function& function);
    void parse_function_body(Function& function, std::string_view end);

    StatementParser& statements_;
    TokenReader& reader_;
    Template& template_;
    Scopes& scopes_;
    Surroundings& surroundings_;
    ExpressionParser& expressions_;
    bool extends_ = false;  ///< a known {% extends %} has been seen
};

}  // namespace soyuz::jinja
