#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "template/memory_source.hpp"

using namespace soyuz::jinja;
using Json = nlohmann::json;

namespace {

std::string error_of(std::map<std::string, std::string> const& templates, Json const& context = Json::object()) {
    auto* const source = new MemorySource;
    TemplateEngine engine{std::unique_ptr<TemplateSource>(source)};
    for (auto const& [name, text] : templates) source->put(name, text);
    try {
        return "no error, but: " + engine.render("page", context);
    } catch (TemplateError const& error) {
        CHECK(std::string(error.what()).find(error.file + ":" + std::to_string(error.line) + ": ") == 0);
        return error.what();
    }
}

}  // namespace

TEST_CASE("an error of syntax names file, line, what was expected and what was found") {
    struct Case {
        std::string text, error;
    };
    for (auto const& [text, error] : {
             Case{"a\n{% if x %}\n{% endfor %}",
                  "page:3: expected 'elif' or 'else' or 'endif', found 'endfor' (the if of line 2 is open)"},
             Case{"{% block a %}\n{% if x %}\n\n{% endblock %}",
                  "page:4: expected 'elif' or 'else' or 'endif', found 'endblock' (the if of line 2 is open)"},
             Case{"\n\n{% for x in y %}",
                  "page:3: expected 'endfor' or 'else', found end of template (the for of line 3 is open)"},
             Case{"{{ x", "page:1: expected '}}', found end of template"},
             Case{"{{ x y }}", "page:1: expected '}}', found 'y'"},
             Case{"{{ }}", "page:1: expected an expression, found '}}'"},
             Case{"{{ (1 }}", "page:1: expected ')', found '}'"},
             Case{"\n{{ [1, }}", "page:2: expected ']', found '}'"},
             Case{"{% nope %}", "page:1: found the unknown tag 'nope'"},
             Case{"{% for %}", "page:1: expected a name, found '%}'"},
             Case{"{% for i of x %}", "page:1: expected 'in', found 'of'"},
             Case{"{% set x 5 %}", "page:1: expected '%}', found number 5"},
             Case{"a\n{{ x|nope }}", "page:2: there is no filter named 'nope'"},
             Case{"a\n{{ x is nope }}", "page:2: there is no test named 'nope'"},
             Case{"{{ 'abc }}", "page:1: expected ', found end of template; the text begins here"},
             Case{"\n{# abc", "page:2: expected '#}', found end of template; the comment begins here"},
             Case{"{% raw %}", "page:1: expected 'endraw', found end of template; the raw block begins here"},
             Case{"{{ $x }}", "page:1: unexpected character '$'"},
             Case{"{% block a %}{% endblock %}\n{% block a %}{% endblock %}", "page:2: the block 'a' is defined twice"},
             Case{"\n{{ '\\N{NO SUCH NAME}' }}", "page:2: there is no character named 'NO SUCH NAME'"},
             Case{"{{ '\\N' }}", "page:1: expected \\N{the name of a character}"},
             Case{"{{ 99999999999999999999 }}", "page:1: the number 99999999999999999999 is too large"},
         }) {
        INFO(text);
        CHECK(error_of({{"page", text}}) == error);
    }
}

TEST_CASE("an error of rendering names the line of the expression") {
    struct Case {
        std::string text, error;
    };
    for (auto const& [text, error] : {
             Case{"\n{{ nothing.at_all }}", "page:2: 'nothing' is undefined"},
             Case{"{{ {}.a.b }}", "page:1: 'dict object' has no attribute 'a'"},
             Case{"{% for i in [1] %}\n\n{{ 1 / 0 }}\n{% endfor %}", "page:3: division by zero"},
             Case{"{{ 1 +\n 'a' }}", "page:1: unsupported operand type(s) for +: 'int' and 'str'"},
             Case{"{% if true %}\n{% endif %}{{ 5() }}", "page:2: 'int' object is not callable"},
             Case{"{% macro m(a) %}\n{{ a.b.c }}\n{% endmacro %}\n\n{{ m({}) }}",
                  "page:2: 'dict object' has no attribute 'b'"},
             Case{"{% macro m(a) %}\n{% endmacro %}\n\n{{ m(1) }}\n{{ m(1, 2) }}",
                  "page:5: the macro 'm' takes not more than 1 arguments, found 2"},
             Case{"\n{% include 'nope' %}", "page:2: there is no template named 'nope'"},
             Case{"\n{% for i in 5 %}{% endfor %}", "page:2: 'int' object is not iterable"},
             Case{"\n\n{{ 'x'|truncate(1, end='...') }}", "page:3: expected length >= 3, found 1"},
             Case{"{% set a, b = [1] %}", "page:1: not enough values to unpack: expected 2, found 1"},
         }) {
        INFO(text);
        CHECK(error_of({{"page", text}}) == error);
    }
}

TEST_CASE("an error in an included template, a parent or a macro names that file") {
    CHECK(error_of({{"page", "\n{% include 'inc' %}"}, {"inc", "\n\n{{ x.y }}"}}) == "inc:3: 'x' is undefined");
    CHECK(error_of({{"page", "\n{% include 'inc' %}"}, {"inc", "\n{% if %}"}}) ==
          "inc:2: expected an expression, found '%}'");
    CHECK(error_of({{"page", "{% extends 'base' %}{% block a %}{% endblock %}"},
                    {"base", "\n{% block a %}{% endblock %}\n{{ x.y }}"}}) == "base:3: 'x' is undefined");
    CHECK(error_of({{"page", "{% extends 'base' %}\n{% block a %}{{ x.y }}{% endblock %}"},
                    {"base", "{% block a %}{% endblock %}"}}) == "page:2: 'x' is undefined");
    CHECK(error_of({{"page", "{% from 'm' import f %}\n{{ f() }}"},
                    {"m", "{% macro f() %}\n\n{{ 1 // 0 }}{% endmacro %}"}}) ==
          "m:3: integer division or modulo by zero");
    CHECK(error_of({{"page", "{% from 'm' import f %}\n{{ f() }}\n{{ x.y }}"},
                    {"m", "{% macro f() %}\n\n{% endmacro %}"}}) == "page:3: 'x' is undefined");
    CHECK(error_of({}) == "page:1: there is no template named 'page'");
}

TEST_CASE("what a template can't do says so") {
    CHECK(error_of({{"page", "{{ x.append(1) }}"}}, {{"x", {1}}}) == "page:1: 'list object' has no attribute 'append'");
    CHECK(error_of({{"page", "{{ x.pop('a') }}"}}, {{"x", {{"a", 1}}}}) ==
          "page:1: 'dict object' has no attribute 'pop'");
    CHECK(error_of({{"page", "{{ 9223372036854775807 + 1 }}"}}) == "page:1: the number is too large");
}
