#include "template/language/expression_parser.hpp"

#include <algorithm>

#include "template/library/library.hpp"

namespace soyuz::jinja {
namespace {

template <class Entries>
auto find_word(Entries const& entries, TokenReader const& reader) {
    return std::find_if(std::begin(entries), std::end(entries),
                        [&](auto const& entry) { return reader.is(entry.first); });
}

}  // namespace

ExpressionPointer ExpressionParser::parse() {
    auto const level = reader_.deeper();
    auto const line = reader_.current().line;
    auto node = parse_or();
    for (auto const chain = reader_.chain(); reader_.skip("if"); reader_.count_link()) {
        auto conditional = make_node<Conditional>(line);
        conditional->consequence = std::move(node);
        conditional->condition = parse_or();
        if (reader_.skip("else")) conditional->alternative = parse();
        node = std::move(conditional);
    }
    return node;
}

ExpressionPointer ExpressionParser::parse_or() {
    return parse_binary({{"or", Operator::logical_or}}, &ExpressionParser::parse_and);
}

ExpressionPointer ExpressionParser::parse_and() {
    return parse_binary({{"and", Operator::logical_and}}, &ExpressionParser::parse_not);
}

ExpressionPointer ExpressionParser::parse_not() {
    if (!reader_.is("not")) return parse_comparison();
    auto const level = reader_.deeper();
    auto const line = reader_.next().line;
    return negated(parse_not(), line);
}

ExpressionPointer ExpressionParser::negated(ExpressionPointer node, std::uint32_t line) const {
    auto negation = make_node<Unary>(line);
    negation->operand = std::move(node);
    return negation;
}

ExpressionPointer ExpressionParser::parse_comparison() {
    static constexpr std::pair<std::string_view, Relation> relations[] = {
        {"==", Relation::equal},  {"!=", Relation::not_equal},     {"<", Relation::less}, {"<=", Relation::less_equal},
        {">", Relation::greater}, {">=", Relation::greater_equal}, {"in", Relation::in}};
    auto const line = reader_.current().line;
    auto first = parse_sum();
    std::unique_ptr<Comparison> comparison;
    while (true) {
        bool const negative = reader_.is("not") && reader_.following().is("in");
        auto const relation = find_word(relations, reader_);
        if (!negative && relation == std::end(relations)) break;
        reader_.next();
        if (negative) reader_.next();
        if (comparison == nullptr) {
            comparison = make_node<Comparison>(line);
            comparison->first = std::move(first);
        }
        comparison->rest.emplace_back(negative ? Relation::not_in : relation->second, parse_sum());
    }
    return comparison == nullptr ? std::move(first) : std::move(comparison);
}

ExpressionPointer ExpressionParser::parse_binary(Operators operators, Parse operand) {
    auto node = (this->*operand)();
    for (auto const chain = reader_.chain();; reader_.count_link()) {
        auto const found = find_word(operators, reader_);
        if (found == operators.end()) return node;
        auto binary = make_node<Binary>(reader_.next().line);
        binary->operation = found->second;
        binary->left = std::move(node);
        binary->right = (this->*operand)();
        node = std::move(binary);
    }
}

ExpressionPointer ExpressionParser::parse_sum() {
    return parse_binary({{"+", Operator::add}, {"-", Operator::subtract}}, &ExpressionParser::parse_concatenation);
}

ExpressionPointer ExpressionParser::parse_concatenation() {
    auto const line = reader_.current().line;
    auto first = parse_product();
    if (!reader_.is("~")) return first;
    auto node = make_node<Concatenation>(line);
    node->escaping = surroundings_.escaping;
    node->parts.push_back(std::move(first));
    while (reader_.skip("~")) node->parts.push_back(parse_product());
    return node;
}

ExpressionPointer ExpressionParser::parse_product() {
    return parse_binary(
        {{"*", Operator::multiply}, {"/", Operator::divide}, {"//", Operator::floor_divide}, {"%", Operator::modulo}},
        &ExpressionParser::parse_power);
}

ExpressionPointer ExpressionParser::parse_power() {
    return parse_binary({{"**", Operator::power}}, &ExpressionParser::parse_unary);
}

ExpressionPointer ExpressionParser::parse_unary() {
    auto node = parse_signed();
    for (auto const chain = reader_.chain();; reader_.count_link()) {
        if (reader_.is("|")) {
            node = parse_filters(std::move(node));
        } else if (reader_.is("is")) {
            node = parse_test(std::move(node));
        } else if (reader_.is("(")) {
            node = parse_call(std::move(node));
        } else {
            return node;
        }
    }
}

ExpressionPointer ExpressionParser::parse_signed() {
    if (!reader_.is("-") && !reader_.is("+")) return parse_postfix(parse_primary());
    auto const level = reader_.deeper();
    auto unary = make_node<Unary>(reader_.current().line);
    unary->operation = reader_.next().text[0];
    unary->operand = parse_signed();
    return parse_postfix(std::move(unary));
}

std::unique_ptr<Name> ExpressionParser::parse_name() {
    auto node = make_node<Name>(reader_.current().line);
    node->name = reader_.next().text;
    scopes_.resolve(*node);
    return node;
}

ExpressionPointer ExpressionParser::parse_primary() {
    auto const& token = reader_.current();
    auto constant = make_node<Constant>(token.line);
    switch (token.type) {
        case Token::Type::name: {
            bool const holds = token.text == "true" || token.text == "True";
            if (holds || token.text == "false" || token.text == "False") constant->kind = Kind::boolean;
            constant->integer = holds ? 1 : 0;
            if (constant->kind == Kind::none && token.text != "none" && token.text != "None") return parse_name();
            break;
        }
        case Token::Type::text:
            constant->kind = Kind::text;
            while (reader_.is(Token::Type::text)) constant->text += reader_.next().text;
            return constant;
        case Token::Type::integer:
        case Token::Type::real:
            constant->kind = token.type == Token::Type::integer ? Kind::integer : Kind::real;
            constant->integer = token.integer;
            constant->real = token.real;
            break;
        default: {
            if (reader_.is("[")) return parse_list();
            if (reader_.is("{")) return parse_dict();
            if (!reader_.skip("(")) reader_.fail_expected("an expression");
            auto node = parse_tuple(true, true);
            reader_.expect(")");
            return node;
        }
    }
    reader_.next();
    return constant;
}

ExpressionPointer ExpressionParser::parse_tuple(bool with_condition, bool in_parentheses, std::string_view end_name) {
    auto tuple = make_node<SequenceLiteral>(reader_.current().line);
    while (true) {
        if (reader_.is("}}") || reader_.is("%}") || reader_.is(")") || (!end_name.empty() && reader_.is(end_name)))
            break;
        tuple->items.push_back(with_condition ? parse() : parse_or());
        if (!reader_.skip(",")) break;
        tuple->is_tuple = true;
    }
    if (!tuple->is_tuple && !tuple->items.empty()) return std::move(tuple->items.front());
    if (!tuple->is_tuple && !in_parentheses) reader_.fail_expected("an expression");
    tuple->is_tuple = true;
    return tuple;
}

ExpressionPointer ExpressionParser::parse_list() {
    auto list = make_node<SequenceLiteral>(reader_.next().line);
    reader_.read_items("]", [&] { list->items.push_back(parse()); });
    return list;
}

ExpressionPointer ExpressionParser::parse_dict() {
    auto dict = make_node<DictLiteral>(reader_.next().line);
    reader_.read_items("}", [&] {
        auto key = parse();
        reader_.expect(":");
        dict->entries.emplace_back(std::move(key), parse());
    });
    return dict;
}

ExpressionPointer ExpressionParser::parse_postfix(ExpressionPointer node) {
    for (auto const chain = reader_.chain();; reader_.count_link()) {
        if (reader_.is(".")) {
            node = parse_attribute(std::move(node));
        } else if (reader_.is("[")) {
            node = parse_subscript(std::move(node));
        } else if (reader_.is("(")) {
            node = parse_call(std::move(node));
        } else {
            return node;
        }
    }
}

ExpressionPointer ExpressionParser::parse_attribute(ExpressionPointer node) {
    auto const line = reader_.next().line;
    if (reader_.is(Token::Type::name)) {
        auto attribute = make_node<Attribute>(line);
        attribute->name = reader_.next().text;
        attribute->may_be_method = is_method_name(attribute->name);
        attribute->object = std::move(node);
        return attribute;
    }
    if (!reader_.is(Token::Type::integer)) reader_.fail_expected("a name or a number");
    auto subscript = make_node<Subscript>(line);
    subscript->object = std::move(node);
    subscript->key = parse_primary();
    return subscript;
}

ExpressionPointer ExpressionParser::parse_subscript(ExpressionPointer node) {
    auto const line = reader_.next().line;
    ExpressionPointer first;
    if (!reader_.is(":")) first = parse();
    if (reader_.skip("]")) {
        auto subscript = make_node<Subscript>(line);
        subscript->object = std::move(node);
        subscript->key = std::move(first);
        return subscript;
    }
    auto slice = make_node<Slice>(line);
    slice->object = std::move(node);
    slice->start = std::move(first);
    if (!reader_.skip(":")) reader_.fail_expected("']'");
    if (!reader_.is(":") && !reader_.is("]")) slice->stop = parse();
    if (reader_.skip(":") && !reader_.is("]")) slice->step = parse();
    reader_.expect("]");
    return slice;
}

CallArguments ExpressionParser::parse_arguments() {
    CallArguments arguments;
    auto const line = reader_.current().line;
    auto const ensure = [&](bool good) {
        if (!good) reader_.fail("the arguments stand in the wrong order", line);
    };
    reader_.expect("(");
    reader_.read_items(")", [&] {
        if (reader_.skip("*")) {
            ensure(arguments.more_positional == nullptr && arguments.more_keyword == nullptr);
            arguments.more_positional = parse();
        } else if (reader_.skip("**")) {
            ensure(arguments.more_keyword == nullptr);
            arguments.more_keyword = parse();
        } else if (reader_.is(Token::Type::name) && reader_.following().is("=")) {
            ensure(arguments.more_keyword == nullptr);
            auto name = reader_.next().text;
            reader_.next();
            for (auto const& [known, value] : arguments.keyword)
                if (known == name) reader_.fail("the argument '" + name + "' stands twice", line);
            arguments.keyword.emplace_back(std::move(name), parse());
        } else {
            ensure(arguments.more_positional == nullptr && arguments.more_keyword == nullptr &&
                   arguments.keyword.empty());
            arguments.positional.push_back(parse());
        }
    });
    return arguments;
}

ExpressionPointer ExpressionParser::parse_call(ExpressionPointer node) {
    auto call = make_node<Call>(reader_.current().line);
    call->callee = std::move(node);
    call->arguments = parse_arguments();
    return call;
}

ExpressionPointer ExpressionParser::parse_filters(ExpressionPointer node, bool starts_with_name) {
    for (auto const chain = reader_.chain(); std::exchange(starts_with_name, false) || reader_.skip("|");
         reader_.count_link()) {
        auto use = make_node<FilterUse>(reader_.current().line);
        use->name = reader_.expect_identifier("the name of a filter or test");
        use->filter = find_filter(use->name);
        if (use->filter == nullptr && !surroundings_.in_conditional)
            reader_.fail("there is no filter named '" + use->name + "'", use->line);
        if (reader_.is("(")) use->arguments = parse_arguments();
        use->input = std::move(node);
        node = std::move(use);
    }
    return node;
}

ExpressionPointer ExpressionParser::parse_test(ExpressionPointer node) {
    auto const line = reader_.next().line;
    bool const is_negated = reader_.skip("not");
    auto use = make_node<TestUse>(line);
    use->name = reader_.expect_identifier("the name of a filter or test");
    use->test = find_test(use->name);
    if (use->test == nullptr && !surroundings_.in_conditional)
        reader_.fail("there is no test named '" + use->name + "'", line);
    auto const type = reader_.current().type;
    bool const is_value = type == Token::Type::text || type == Token::Type::integer || type == Token::Type::real ||
                          type == Token::Type::name || reader_.is("[") || reader_.is("{");
    if (reader_.is("(")) {
        use->arguments = parse_arguments();
    } else if (is_value && !reader_.is("else") && !reader_.is("or") && !reader_.is("and")) {
        if (reader_.is("is")) reader_.fail("tests can't be chained with 'is'");
        use->arguments.positional.push_back(parse_postfix(parse_primary()));
    }
    use->input = std::move(node);
    if (is_negated) return negated(std::move(use), line);
    return use;
}

}  // namespace soyuz::jinja
