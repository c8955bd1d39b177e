#include "template/language/composition_parser.hpp"

#include <algorithm>

#include "template/language/statement_parser.hpp"

namespace soyuz::jinja {

CompositionParser::CompositionParser(StatementParser& statements, TokenReader& reader, Template& result, Scopes& scopes,
                                     Surroundings& surroundings, ExpressionParser& expressions)
    : statements_(statements),
      reader_(reader),
      template_(result),
      scopes_(scopes),
      surroundings_(surroundings),
      expressions_(expressions) {}

bool CompositionParser::at_context_choice() const {
    return (reader_.is("with") || reader_.is("without")) && reader_.following().is("context");
}

void CompositionParser::parse_context_choice(bool& with_context, std::vector<VisibleName>& visible) {
    if (at_context_choice()) {
        with_context = reader_.next().text == "with";
        reader_.next();
    }
    if (with_context) visible = scopes_.visible_names();
}

std::unique_ptr<Statement> CompositionParser::parse_include() {
    auto include = std::make_unique<Include>();
    include->name = expressions_.parse();
    if (reader_.is("ignore") && reader_.following().is("missing")) {
        reader_.next();
        reader_.next();
        include->ignore_missing = true;
    }
    parse_context_choice(include->with_context, include->visible);
    return include;
}

std::unique_ptr<Statement> CompositionParser::parse_import(bool has_names) {
    auto import = std::make_unique<Import>();
    import->name = expressions_.parse();
    reader_.expect(has_names ? "import" : "as");
    std::vector<std::pair<std::string, TargetShape>> names;
    if (!has_names) names.emplace_back("", read_target_item(reader_));
    while (has_names && !at_context_choice()) {
        TargetShape shape;
        shape.line = reader_.current().line;
        shape.name = reader_.expect_identifier("a name");
        if (shape.name[0] == '_') reader_.fail("names that begin with an underscore can't be imported", shape.line);
        names.emplace_back(shape.name, reader_.skip("as") ? read_target_item(reader_) : shape);
        if (at_context_choice() || !reader_.skip(",")) break;
    }
    parse_context_choice(import->with_context, import->visible);
    for (auto const& [name, shape] : names) import->names.emplace_back(name, scopes_.declare(shape, false));
    return import;
}

std::unique_ptr<Statement> CompositionParser::parse_extends() {
    if (!scopes_.is_context()) reader_.fail("'extends' must stand outside of loops, blocks and macros");
    if (extends_) reader_.fail("a template can extend one other only");
    auto extends = std::make_unique<Extends>();
    extends->name = expressions_.parse();
    extends_ = statements_.open_tags() == 1;
    template_.has_extends = true;
    return extends;
}

std::unique_ptr<Statement> CompositionParser::parse_block() {
    auto use = std::make_unique<BlockUse>();
    auto const line = reader_.current().line;
    use->name = reader_.expect_identifier("the name of a block");
    use->scoped = reader_.skip("scoped");
    use->required = reader_.skip("required");
    if (reader_.is("-")) reader_.fail("the name of a block can't hold a hyphen; use an underscore");
    use->only_without_parent = scopes_.is_context();
    if (use->scoped) {
        use->visible = scopes_.visible_names();
        scopes_.use_all_loops();
    }
    auto& slot = template_.blocks[use->name];
    if (slot != nullptr) reader_.fail("the block '" + use->name + "' is defined twice", line);
    slot = std::make_unique<Function>();
    auto& function = *slot;
    function.name = use->name;
    function.home = &template_;
    {
        // A block sees the context, not the variables around it, unless it is scoped.
        Meanwhile const alone(scopes_, Scopes(reader_));
        Meanwhile const inside(surroundings_, Surroundings{Escaping::on, surroundings_.in_conditional, false});
        Scopes::Inner const own(scopes_, &function);
        function.self_slot = scopes_.declare("self");
        function.super_slot = scopes_.declare("super");
        function.body = statements_.parse_inner_body("endblock");
    }
    reader_.skip(use->name);
    auto const is_blank = [](auto const& statement) {
        auto const* const text = dynamic_cast<PlainText const*>(statement.get());
        return text != nullptr && text->text.find_first_not_of(" \t\r\n\v\f") == std::string::npos;
    };
    if (use->required && !std::all_of(function.body.begin(), function.body.end(), is_blank))
        reader_.fail("a required block can only hold white space", line);
    return use;
}

void CompositionParser::parse_signature(Function& function) {
    auto& parameters = function.parameters;
    reader_.expect("(");
    function.first_parameter = function.slots;
    reader_.read_items(")", [&] {
        auto const shape = read_target_item(reader_);
        if (shape.is_tuple) reader_.fail("expected a name, found a tuple", shape.line);
        if (std::find(parameters.begin(), parameters.end(), shape.name) != parameters.end())
            reader_.fail("the parameter '" + shape.name + "' stands twice", shape.line);
        scopes_.declare(shape.name);
        parameters.push_back(shape.name);
        if (reader_.skip("=")) {
            function.defaults.push_back(expressions_.parse());
        } else if (!function.defaults.empty()) {
            reader_.fail("a parameter without default follows one with a default");
        }
    });
}

void CompositionParser::parse_function_body(Function& function, std::string_view end) {
    auto const line = reader_.current().line;
    function.caller_slot = scopes_.declare("caller");
    function.kwargs_slot = scopes_.declare("kwargs");
    function.varargs_slot = scopes_.declare("varargs");
    {
        Meanwhile const inside(surroundings_.checks_parent, false);
        function.body = statements_.parse_inner_body(end);
    }
    auto const& parameters = function.parameters;
    auto const place_of = [&](std::string_view name) {
        return std::find(parameters.begin(), parameters.end(), name) - parameters.begin();
    };
    auto const count = static_cast<std::ptrdiff_t>(parameters.size());
    auto const first_default = count - static_cast<std::ptrdiff_t>(function.defaults.size());
    if (function.uses_caller && place_of("caller") < first_default)
        reader_.fail("the parameter 'caller' needs a default, or must be left out", line);
    if (place_of("caller") < count) {
        function.explicit_caller = function.uses_caller;
        function.uses_caller = false;
    }
    if (place_of("kwargs") < count) function.uses_kwargs = false;
    if (place_of("varargs") < count) function.uses_varargs = false;
}

std::unique_ptr<Statement> CompositionParser::parse_macro() {
    auto macro = std::make_unique<MacroDefinition>();
    auto const shape = read_target_item(reader_);
    if (shape.is_tuple) reader_.fail_expected("the name of a macro");
    macro->target = scopes_.declare(shape, false);
    macro->function.name = shape.name;
    macro->function.home = &template_;
    Scopes::Inner const inner(scopes_, &macro->function);
    parse_signature(macro->function);
    parse_function_body(macro->function, "endmacro");
    return macro;
}

std::unique_ptr<Statement> CompositionParser::parse_call_block() {
    auto block = std::make_unique<CallBlock>();
    block->caller.home = &template_;
    // The parameters come first in the text, but belong to the body; the call is made outside of it.
    auto const signature = reader_.place();
    bool const has_signature = reader_.is("(");
    for (int open = 0; has_signature && (open > 0 || reader_.place() == signature); reader_.next()) {
        if (reader_.is(Token::Type::end)) reader_.fail_expected("')'");
        open += reader_.is("(") ? 1 : reader_.is(")") ? -1 : 0;
    }
    auto const line = reader_.current().line;
    auto call = expressions_.parse();
    if (dynamic_cast<Call*>(call.get()) == nullptr) reader_.fail("expected the call of a macro", line);
    block->call.reset(static_cast<Call*>(call.release()));
    auto const after_call = reader_.place();
    Scopes::Inner const inner(scopes_, &block->caller);
    if (has_signature) {
        reader_.go_to(signature);
        parse_signature(block->caller);
        reader_.go_to(after_call);
    }
    parse_function_body(block->caller, "endcall");
    return block;
}

}  // namespace soyuz::jinja
