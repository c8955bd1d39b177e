#include "template/language/statement_parser.hpp"

#include <algorithm>

namespace soyuz::jinja {

StatementParser::StatementParser(TokenReader& reader, Template& result)
    : reader_(reader),
      template_(result),
      scopes_(reader),
      expressions_(reader, scopes_, surroundings_),
      composition_(*this, reader, result, scopes_, surroundings_, expressions_),
      tags_{
          {"if", [this] { return parse_if(); }},
          {"for", [this] { return parse_for(); }},
          {"set", [this] { return parse_set(); }},
          {"with", [this] { return parse_with(); }},
          {"filter", [this] { return parse_filter_block(); }},
          {"autoescape", [this] { return parse_autoescape(); }},
          {"include", [this] { return composition_.parse_include(); }},
          {"import", [this] { return composition_.parse_import(false); }},
          {"from", [this] { return composition_.parse_import(true); }},
          {"extends", [this] { return composition_.parse_extends(); }},
          {"block", [this] { return composition_.parse_block(); }},
          {"macro", [this] { return composition_.parse_macro(); }},
          {"call", [this] { return composition_.parse_call_block(); }},
      } {}

void StatementParser::parse_template() {
    auto& root = template_.root;
    root.home = &template_;
    Scopes::Inner const outermost(scopes_, &root);
    scopes_.become_context();
    root.self_slot = scopes_.declare("self");
    root.body = parse_body({});
}

Body StatementParser::parse_body(std::initializer_list<std::string_view> ends) {
    auto const level = reader_.deeper();
    wanted_ends_.emplace_back(ends);
    Body body;
    while (!reader_.is(Token::Type::end) || ends.size() > 0) {
        if (reader_.is(Token::Type::end)) fail_unknown_tag();
        if (reader_.is(Token::Type::data)) {
            auto text = make_node<PlainText>(reader_.current().line);
            text->text = reader_.next().text;
            text->only_without_parent = surroundings_.checks_parent;
            body.push_back(std::move(text));
        } else if (reader_.is("{{")) {
            body.push_back(parse_output());
        } else {
            reader_.next();
            if (reader_.is(Token::Type::name) &&
                std::find(ends.begin(), ends.end(), reader_.current().text) != ends.end())
                break;
            body.push_back(parse_tag());
            reader_.expect("%}");
        }
    }
    wanted_ends_.pop_back();
    return body;
}

Body StatementParser::parse_inner_body(std::string_view end) {
    reader_.expect_tag_end();
    Scopes::Inner const inner(scopes_);
    auto body = parse_body({end});
    reader_.next();
    return body;
}

StatementParser::Parsed StatementParser::parse_output() {
    auto print = make_node<Print>(reader_.next().line);
    print->expression = expressions_.parse_tuple();
    print->escaping = surroundings_.escaping;
    print->only_without_parent = surroundings_.checks_parent;
    reader_.expect("}}");
    return print;
}

StatementParser::Parsed StatementParser::parse_tag() {
    if (!reader_.is(Token::Type::name)) reader_.fail_expected("the name of a tag");
    auto const tag = tags_.find(reader_.current().text);
    if (tag == tags_.end()) fail_unknown_tag();
    auto const line = reader_.current().line;
    open_tags_.emplace_back(reader_.next().text, line);
    auto statement = tag->second();
    statement->line = line;
    open_tags_.pop_back();
    return statement;
}

void StatementParser::fail_unknown_tag() const {
    std::string wanted;
    for (auto const& end : wanted_ends_.back()) wanted += (wanted.empty() ? "'" : " or '") + std::string(end) + "'";
    auto what = wanted.empty() ? "found the unknown tag " : "expected " + wanted + ", found ";
    what += reader_.current().described();
    if (!open_tags_.empty())
        what +=
            " (the " + open_tags_.back().first + " of line " + std::to_string(open_tags_.back().second) + " is open)";
    reader_.fail(what);
}

StatementParser::Parsed StatementParser::parse_if() {
    auto statement = std::make_unique<If>();
    Meanwhile const conditional(surroundings_.in_conditional, true);
    std::string end;
    do {
        auto condition = expressions_.parse_tuple(false);
        reader_.expect_tag_end();
        statement->branches.emplace_back(std::move(condition), parse_body({"elif", "else", "endif"}));
        end = reader_.next().text;
    } while (end == "elif");
    if (end == "else") {
        reader_.expect_tag_end();
        statement->otherwise = parse_body({"endif"});
        reader_.next();
    }
    return statement;
}

StatementParser::Parsed StatementParser::parse_for() {
    auto loop = std::make_unique<For>();
    auto const shape = read_target(reader_);
    reader_.expect("in");
    loop->iterable = expressions_.parse_tuple(false, false, "recursive");
    if (reader_.skip("if")) {
        Scopes::Inner const inner(scopes_);
        loop->condition_target = scopes_.declare(shape, true);
        loop->condition = expressions_.parse();
    }
    if (reader_.skip("recursive")) {
        loop->recursive = std::make_unique<Function>();
        loop->recursive->home = &template_;
        loop->uses_loop = true;
    }
    reader_.expect_tag_end();
    {
        Scopes::Inner const inner(scopes_, loop->recursive.get());
        scopes_.become_loop(*loop);
        loop->target = scopes_.declare(shape, true);
        loop->body = parse_body({"endfor", "else"});
        loop->end_slot = scopes_.next_slot();
    }
    if (reader_.next().text == "else") {
        reader_.expect_tag_end();
        Scopes::Inner const inner(scopes_, loop->recursive.get());
        loop->otherwise = parse_body({"endfor"});
        reader_.next();
    }
    return loop;
}

StatementParser::Parsed StatementParser::parse_set() {
    Target target;
    TargetShape shape;
    bool const is_attribute = reader_.is(Token::Type::name) && reader_.following().is(".");
    if (is_attribute) {
        target.kind = Target::Kind::attribute;
        target.object = expressions_.parse_name();
        reader_.next();
        target.name = reader_.expect_identifier("the name of an attribute");
    } else {
        shape = read_target(reader_);
    }
    auto const finish = [&](auto set) {
        // Only now: the value may use an outer variable of the same name.
        set->target = is_attribute ? std::move(target) : scopes_.declare(shape, false);
        return set;
    };
    if (reader_.skip("=")) {
        auto set = std::make_unique<Set>();
        set->value = expressions_.parse_tuple();
        return finish(std::move(set));
    }
    auto set = std::make_unique<SetBlock>();
    set->escaping = surroundings_.escaping;
    set->filter = expressions_.parse_filters(nullptr);
    {
        Meanwhile const inside(surroundings_.checks_parent, false);
        set->body = parse_inner_body("endset");
    }
    return finish(std::move(set));
}

StatementParser::Parsed StatementParser::parse_with() {
    auto with = std::make_unique<With>();
    std::vector<std::pair<TargetShape, ExpressionPointer>> assignments;
    while (!reader_.is("%}") && !reader_.is(":")) {
        if (!assignments.empty()) reader_.expect(",");
        auto shape = read_target_item(reader_);
        reader_.expect("=");
        assignments.emplace_back(std::move(shape), expressions_.parse());
    }
    Scopes::Inner const inner(scopes_);
    for (auto& [shape, value] : assignments)
        with->assignments.emplace_back(scopes_.declare(shape, true), std::move(value));
    with->body = parse_inner_body("endwith");
    return with;
}

StatementParser::Parsed StatementParser::parse_filter_block() {
    auto block = std::make_unique<FilterBlock>();
    block->escaping = surroundings_.escaping;
    block->filter = expressions_.parse_filters(nullptr, true);
    block->body = parse_inner_body("endfilter");
    return block;
}

StatementParser::Parsed StatementParser::parse_autoescape() {
    auto statement = std::make_unique<Autoescape>();
    statement->value = expressions_.parse();
    auto escaping = Escaping::by_context;
    if (auto const* const constant = dynamic_cast<Constant const*>(statement->value.get()))
        escaping =
            !constant->text.empty() || constant->integer != 0 || constant->real != 0 ? Escaping::on : Escaping::off;
    Meanwhile const inside(surroundings_.escaping, escaping);
    statement->body = parse_inner_body("endautoescape");
    return statement;
}

std::shared_ptr<Template const> compile(std::string const& name, std::string_view source, std::size_t max_nesting) {
    auto result = std::make_shared<Template>();
    result->name = name;
    TokenReader reader(name, source, max_nesting);
    StatementParser(reader, *result).parse_template();
    return result;
}

}  // namespace soyuz::jinja
