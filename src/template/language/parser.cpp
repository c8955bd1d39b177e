#include "template/language/parser.hpp"

#include <algorithm>

#include "template/language/parser_state.hpp"
#include "template/template_error.hpp"

namespace soyuz::jinja {
namespace {

constexpr std::size_t max_slots = 4000;
/// A chain of operators or filters grows by one per link without nesting in the text.
constexpr std::size_t chain_per_nesting = 4;

}  // namespace

Parser::Parser(std::string const& name, std::string_view source, std::size_t max_nesting)
    : template_(std::make_shared<Template>()), tokens_(tokenize(name, source)), max_nesting_(max_nesting) {
    template_->name = name;
}

std::shared_ptr<Template const> Parser::run() {
    auto& root = template_->root;
    root.home = template_.get();
    auto& scope = push_scope(&root);
    scope.is_context = true;
    root.self_slot = declare("self", true);
    checks_parent_ = true;
    root.body = parse_body({});
    return template_;
}

Parser::Level::Level(Parser& parser) : parser_(parser) {
    if (++parser_.nesting_ > parser_.max_nesting_) {
        --parser_.nesting_;
        parser_.fail("blocks and expressions are nested more than " + std::to_string(parser_.max_nesting_) + " deep");
    }
}

void Parser::fail(std::string const& what, std::uint32_t line) const {
    throw TemplateError(template_->name, line, what);
}

void Parser::expected(std::string const& what) const { fail("expected " + what + ", found " + current().described()); }

bool Parser::skip_symbol(std::string_view symbol) {
    if (!current().is_symbol(symbol)) return false;
    next();
    return true;
}

bool Parser::skip_name(std::string_view name) {
    if (!current().is_name(name)) return false;
    next();
    return true;
}

void Parser::expect_symbol(std::string_view symbol) {
    if (!skip_symbol(symbol)) expected("'" + std::string(symbol) + "'");
}

void Parser::expect_name(std::string_view name) {
    if (!skip_name(name)) expected("'" + std::string(name) + "'");
}

std::string Parser::expect_identifier(std::string_view what) {
    if (current().type != Token::Type::name) expected(std::string(what));
    return next().text;
}

void Parser::expect_block_end() {
    if (current().type != Token::Type::block_end) expected("'%}'");
    next();
}

void Parser::hold(Expression& node, ExpressionPointer const& child) const {
    if (child == nullptr) return;
    node.depth = std::max<std::uint16_t>(node.depth, static_cast<std::uint16_t>(child->depth + 1));
    if (node.depth > max_nesting_ * chain_per_nesting) fail("the expression has too many parts", node.line);
}

void Parser::hold(Expression& node, CallArguments const& arguments) const {
    for (auto const& argument : arguments.positional) hold(node, argument);
    for (auto const& [name, argument] : arguments.keyword) hold(node, argument);
    hold(node, arguments.more_positional);
    hold(node, arguments.more_keyword);
}

Parser::Scope& Parser::push_scope(Function* function) {
    Scope scope;
    scope.function = function != nullptr ? function : scopes_.back().function;
    scopes_.push_back(std::move(scope));
    return scopes_.back();
}

std::uint16_t Parser::declare(std::string const& name, bool always_set) {
    auto& scope = scopes_.back();
    for (auto const& entry : scope.names)
        if (entry.name == name) return entry.slot;
    auto& slots = scope.function->slots;
    if (slots >= max_slots) fail("there are too many variables");
    scope.names.push_back({name, slots, always_set});
    return slots++;
}

void Parser::mark_use(Scope const& scope, std::string const& name) {
    if (name == "loop" && scope.loop != nullptr) scope.loop->uses_loop = true;
    bool const special = name == "caller" || name == "kwargs" || name == "varargs";
    for (auto& outer : scopes_) {
        auto& function = *outer.function;
        // A name used deep inside counts for every macro around it, as in Jinja.
        if (special && name == "caller") function.uses_caller = true;
        if (special && name == "kwargs") function.uses_kwargs = true;
        if (special && name == "varargs") function.uses_varargs = true;
    }
    if (name == "self") scope.function->uses_self = true;
    if (name == "super") scope.function->uses_super = true;
}

void Parser::resolve(Name& name) {
    std::uint16_t levels = 0;
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
        if (scope != scopes_.rbegin() && scope->function != std::prev(scope)->function) ++levels;
        for (auto const& entry : scope->names) {
            if (entry.name != name.name) continue;
            name.places.push_back({levels, entry.slot});
            mark_use(*scope, name.name);
            if (!entry.always_set) break;
            name.falls_back = false;
            return;
        }
    }
}

std::vector<VisibleName> Parser::visible_names() const {
    std::vector<VisibleName> visible;
    std::uint16_t levels = 0;
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
        if (scope != scopes_.rbegin() && scope->function != std::prev(scope)->function) ++levels;
        for (auto const& entry : scope->names) visible.push_back({entry.name, {levels, entry.slot}});
    }
    return visible;
}

Target Parser::target_for(std::string const& name) {
    for (auto const& scope : scopes_)
        if (name == "loop" && scope.loop != nullptr) fail("the loop variable can't be assigned to");
    Target target;
    target.name = name;
    if (scopes_.back().is_context) {
        target.kind = Target::Kind::context;
    } else {
        target.slot = declare(name, false);
    }
    return target;
}

Body Parser::parse_body(std::initializer_list<std::string_view> ends) {
    Level const level(*this);
    wanted_ends_.emplace_back(ends);
    Body body;
    while (true) {
        auto const& token = current();
        if (token.type == Token::Type::end) {
            if (ends.size() == 0) break;
            fail_unknown_tag();
        }
        if (token.type == Token::Type::data) {
            auto text = make<PlainText>(token.line);
            text->text = token.text;
            text->only_without_parent = checks_parent_;
            next();
            body.push_back(std::move(text));
        } else if (token.type == Token::Type::variable_begin) {
            auto print = make<Print>(token.line);
            next();
            print->expression = parse_tuple();
            print->escaping = escaping_;
            print->only_without_parent = checks_parent_;
            if (current().type != Token::Type::variable_end) expected("'}}'");
            next();
            body.push_back(std::move(print));
        } else {
            next();
            if (current().type == Token::Type::name &&
                std::find(ends.begin(), ends.end(), current().text) != ends.end())
                break;
            body.push_back(parse_statement());
            expect_block_end();
        }
    }
    wanted_ends_.pop_back();
    return body;
}

void Parser::fail_unknown_tag() const {
    std::string wanted;
    if (!wanted_ends_.empty())
        for (auto const& end : wanted_ends_.back()) wanted += (wanted.empty() ? "'" : " or '") + std::string(end) + "'";
    std::string what = wanted.empty() ? "found the unknown tag " + current().described()
                                      : "expected " + wanted + ", found " + current().described();
    if (!open_tags_.empty())
        what +=
            " (the " + open_tags_.back().first + " of line " + std::to_string(open_tags_.back().second) + " is open)";
    fail(what);
}

std::shared_ptr<Template const> compile(std::string const& name, std::string_view source, std::size_t max_nesting) {
    return Parser(name, source, max_nesting).run();
}

}  // namespace soyuz::jinja
