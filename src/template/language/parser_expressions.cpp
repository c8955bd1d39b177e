#include "template/language/parser_state.hpp"

namespace soyuz::jinja {

ExpressionPointer Parser::parse_expression(bool with_condition) {
    return with_condition ? parse_conditional() : parse_or();
}

ExpressionPointer Parser::parse_conditional() {
    Level const level(*this);
    auto const line = current().line;
    // Whether this is a condition is known only behind it; filters that don't exist are refused when reached then.
    auto node = parse_or();
    while (skip_name("if")) {
        auto conditional = make<Conditional>(line);
        conditional->consequence = std::move(node);
        conditional->condition = parse_or();
        if (skip_name("else")) conditional->alternative = parse_conditional();
        hold(*conditional, conditional->consequence);
        hold(*conditional, conditional->condition);
        hold(*conditional, conditional->alternative);
        node = std::move(conditional);
    }
    return node;
}

ExpressionPointer Parser::parse_or() {
    auto node = parse_and();
    while (current().is_name("or")) {
        auto logical = make<Logical>(next().line);
        logical->left = std::move(node);
        logical->right = parse_and();
        hold(*logical, logical->left);
        hold(*logical, logical->right);
        node = std::move(logical);
    }
    return node;
}

ExpressionPointer Parser::parse_and() {
    auto node = parse_not();
    while (current().is_name("and")) {
        auto logical = make<Logical>(next().line);
        logical->is_and = true;
        logical->left = std::move(node);
        logical->right = parse_not();
        hold(*logical, logical->left);
        hold(*logical, logical->right);
        node = std::move(logical);
    }
    return node;
}

ExpressionPointer Parser::parse_not() {
    if (!current().is_name("not")) return parse_comparison();
    Level const level(*this);
    auto node = make<Unary>(next().line);
    node->kind = Unary::Kind::negation;
    node->operand = parse_not();
    hold(*node, node->operand);
    return node;
}

ExpressionPointer Parser::parse_comparison() {
    using Kind = Relation;
    static std::map<std::string_view, Kind> const symbols = {{"==", Kind::equal},  {"!=", Kind::not_equal},
                                                             {"<", Kind::less},    {"<=", Kind::less_equal},
                                                             {">", Kind::greater}, {">=", Kind::greater_equal}};
    auto const line = current().line;
    auto first = parse_sum();
    std::unique_ptr<Comparison> comparison;
    while (true) {
        Kind kind = Kind::in;
        if (current().type == Token::Type::symbol) {
            auto const symbol = symbols.find(current().text);
            if (symbol == symbols.end()) break;
            kind = symbol->second;
        } else if (current().is_name("not") && look().is_name("in")) {
            next();
            kind = Kind::not_in;
        } else if (!current().is_name("in")) {
            break;
        }
        next();
        if (comparison == nullptr) {
            comparison = make<Comparison>(line);
            comparison->first = std::move(first);
            hold(*comparison, comparison->first);
        }
        comparison->rest.emplace_back(kind, parse_sum());
        hold(*comparison, comparison->rest.back().second);
    }
    if (comparison == nullptr) return first;
    return comparison;
}

ExpressionPointer Parser::binary(Operator operation, ExpressionPointer left, ExpressionPointer right,
                                 std::uint32_t line) const {
    auto node = make<Binary>(line);
    node->operation = operation;
    node->left = std::move(left);
    node->right = std::move(right);
    hold(*node, node->left);
    hold(*node, node->right);
    return node;
}

ExpressionPointer Parser::parse_sum() {
    auto node = parse_concatenation();
    while (current().is_symbol("+") || current().is_symbol("-")) {
        auto const& token = next();
        auto const operation = token.text == "+" ? Operator::add : Operator::subtract;
        auto const line = token.line;
        node = binary(operation, std::move(node), parse_concatenation(), line);
    }
    return node;
}

ExpressionPointer Parser::parse_concatenation() {
    auto const line = current().line;
    auto first = parse_product();
    if (!current().is_symbol("~")) return first;
    auto node = make<Concatenation>(line);
    node->escaping = escaping_;
    node->parts.push_back(std::move(first));
    while (skip_symbol("~")) node->parts.push_back(parse_product());
    for (auto const& part : node->parts) hold(*node, part);
    return node;
}

ExpressionPointer Parser::parse_product() {
    static std::map<std::string_view, Operator> const operators = {
        {"*", Operator::multiply}, {"/", Operator::divide}, {"//", Operator::floor_divide}, {"%", Operator::modulo}};
    auto node = parse_power();
    while (current().type == Token::Type::symbol) {
        auto const found = operators.find(current().text);
        if (found == operators.end()) break;
        auto const line = next().line;
        node = binary(found->second, std::move(node), parse_power(), line);
    }
    return node;
}

ExpressionPointer Parser::parse_power() {
    auto node = parse_unary();
    while (current().is_symbol("**")) {
        auto const line = next().line;
        node = binary(Operator::power, std::move(node), parse_unary(), line);
    }
    return node;
}

ExpressionPointer Parser::parse_unary(bool with_filter) {
    ExpressionPointer node;
    if (current().is_symbol("-") || current().is_symbol("+")) {
        Level const level(*this);
        auto unary = make<Unary>(current().line);
        unary->kind = next().text == "-" ? Unary::Kind::negative : Unary::Kind::positive;
        unary->operand = parse_unary(false);
        hold(*unary, unary->operand);
        node = std::move(unary);
    } else {
        node = parse_primary();
    }
    node = parse_postfix(std::move(node));
    return with_filter ? parse_filters_and_tests(std::move(node)) : std::move(node);
}

ExpressionPointer Parser::parse_primary() {
    auto const& token = current();
    auto const line = token.line;
    if (token.type == Token::Type::name) {
        auto const name = next().text;
        auto constant = make<Constant>(line);
        if (name == "true" || name == "True" || name == "false" || name == "False") {
            constant->kind = Kind::boolean;
            constant->integer = name == "true" || name == "True" ? 1 : 0;
            return constant;
        }
        if (name == "none" || name == "None") return constant;
        auto node = make<Name>(line);
        node->name = name;
        resolve(*node);
        return node;
    }
    if (token.type == Token::Type::text) {
        auto constant = make<Constant>(line);
        constant->kind = Kind::text;
        while (current().type == Token::Type::text) constant->text += next().text;
        return constant;
    }
    if (token.type == Token::Type::integer || token.type == Token::Type::real) {
        auto constant = make<Constant>(line);
        constant->kind = token.type == Token::Type::integer ? Kind::integer : Kind::real;
        constant->integer = token.integer;
        constant->real = token.real;
        next();
        return constant;
    }
    if (skip_symbol("(")) {
        auto node = parse_tuple(true, true);
        expect_symbol(")");
        return node;
    }
    if (token.is_symbol("[")) return parse_list();
    if (token.is_symbol("{")) return parse_dict();
    expected("an expression");
}

ExpressionPointer Parser::parse_tuple(bool with_condition, bool in_parentheses, std::string_view end_name) {
    auto const line = current().line;
    std::vector<ExpressionPointer> items;
    bool is_tuple = false;
    auto const at_end = [&] {
        auto const type = current().type;
        return type == Token::Type::variable_end || type == Token::Type::block_end || current().is_symbol(")") ||
               (!end_name.empty() && current().is_name(end_name));
    };
    while (true) {
        if (!items.empty()) expect_symbol(",");
        if (at_end()) break;
        items.push_back(parse_expression(with_condition));
        if (!current().is_symbol(",")) break;
        is_tuple = true;
    }
    if (!is_tuple) {
        if (!items.empty()) return std::move(items.front());
        if (!in_parentheses) expected("an expression");
    }
    auto tuple = make<SequenceLiteral>(line);
    tuple->is_tuple = true;
    tuple->items = std::move(items);
    for (auto const& item : tuple->items) hold(*tuple, item);
    return tuple;
}

ExpressionPointer Parser::parse_list() {
    auto list = make<SequenceLiteral>(next().line);
    while (!current().is_symbol("]")) {
        if (!list->items.empty()) expect_symbol(",");
        if (current().is_symbol("]")) break;
        list->items.push_back(parse_expression());
        hold(*list, list->items.back());
    }
    expect_symbol("]");
    return list;
}

ExpressionPointer Parser::parse_dict() {
    auto dict = make<DictLiteral>(next().line);
    while (!current().is_symbol("}")) {
        if (!dict->entries.empty()) expect_symbol(",");
        if (current().is_symbol("}")) break;
        auto key = parse_expression();
        expect_symbol(":");
        auto value = parse_expression();
        hold(*dict, key);
        hold(*dict, value);
        dict->entries.emplace_back(std::move(key), std::move(value));
    }
    expect_symbol("}");
    return dict;
}

}  // namespace soyuz::jinja
