#include <algorithm>

#include "template/language/parser_state.hpp"

namespace soyuz::jinja {
namespace {

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos; }

}  // namespace

bool Parser::at_with_or_without_context() const {
    return (current().is_name("with") || current().is_name("without")) && look().is_name("context");
}

bool Parser::parse_context_choice(bool otherwise) {
    if (!at_with_or_without_context()) return otherwise;
    bool const with = next().text == "with";
    next();
    return with;
}

std::unique_ptr<Statement> Parser::parse_include() {
    auto include = std::make_unique<Include>();
    include->name = parse_expression();
    if (current().is_name("ignore") && look().is_name("missing")) {
        next();
        next();
        include->ignore_missing = true;
    }
    include->with_context = parse_context_choice(true);
    if (include->with_context) include->visible = visible_names();
    return include;
}

std::unique_ptr<Statement> Parser::parse_import() {
    auto import = std::make_unique<Import>();
    import->name = parse_expression();
    expect_name("as");
    auto const shape = parse_target_item();
    import->whole = true;
    import->with_context = parse_context_choice(false);
    if (import->with_context) import->visible = visible_names();
    import->target = declare_target(shape, false);
    return import;
}

std::unique_ptr<Statement> Parser::parse_from() {
    auto import = std::make_unique<Import>();
    import->name = parse_expression();
    expect_name("import");
    std::vector<std::pair<std::string, TargetShape>> names;
    while (true) {
        if (!names.empty()) expect_symbol(",");
        if (at_with_or_without_context()) break;
        auto const line = current().line;
        auto const name = expect_identifier("a name");
        if (name[0] == '_') fail("names that begin with an underscore can't be imported", line);
        TargetShape shape;
        shape.name = name;
        shape.line = line;
        if (skip_name("as")) shape = parse_target_item();
        names.emplace_back(name, std::move(shape));
        if (at_with_or_without_context() || !current().is_symbol(",")) break;
    }
    import->with_context = parse_context_choice(false);
    if (import->with_context) import->visible = visible_names();
    for (auto const& [name, shape] : names) import->names.emplace_back(name, declare_target(shape, false));
    return import;
}

std::unique_ptr<Statement> Parser::parse_extends() {
    if (!scopes_.back().is_context) fail("'extends' must stand outside of loops, blocks and macros");
    if (extends_) fail("a template can extend one other only");
    auto extends = std::make_unique<Extends>();
    extends->name = parse_expression();
    if (open_tags_.size() == 1) extends_ = true;
    template_->has_extends = true;
    return extends;
}

std::unique_ptr<Statement> Parser::parse_block() {
    auto use = std::make_unique<BlockUse>();
    auto const line = current().line;
    use->name = expect_identifier("the name of a block");
    use->scoped = skip_name("scoped");
    use->required = skip_name("required");
    if (current().is_symbol("-")) fail("the name of a block can't hold a hyphen; use an underscore");
    skip_symbol(":");
    expect_block_end();
    use->only_without_parent = scopes_.back().is_context;
    if (use->scoped) {
        use->visible = visible_names();
        for (auto const& scope : scopes_)
            if (scope.loop != nullptr) scope.loop->uses_loop = true;
    }
    auto& slot = template_->blocks[use->name];
    if (slot != nullptr) fail("the block '" + use->name + "' is defined twice", line);
    slot = std::make_unique<Function>();
    auto& function = *slot;
    function.name = use->name;
    function.home = template_.get();

    // A block sees the context, not the variables around it, unless it is scoped.
    std::vector<Scope> outside;
    std::swap(outside, scopes_);
    auto const outer_escaping = escaping_;
    bool const outer_check = checks_parent_;
    escaping_ = Escaping::on;
    checks_parent_ = false;
    push_scope(&function);
    function.self_slot = declare("self", true);
    function.super_slot = declare("super", true);
    push_scope();
    function.body = parse_body({"endblock"});
    std::swap(outside, scopes_);
    escaping_ = outer_escaping;
    checks_parent_ = outer_check;
    next();
    skip_name(use->name);
    if (use->required) {
        for (auto const& statement : function.body) {
            auto const* const text = dynamic_cast<PlainText const*>(statement.get());
            if (text == nullptr || !is_blank(text->text)) fail("a required block can only hold white space", line);
        }
    }
    return use;
}

void Parser::parse_signature(Function& function) {
    expect_symbol("(");
    function.first_parameter = function.slots;
    while (!current().is_symbol(")")) {
        if (!function.parameters.empty()) expect_symbol(",");
        auto const shape = parse_target_item();
        if (shape.is_tuple) fail("expected a name, found a tuple", shape.line);
        if (std::find(function.parameters.begin(), function.parameters.end(), shape.name) != function.parameters.end())
            fail("the parameter '" + shape.name + "' stands twice", shape.line);
        declare(shape.name, true);
        function.parameters.push_back(shape.name);
        if (shape.name == "caller") function.explicit_caller = true;
        if (skip_symbol("=")) {
            function.defaults.push_back(parse_expression());
        } else if (!function.defaults.empty()) {
            fail("a parameter without default follows one with a default");
        }
    }
    expect_symbol(")");
}

void Parser::parse_function_body(Function& function, std::string_view end) {
    auto const line = current().line;
    function.caller_slot = declare("caller", true);
    function.kwargs_slot = declare("kwargs", true);
    function.varargs_slot = declare("varargs", true);
    skip_symbol(":");
    expect_block_end();
    bool const outer_check = checks_parent_;
    checks_parent_ = false;
    push_scope();
    function.body = parse_body({end});
    pop_scope();
    checks_parent_ = outer_check;
    next();
    auto const has = [&](std::string_view name) {
        return std::find(function.parameters.begin(), function.parameters.end(), name) != function.parameters.end();
    };
    if (function.explicit_caller && function.uses_caller) {
        auto const at = static_cast<std::size_t>(
            std::find(function.parameters.begin(), function.parameters.end(), "caller") - function.parameters.begin());
        if (at < function.parameters.size() - function.defaults.size())
            fail("the parameter 'caller' needs a default, or must be left out", line);
    }
    if (has("kwargs")) function.uses_kwargs = false;
    if (has("varargs")) function.uses_varargs = false;
}

std::unique_ptr<Statement> Parser::parse_macro() {
    auto macro = std::make_unique<MacroDefinition>();
    auto const shape = parse_target_item();
    if (shape.is_tuple) expected("the name of a macro");
    macro->target = declare_target(shape, false);
    macro->function.name = shape.name;
    macro->function.home = template_.get();
    push_scope(&macro->function);
    parse_signature(macro->function);
    parse_function_body(macro->function, "endmacro");
    pop_scope();
    return macro;
}

std::unique_ptr<Statement> Parser::parse_call_block() {
    auto block = std::make_unique<CallBlock>();
    block->caller.home = template_.get();
    // The parameters come first in the text, but belong to the body; the call is made outside of it.
    auto const signature = at_;
    if (current().is_symbol("(")) {
        std::size_t open = 0;
        do {
            if (current().type == Token::Type::end) expected("')'");
            if (current().is_symbol("(")) ++open;
            if (current().is_symbol(")")) --open;
            next();
        } while (open > 0);
    }
    bool const has_signature = at_ != signature;
    auto const line = current().line;
    auto call = parse_expression();
    if (dynamic_cast<Call*>(call.get()) == nullptr) fail("expected the call of a macro", line);
    block->call.reset(static_cast<Call*>(call.release()));
    auto const after_call = at_;
    push_scope(&block->caller);
    if (has_signature) {
        at_ = signature;
        parse_signature(block->caller);
        at_ = after_call;
    }
    parse_function_body(block->caller, "endcall");
    pop_scope();
    return block;
}

}  // namespace soyuz::jinja
