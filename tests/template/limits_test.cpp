#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "template/memory_source.hpp"

using namespace soyuz::jinja;
using Json = nlohmann::json;

namespace {

constexpr auto steps = "the page takes too many steps";
constexpr auto values = "the page builds values that are too large";
constexpr auto calls = "macros, blocks and includes are nested too deeply";

std::string error_of(std::map<std::string, std::string> const& templates, Limits limits = {}) {
    auto* const source = new MemorySource;
    TemplateEngine engine{std::unique_ptr<TemplateSource>(source), limits};
    for (auto const& [name, text] : templates) source->put(name, text);
    try {
        return "no error, but " + std::to_string(engine.render("page", Json::object()).size()) + " bytes";
    } catch (TemplateError const& error) {
        std::string const what = error.what();
        return what.substr(what.find(": ") + 2);
    }
}

std::string error_of_page(std::string const& text, Limits limits = {}) { return error_of({{"page", text}}, limits); }

std::string repeat(std::string const& text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
}

}  // namespace

TEST_CASE("output is limited, however it comes about") {
    Limits const limits{.output_bytes = 1000};
    CHECK(error_of_page(std::string(1000, 'x'), limits) == "no error, but 1000 bytes");
    for (auto const& text : {std::string(1001, 'x'), std::string("{% for i in range(1001) %}x{% endfor %}"),
                             std::string("{{ 'x' * 1001 }}"), std::string("{{ '<' * 300 }}"),
                             std::string("{% set a %}{% for i in range(1001) %}x{% endfor %}{% endset %}"),
                             std::string("{% macro m() %}{{ 'x' * 400 }}{% endmacro %}{{ m() }}{{ m() }}{{ m() }}")}) {
        INFO(text.substr(0, 60));
        CHECK(error_of_page(text, limits) == "the page is larger than 1000 bytes");
    }
}

TEST_CASE("steps are limited, however they are made") {
    Limits const limits{.steps = 10'000};
    CHECK(error_of_page("{% for i in range(9000) %}{% endfor %}", limits) == "no error, but 0 bytes");
    for (auto const* const text : {
             "{% for i in range(10**9) %}{% endfor %}",
             "{% for i in range(200) %}{% for j in range(200) %}{% endfor %}{% endfor %}",
             "{% for i in range(10**9) if false %}{% endfor %}",
             "{{ range(10**9)|list }}",
             "{{ range(10**9)|sum }}",
             "{{ range(10**9)|sort }}",
             "{{ range(10**9)|map('string')|join }}",
             "{{ range(10**9)|select('odd')|first }}",
             "{{ range(10**9)[::1]|length }}",
             "{{ 10**9 in (range(10**9)|list) }}",
             "{{ range(3)|slice(10**9)|list }}",
             "{% for i in range(5000) %}{{ 'ab'.upper() }}{% endfor %}",
             "{% macro m() %}{% endmacro %}{% for i in range(6000) %}{{ m() }}{% endfor %}",
             "{% for t in [1] recursive %}{% for i in range(10**6) %}{% endfor %}{% endfor %}",
         }) {
        INFO(text);
        CHECK(error_of_page(text, limits) == steps);
    }
}

TEST_CASE("values that no page needs are not built") {
    for (auto const* const text : {
             "{{ ('x' * 10**9)|length }}",
             "{{ 'x' * 10**18 }}",
             "{{ ([0] * 10**9)|length }}",
             "{{ ([0, 1] * (10**18))|length }}",
             "{% set ns = namespace(s='xxxxxxxxxxxxxxxx') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% "
             "endfor %}",
             "{% set ns = namespace(l=[1,2]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
             "{{ ('%' ~ 999999 ~ 'd')|format(1)|length }}{{ 'x'|center(10**9) }}",
             "{{ 'x'|center(10**10) }}",
             "{{ ('x' * 10000)|replace('', 'y' * 100000) }}",
             "{{ 'x'|indent(10**10) }}",
             "{{ [1]|batch(10**10, 0)|list }}",
             "{{ (range(1000)|list)|join('x' * 1000000) }}",
             "{{ ('x' * 1000000).join(range(1000)|map('string')) }}",
         }) {
        INFO(text);
        CHECK(error_of_page(text) == values);
    }
    CHECK(error_of_page("{{ '%9999999d'|format(1) }}") == "a width or precision is too large");
    CHECK(error_of_page("{{ '%.9999999f'|format(1) }}") == "a width or precision is too large");
    CHECK(error_of_page("{{ 9 ** 99 }}") == "the number is too large");
    CHECK(error_of_page("{{ 2 ** (10 ** 18) }}") == "the number is too large");
    CHECK(error_of_page("{{ range(-(2 ** 62), 2 ** 62)|length }}") == "the number is too large");
}

TEST_CASE("templates that include, extend or call each other in a ring end with an error") {
    auto const includes = "templates include or extend each other more than 32 deep";
    CHECK(error_of_page("{% include 'page' %}") == includes);
    CHECK(error_of_page("{% extends 'page' %}") == includes);
    CHECK(error_of({{"page", "{% extends 'a' %}"}, {"a", "{% extends 'page' %}"}}) == includes);
    CHECK(error_of({{"page", "{% include 'a' %}"}, {"a", "{% extends 'page' %}"}}) == includes);
    CHECK(error_of_page("{% import 'page' as p %}") == includes);
    CHECK(error_of_page("{% from 'page' import p with context %}") == includes);
    CHECK(error_of_page("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}") == calls);
    CHECK(error_of_page("{% macro m() %}{% call m() %}{% endcall %}{{ caller }}{% endmacro %}{{ m() }}") == calls);
    CHECK(error_of_page("{% block a %}{{ self.a() }}{% endblock %}") == calls);
    CHECK(error_of_page("{% set l = [1] %}{% for i in l recursive %}{{ loop(l) }}{% endfor %}") == calls);
    CHECK(error_of_page("{% macro m(f) %}{{ f(f) }}{% endmacro %}{{ m(m) }}") == calls);
    CHECK(error_of_page("{% macro m(n) %}{{ m(n - 1) if n }}{% endmacro %}{{ m(150) }}") == "no error, but 0 bytes");
}

TEST_CASE("a ring of calls with much between two of them does not exhaust the stack") {
    auto const deep = repeat("{% if true %}", 50) + repeat("(", 10) + repeat("{% endif %}", 50);
    auto const body = repeat("{% for i in [1] %}{% if true %}", 25) + "{{ " + repeat("[", 10) + "m()" +
                      repeat("]", 10) + " }}" + repeat("{% endif %}{% endfor %}", 25);
    CHECK(error_of_page("{% macro m() %}" + body + "{% endmacro %}{{ m() }}") == calls);
}

TEST_CASE("blocks and expressions nest to a limit") {
    auto const nested = "blocks and expressions are nested more than 64 deep";
    CHECK(error_of_page("{{ " + repeat("(", 40) + "1" + repeat(")", 40) + " }}") == "no error, but 1 bytes");
    CHECK(error_of_page(repeat("{% if true %}", 40) + "x" + repeat("{% endif %}", 40)) == "no error, but 1 bytes");
    for (auto const& text : {
             "{{ " + repeat("(", 100'000) + "1" + repeat(")", 100'000) + " }}",
             "{{ " + repeat("[", 100'000) + repeat("]", 100'000) + " }}",
             "{{ " + repeat("-", 100'000) + "1 }}",
             "{{ " + repeat("not ", 100'000) + "1 }}",
             "{{ " + repeat("1 if 1 else ", 100'000) + "1 }}",
             "{{ " + repeat("{'a':", 100'000) + "1" + repeat("}", 100'000) + " }}",
             "{{ " + repeat("f(", 100'000) + repeat(")", 100'000) + " }}",
             "{{ " + repeat("a[", 100'000) + repeat("]", 100'000) + " }}",
             "{% for " + repeat("(", 100'000) + "a" + repeat(")", 100'000) + " in b %}{% endfor %}",
             repeat("{% if true %}", 100'000),
             repeat("{% for a in b %}", 100'000),
             repeat("{% with %}", 100'000),
         }) {
        INFO(text.substr(0, 40));
        CHECK(error_of_page(text) == nested);
    }
    auto const parts = "the expression has too many parts";
    for (auto const* const part : {" + 1", " * 1", ".a", "|abs", "[0]", "()", " and 1", " or 1", " ** 1"}) {
        INFO(part);
        CHECK(error_of_page("{{ 1" + repeat(part, 100'000) + " }}") == parts);
    }
    CHECK(error_of_page("{{ '' ~ 'a'" + repeat(" ~ 'a'", 10'000) + " }}") == "no error, but 10001 bytes");
}

TEST_CASE("containers nest to a limit, and rings are broken up") {
    auto const nested = "lists and dicts are nested too deeply";
    CHECK(error_of_page(
              "{% set ns = namespace(l=[]) %}{% for i in range(90) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}") ==
          "no error, but 182 bytes");
    CHECK(error_of_page(
              "{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l] %}{% endfor %}") ==
          nested);
    CHECK(error_of_page(
              "{% set ns = namespace(l={}) %}{% for i in range(100000) %}{% set ns.l = {'a': ns.l} %}{% endfor %}") ==
          nested);
    CHECK(error_of_page("{% set ns = namespace() %}{% set ns.me = ns %}{{ ns }}") == "no error, but 17 bytes");
    CHECK(error_of_page("{% set ns = namespace() %}{% set ns.me = [ns] %}{{ ns.me }}") == "no error, but 19 bytes");
    CHECK(error_of_page(
              "{% set ns = namespace() %}{% for i in range(100000) %}{% set ns.x = namespace(n=ns.x) %}{% endfor %}")
              .substr(0, 8) == "no error");
    CHECK(error_of_page("{% for i in [1, 2] %}{{ loop.changed(loop) }}{% endfor %}").substr(0, 8) == "no error");
    CHECK(error_of_page("{% set ns = namespace() %}{% for i in [1] %}{% macro m() %}{{ i }}{% endmacro %}{% set ns.m = "
                        "[m, loop, ns] %}"
                        "{% endfor %}") == "no error, but 0 bytes");
}

TEST_CASE("what looks hostile to the expressions behind filters ends quickly") {
    CHECK(error_of_page("{{ ('www.' ~ 'a.' * 20000 ~ '!')|urlize|length }}").substr(0, 8) == "no error");
    CHECK(error_of_page("{{ ('(' * 20000 ~ ')' * 20000)|urlize|length }}").substr(0, 8) == "no error");
    CHECK(error_of_page("{{ ('<' * 20000)|striptags|length }}").substr(0, 8) == "no error");
    CHECK(error_of_page("{{ ('-' * 20000 ~ 'a')|wordwrap(10)|length }}").substr(0, 8) == "no error");
    CHECK(error_of_page("{{ ('a-' * 20000)|wordwrap(70)|length }}").substr(0, 8) == "no error");
    CHECK(error_of_page("{{ ('&' * 20000 ~ '<b>')|safe|striptags|length }}").substr(0, 8) == "no error");
}
