#include <algorithm>

#include "template/language/parser_state.hpp"

namespace soyuz::jinja {
namespace {

bool is_reserved(std::string_view name) {
    constexpr std::string_view reserved[] = {"true", "True", "false", "False", "none", "None"};
    return std::find(std::begin(reserved), std::end(reserved), name) != std::end(reserved);
}

}  // namespace

std::unique_ptr<Statement> Parser::parse_statement() {
    using Parse = std::unique_ptr<Statement> (Parser::*)();
    static std::map<std::string_view, Parse> const tags = {
        {"print", &Parser::parse_print_tag},
        {"if", &Parser::parse_if},
        {"for", &Parser::parse_for},
        {"set", &Parser::parse_set},
        {"with", &Parser::parse_with},
        {"include", &Parser::parse_include},
        {"import", &Parser::parse_import},
        {"from", &Parser::parse_from},
        {"extends", &Parser::parse_extends},
        {"block", &Parser::parse_block},
        {"macro", &Parser::parse_macro},
        {"call", &Parser::parse_call_block},
        {"filter", &Parser::parse_filter_block},
        {"autoescape", &Parser::parse_autoescape},
    };
    if (current().type != Token::Type::name) expected("the name of a tag");
    auto const tag = tags.find(current().text);
    if (tag == tags.end()) fail_unknown_tag();
    auto const line = current().line;
    open_tags_.emplace_back(next().text, line);
    auto statement = (this->*tag->second)();
    statement->line = line;
    open_tags_.pop_back();
    return statement;
}

std::unique_ptr<Statement> Parser::parse_print_tag() {
    // {% print a, b %} is one tag of several outputs; a condition that always holds keeps them together.
    auto group = std::make_unique<If>();
    Body body;
    while (current().type != Token::Type::block_end) {
        if (!body.empty()) expect_symbol(",");
        auto print = make<Print>(current().line);
        print->expression = parse_expression();
        print->escaping = escaping_;
        print->only_without_parent = checks_parent_;
        body.push_back(std::move(print));
    }
    group->otherwise = std::move(body);
    return group;
}

std::unique_ptr<Statement> Parser::parse_if() {
    auto statement = std::make_unique<If>();
    bool const outer_conditional = in_conditional_;
    in_conditional_ = true;
    while (true) {
        auto condition = parse_tuple(false);
        skip_symbol(":");
        expect_block_end();
        auto body = parse_body({"elif", "else", "endif"});
        statement->branches.emplace_back(std::move(condition), std::move(body));
        auto const end = next().text;
        if (end == "elif") continue;
        if (end == "else") {
            skip_symbol(":");
            expect_block_end();
            statement->otherwise = parse_body({"endif"});
            next();
        }
        break;
    }
    in_conditional_ = outer_conditional;
    return statement;
}

Parser::TargetShape Parser::parse_target_item() {
    TargetShape shape;
    shape.line = current().line;
    if (skip_symbol("(")) {
        Level const level(*this);
        shape = parse_target_shape();
        expect_symbol(")");
        return shape;
    }
    shape.name = expect_identifier("a name");
    if (is_reserved(shape.name)) fail("can't assign to '" + shape.name + "'", shape.line);
    return shape;
}

Parser::TargetShape Parser::parse_target_shape() {
    TargetShape shape = parse_target_item();
    if (!current().is_symbol(",")) return shape;
    TargetShape tuple;
    tuple.line = shape.line;
    tuple.is_tuple = true;
    tuple.parts.push_back(std::move(shape));
    while (skip_symbol(",")) {
        bool const more = (current().type == Token::Type::name && current().text != "in") || current().is_symbol("(");
        if (!more) break;
        tuple.parts.push_back(parse_target_item());
    }
    return tuple;
}

Target Parser::declare_target(TargetShape const& shape, bool always_set) {
    if (!shape.is_tuple) {
        if (!always_set) return target_for(shape.name);
        if (shape.name == "loop") fail("the loop variable can't be assigned to", shape.line);
        Target target;
        target.name = shape.name;
        target.slot = declare(shape.name, true);
        return target;
    }
    Target target;
    target.kind = Target::Kind::tuple;
    for (auto const& part : shape.parts) target.parts.push_back(declare_target(part, always_set));
    return target;
}

std::unique_ptr<Statement> Parser::parse_for() {
    auto loop = std::make_unique<For>();
    auto const shape = parse_target_shape();
    expect_name("in");
    loop->iterable = parse_tuple(false, false, "recursive");
    if (skip_name("if")) {
        push_scope();
        loop->condition_target = declare_target(shape, true);
        loop->condition = parse_expression();
        pop_scope();
    }
    if (skip_name("recursive")) {
        loop->recursive = std::make_unique<Function>();
        loop->recursive->home = template_.get();
        loop->uses_loop = true;
    }
    skip_symbol(":");
    expect_block_end();
    auto& scope = push_scope(loop->recursive.get());
    loop->first_slot = next_slot();
    loop->loop_slot = declare("loop", true);
    scope.loop = loop.get();
    loop->target = declare_target(shape, true);
    loop->body = parse_body({"endfor", "else"});
    loop->end_slot = next_slot();
    pop_scope();
    if (next().text == "else") {
        skip_symbol(":");
        expect_block_end();
        push_scope(loop->recursive.get());
        loop->otherwise = parse_body({"endfor"});
        pop_scope();
        next();
    }
    return loop;
}

std::unique_ptr<Statement> Parser::parse_set() {
    Target target;
    TargetShape shape;
    bool const is_attribute = current().type == Token::Type::name && look().is_symbol(".");
    if (is_attribute) {
        auto object = make<Name>(current().line);
        object->name = next().text;
        next();
        resolve(*object);
        target.kind = Target::Kind::attribute;
        target.object = std::move(object);
        target.name = expect_identifier("the name of an attribute");
    } else {
        shape = parse_target_shape();
    }
    if (skip_symbol("=")) {
        auto set = std::make_unique<Set>();
        set->value = parse_tuple();
        // Only now: the value may use an outer variable of the same name.
        set->target = is_attribute ? std::move(target) : declare_target(shape, false);
        return set;
    }
    auto set = std::make_unique<SetBlock>();
    set->escaping = escaping_;
    set->filter = parse_filters(nullptr);
    skip_symbol(":");
    expect_block_end();
    push_scope();
    bool const outer_check = checks_parent_;
    checks_parent_ = false;
    set->body = parse_body({"endset"});
    checks_parent_ = outer_check;
    pop_scope();
    next();
    set->target = is_attribute ? std::move(target) : declare_target(shape, false);
    return set;
}

std::unique_ptr<Statement> Parser::parse_with() {
    auto with = std::make_unique<With>();
    std::vector<std::pair<TargetShape, ExpressionPointer>> assignments;
    while (current().type != Token::Type::block_end && !current().is_symbol(":")) {
        if (!assignments.empty()) expect_symbol(",");
        auto shape = parse_target_item();
        expect_symbol("=");
        assignments.emplace_back(std::move(shape), parse_expression());
    }
    skip_symbol(":");
    expect_block_end();
    push_scope();
    for (auto& [shape, value] : assignments)
        with->assignments.emplace_back(declare_target(shape, true), std::move(value));
    with->body = parse_body({"endwith"});
    pop_scope();
    next();
    return with;
}

std::unique_ptr<Statement> Parser::parse_filter_block() {
    auto block = std::make_unique<FilterBlock>();
    block->escaping = escaping_;
    block->filter = parse_filters(nullptr, true);
    skip_symbol(":");
    expect_block_end();
    push_scope();
    block->body = parse_body({"endfilter"});
    pop_scope();
    next();
    return block;
}

std::unique_ptr<Statement> Parser::parse_autoescape() {
    auto statement = std::make_unique<Autoescape>();
    statement->value = parse_expression();
    skip_symbol(":");
    expect_block_end();
    auto const outer = escaping_;
    auto const* const constant = dynamic_cast<Constant const*>(statement->value.get());
    if (constant == nullptr) {
        escaping_ = Escaping::by_context;
    } else {
        bool const on =
            constant->kind == Kind::text ? !constant->text.empty() : constant->integer != 0 || constant->real != 0;
        escaping_ = on ? Escaping::on : Escaping::off;
    }
    push_scope();
    statement->body = parse_body({"endautoescape"});
    pop_scope();
    next();
    escaping_ = outer;
    return statement;
}

}  // namespace soyuz::jinja
