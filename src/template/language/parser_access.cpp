#include "template/language/parser_state.hpp"

namespace soyuz::jinja {

ExpressionPointer Parser::parse_postfix(ExpressionPointer node) {
    while (true) {
        if (current().is_symbol(".") || current().is_symbol("[")) {
            node = parse_subscript(std::move(node));
        } else if (current().is_symbol("(")) {
            node = parse_call(std::move(node));
        } else {
            return node;
        }
    }
}

ExpressionPointer Parser::parse_filters_and_tests(ExpressionPointer node) {
    while (true) {
        if (current().is_symbol("|")) {
            node = parse_filters(std::move(node));
        } else if (current().is_name("is")) {
            node = parse_test(std::move(node));
        } else if (current().is_symbol("(")) {
            node = parse_call(std::move(node));
        } else {
            return node;
        }
    }
}

ExpressionPointer Parser::parse_subscript(ExpressionPointer node) {
    auto const line = current().line;
    if (next().text == ".") {
        if (current().type == Token::Type::name) {
            auto attribute = make<Attribute>(line);
            attribute->name = next().text;
            attribute->may_be_method = is_method_name(attribute->name);
            attribute->object = std::move(node);
            hold(*attribute, attribute->object);
            return attribute;
        }
        if (current().type != Token::Type::integer) expected("a name or a number");
        auto key = make<Constant>(line);
        key->kind = Kind::integer;
        key->integer = next().integer;
        auto subscript = make<Subscript>(line);
        subscript->object = std::move(node);
        subscript->key = std::move(key);
        hold(*subscript, subscript->object);
        return subscript;
    }
    auto access = parse_one_subscript(node, line);
    if (current().is_symbol(",")) {
        auto const* const plain = dynamic_cast<Subscript*>(access.get());
        if (plain == nullptr) fail("a slice can't stand in a tuple");
        auto tuple = make<SequenceLiteral>(line);
        tuple->is_tuple = true;
        auto& subscript = static_cast<Subscript&>(*access);
        tuple->items.push_back(std::move(subscript.key));
        while (skip_symbol(",") && !current().is_symbol("]")) tuple->items.push_back(parse_expression());
        for (auto const& item : tuple->items) hold(*tuple, item);
        subscript.key = std::move(tuple);
        hold(subscript, subscript.key);
    }
    expect_symbol("]");
    return access;
}

ExpressionPointer Parser::parse_one_subscript(ExpressionPointer& object, std::uint32_t line) {
    ExpressionPointer first;
    if (!current().is_symbol(":")) {
        first = parse_expression();
        if (!current().is_symbol(":")) {
            auto subscript = make<Subscript>(line);
            subscript->object = std::move(object);
            subscript->key = std::move(first);
            hold(*subscript, subscript->object);
            hold(*subscript, subscript->key);
            return subscript;
        }
    }
    next();
    auto slice = make<Slice>(line);
    slice->object = std::move(object);
    slice->start = std::move(first);
    auto const part_follows = [&] { return !current().is_symbol("]") && !current().is_symbol(","); };
    if (!current().is_symbol(":") && part_follows()) slice->stop = parse_expression();
    if (skip_symbol(":") && part_follows()) slice->step = parse_expression();
    for (auto const* const part : {&slice->object, &slice->start, &slice->stop, &slice->step}) hold(*slice, *part);
    return slice;
}

CallArguments Parser::parse_arguments() {
    CallArguments arguments;
    auto const line = current().line;
    expect_symbol("(");
    bool first = true;
    auto const ensure = [&](bool good) {
        if (!good) fail("the arguments stand in the wrong order", line);
    };
    while (!current().is_symbol(")")) {
        if (!first) {
            expect_symbol(",");
            if (current().is_symbol(")")) break;
        }
        first = false;
        if (skip_symbol("*")) {
            ensure(arguments.more_positional == nullptr && arguments.more_keyword == nullptr);
            arguments.more_positional = parse_expression();
        } else if (skip_symbol("**")) {
            ensure(arguments.more_keyword == nullptr);
            arguments.more_keyword = parse_expression();
        } else if (current().type == Token::Type::name && look().is_symbol("=")) {
            ensure(arguments.more_keyword == nullptr);
            auto name = next().text;
            next();
            for (auto const& [known, value] : arguments.keyword)
                if (known == name) fail("the argument '" + name + "' stands twice", line);
            arguments.keyword.emplace_back(std::move(name), parse_expression());
        } else {
            ensure(arguments.more_positional == nullptr && arguments.more_keyword == nullptr &&
                   arguments.keyword.empty());
            arguments.positional.push_back(parse_expression());
        }
    }
    expect_symbol(")");
    return arguments;
}

ExpressionPointer Parser::parse_call(ExpressionPointer node) {
    auto call = make<Call>(current().line);
    call->callee = std::move(node);
    call->arguments = parse_arguments();
    hold(*call, call->callee);
    hold(*call, call->arguments);
    return call;
}

std::string Parser::dotted_name() {
    auto name = expect_identifier("the name of a filter or test");
    while (skip_symbol(".")) name += "." + expect_identifier("the name of a filter or test");
    return name;
}

ExpressionPointer Parser::parse_filters(ExpressionPointer node, bool starts_with_name) {
    while (starts_with_name || current().is_symbol("|")) {
        if (!starts_with_name) next();
        starts_with_name = false;
        auto use = make<FilterUse>(current().line);
        use->name = dotted_name();
        use->filter = find_filter(use->name);
        if (use->filter == nullptr && !in_conditional_) fail("there is no filter named '" + use->name + "'", use->line);
        if (current().is_symbol("(")) use->arguments = parse_arguments();
        use->input = std::move(node);
        hold(*use, use->input);
        hold(*use, use->arguments);
        node = std::move(use);
    }
    return node;
}

ExpressionPointer Parser::parse_test(ExpressionPointer node) {
    auto const line = next().line;
    bool const negated = skip_name("not");
    auto use = make<TestUse>(line);
    use->name = dotted_name();
    use->test = find_test(use->name);
    if (use->test == nullptr && !in_conditional_) fail("there is no test named '" + use->name + "'", line);
    auto const& token = current();
    bool const argument_follows =
        token.type == Token::Type::text || token.type == Token::Type::integer || token.type == Token::Type::real ||
        token.is_symbol("[") || token.is_symbol("{") ||
        (token.type == Token::Type::name && !token.is_name("else") && !token.is_name("or") && !token.is_name("and"));
    if (token.is_symbol("(")) {
        use->arguments = parse_arguments();
    } else if (argument_follows) {
        if (token.is_name("is")) fail("tests can't be chained with 'is'");
        use->arguments.positional.push_back(parse_postfix(parse_primary()));
    }
    use->input = std::move(node);
    hold(*use, use->input);
    hold(*use, use->arguments);
    if (!negated) return use;
    auto negation = make<Unary>(line);
    negation->kind = Unary::Kind::negation;
    negation->operand = std::move(use);
    hold(*negation, negation->operand);
    return negation;
}

}  // namespace soyuz::jinja
