#include <atomic>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "web/template/memory_source.hpp"

using namespace soyuz::web;
using Json = nlohmann::json;

namespace {

struct Pages {
    MemorySource* source = new MemorySource;
    TemplateEngine engine{std::unique_ptr<TemplateSource>(source)};
};

}  // namespace

TEST_CASE("a page is rendered with its context, escaped") {
    Pages pages;
    pages.source->put("hello.html", "Hello {{ name }}!");
    CHECK(pages.engine.render("hello.html", {{"name", "<Ann & 'Bob'>"}}) == "Hello &lt;Ann &amp; &#39;Bob&#39;&gt;!");
}

TEST_CASE("a template is compiled once, and again when its version changes") {
    Pages pages;
    pages.source->put("a", "one");
    CHECK(pages.engine.render("a", {}) == "one");
    CHECK(pages.engine.render("a", {}) == "one");
    CHECK(pages.source->reads == 1);
    pages.source->put("a", "two");
    CHECK(pages.engine.render("a", {}) == "two");
    CHECK(pages.source->reads == 2);
    pages.source->remove("a");
    CHECK_THROWS_AS(pages.engine.render("a", {}), TemplateError);
    pages.source->put("a", "three");
    CHECK(pages.engine.render("a", {}) == "three");
}

TEST_CASE("a changed parent or macro shows in the pages that use it") {
    Pages pages;
    pages.source->put("page", "{% extends 'base' %}{% from 'm' import f %}{% block a %}{{ f() }}{% endblock %}");
    pages.source->put("base", "<{% block a %}{% endblock %}>");
    pages.source->put("m", "{% macro f() %}1{% endmacro %}");
    CHECK(pages.engine.render("page", {}) == "<1>");
    pages.source->put("base", "[{% block a %}{% endblock %}]");
    pages.source->put("m", "{% macro f() %}2{% endmacro %}");
    CHECK(pages.engine.render("page", {}) == "[2]");
}

TEST_CASE("a faulty template stops failing once it is mended") {
    Pages pages;
    pages.source->put("a", "{% if %}");
    CHECK_THROWS_AS(pages.engine.render("a", {}), TemplateError);
    pages.source->put("a", "{% if true %}fine{% endif %}");
    CHECK(pages.engine.render("a", {}) == "fine");
}

TEST_CASE("functions and filters of the program can be called") {
    Pages pages;
    pages.engine.add_function("url", [](std::vector<Json> const& arguments) -> Json {
        return "/static/" + arguments.at(0).get<std::string>() + "?v=1&x";
    });
    pages.engine.add_function("user", [](std::vector<Json> const&) -> Json { return {{"name", "Ann"}, {"n", 3}}; });
    pages.engine.add_filter("double",
                            [](std::vector<Json> const& arguments) -> Json { return arguments.at(0).get<int>() * 2; });
    pages.engine.add_filter("upper", [](std::vector<Json> const&) -> Json { return "mine"; });
    pages.engine.add_function("fails", [](std::vector<Json> const&) -> Json { throw std::runtime_error("no luck"); });
    pages.source->put("a", "{{ url('a.css') }} {{ user().name }} {{ user()['n']|double }} {{ 'x'|upper }}");
    CHECK(pages.engine.render("a", {}) == "/static/a.css?v=1&amp;x Ann 6 mine");
    pages.source->put("b", "\n{{ fails() }}");
    CHECK_THROWS_WITH(pages.engine.render("b", {}), "b:2: fails: no luck");
    pages.source->put("c", "{{ url(name='x') }}");
    CHECK_THROWS_AS(pages.engine.render("c", {}), TemplateError);
    pages.source->put("d", "{{ url() }}");
    CHECK_THROWS_AS(pages.engine.render("d", {}), TemplateError);
}

TEST_CASE("odd contexts are harmless") {
    Pages pages;
    pages.source->put("a", "[{{ x }}{{ x.y }}]");
    CHECK(pages.engine.render("a", {{"x", {{"y", "z"}}}}) == "[{&#39;y&#39;: &#39;z&#39;}z]");
    for (Json const& context : {Json(), Json(5), Json("text"), Json::array({1, 2})}) {
        pages.source->put("b", "[{{ x }}]");
        CHECK(pages.engine.render("b", context) == "[]");
    }
    pages.source->put("c", "{{ x }} {{ big }} {{ bad|length }}{{ bad }}{{ bad|upper|title|truncate(1, true, '') }}");
    CHECK_NOTHROW(pages.engine.render("c", {{"x", -1}, {"big", 18446744073709551615U}, {"bad", "\xff\xfe\xe4\x80"}}));
}

TEST_CASE("pages are rendered by many threads while templates change") {
    Pages pages;
    pages.source->put("page",
                      "{% extends 'base' %}{% from 'm' import row %}{% block body %}{% for m in messages %}"
                      "{{ row(m) }}{% endfor %}{% endblock %}");
    pages.source->put("base", "<{% block body %}{% endblock %}>");
    pages.source->put("m", "{% macro row(m) %}({{ m.text|upper|replace('A', 'B') }}){% endmacro %}");
    Json const context = {{"messages", {{{"text", "a<"}}, {{"text", "b"}}}}};
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i)
                if (pages.engine.render("page", context) != "<(B&lt;)(B)>") ++wrong;
        });
    for (int i = 0; i < 50; ++i)
        pages.source->put("base", "<{% block body %}{% endblock %}>{# " + std::to_string(i) + " #}");
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
}
