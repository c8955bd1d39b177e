#pragma once

#include <functional>
#include <initializer_list>
#include <map>

#include "template/language/composition_parser.hpp"
#include "template/language/expression_parser.hpp"

namespace soyuz::jinja {

/// Recursive descent over text, outputs and tags.
class StatementParser {
public:
    StatementParser(TokenReader& reader, Template& result);

    void parse_template();
    /// Up to and with the tag `end`, with variables of its own.
    Body parse_inner_body(std::string_view end);
    std::size_t open_tags() const { return open_tags_.size(); }

private:
    using Parsed = std::unique_ptr<Statement>;

    /// Up to one of the tags `ends`, which is current then.
    Body parse_body(std::initializer_list<std::string_view> ends);
    Parsed parse_output();
    Parsed parse_tag();
    Parsed parse_if();
    Parsed parse_for();
    Parsed parse_set();
    Parsed parse_with();
    Parsed parse_filter_block();
    Parsed parse_autoescape();
    [[noreturn]] void fail_unknown_tag() const;

    TokenReader& reader_;
    Template& template_;
    Scopes scopes_;
    Surroundings surroundings_;
    ExpressionParser expressions_;
    CompositionParser composition_;
    std::map<std::string_view, std::function<Parsed()>> tags_;
    std::vector<std::pair<std::string, std::uint32_t>> open_tags_;  // with their lines
    std::vector<std::vector<std::string_view>> wanted_ends_;
};

/// Compiles `source`. Throws TemplateError with the line and what was expected and found.
std::shared_ptr<Template const> compile(std::string const& name, std::string_view source, std::size_t max_nesting);

}  // namespace soyuz::jinja
