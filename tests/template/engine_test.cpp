#include <atomic>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "template/memory_source.hpp"

using namespace soyuz::jinja;
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

TEST_CASE("functions of the program can be called") {
    Pages pages;
    pages.engine.add_function("url", [](std::vector<Json> const& arguments, std::string_view) -> Json {
        return "/static/" + arguments.at(0).get<std::string>() + "?v=1&x";
    });
    pages.engine.add_function("user", [](std::vector<Json> const&, std::string_view) -> Json {
        return {{"name", "Ann"}, {"n", 3}};
    });
    pages.engine.add_function(
        "fails", [](std::vector<Json> const&, std::string_view) -> Json { throw std::runtime_error("no luck"); });
    pages.source->put("a", "{{ url('a.css') }} {{ user().name }} {{ user()['n'] }}");
    CHECK(pages.engine.render("a", {}) == "/static/a.css?v=1&amp;x Ann 3");
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

TEST_CASE("what a page always writes is put together once, for each variant, and nothing else is") {
    Pages pages;
    pages.source->fixed = true;
    int calls = 0;
    pages.engine.add_stable_function("t", [&](std::vector<Json> const& arguments, std::string_view language) -> Json {
        ++calls;
        return std::string{language} + ":" + arguments.at(0).get<std::string>();
    });
    pages.source->put("m",
                      "{% macro icon(name) %}<i>{{ t(name) }}</i>{% endmacro %}"
                      "{% macro hello(who) %}{{ t('hello') }} {{ who }} {{ user }}{% endmacro %}");
    pages.source->put("words", "{% set keys = ['a', 'b'] %}{% for key in keys %}{{ t(key) }},{% endfor %}");
    pages.source->put("own", "{{ t('own') }} {{ user }};");
    pages.source->put("base", "<{% block body %}{% endblock %}>");
    pages.source->put("page",
                      "{% extends 'base' %}{% from 'm' import icon, hello with context %}{% block body %}"
                      "{{ t('x') }}{{ icon('y') }} {% if user == 'Ann' %}{{ t('ann') }}{% endif %}"
                      "{% for n in list %}{{ t('n') }}{{ n }}{% endfor %} {% include 'words' %}{% include 'own' %}"
                      "{{ hello('you') }}{{ undefined_name }}{% endblock %}");
    auto const expected = [](std::string const& lang, std::string const& user, std::string const& list,
                             std::string const& more) {
        auto const t = [&](char const* word) { return lang + ":" + word; };
        std::string rows;
        for (char c : list) rows += t("n") + c;
        return "<" + t("x") + "<i>" + t("y") + "</i> " + (user == "Ann" ? t("ann") : "") + rows + " " + t("a") + "," +
               t("b") + "," + t("own") + " " + user + ";" + t("hello") + " you " + user + more + ">";
    };
    for (int round = 0; round < 3; ++round) {
        for (std::string const lang : {"en", "ur"}) {
            CHECK(pages.engine.render("page", {{"user", "Bob"}, {"list", {1, 2}}}, lang) ==
                  expected(lang, "Bob", "12", ""));
            CHECK(pages.engine.render("page", {{"user", "Ann"}, {"list", Json::array()}}, lang) ==
                  expected(lang, "Ann", "", ""));
            CHECK(pages.engine.render("page", {{"user", "Ann"}, {"list", {3}}, {"undefined_name", "!"}}, lang) ==
                  expected(lang, "Ann", "3", "!"));
        }
        // Each of the words once for each variant; those within what differs, as often as it was first met.
        if (round == 0) calls = 0;
        if (round > 0) CHECK(calls == 0);
    }
}

TEST_CASE("a function that is not stable is called each time") {
    Pages pages;
    pages.source->fixed = true;
    int calls = 0;
    pages.engine.add_function("count", [&](std::vector<Json> const&, std::string_view) -> Json { return ++calls; });
    pages.source->put("page", "a {{ count() }} b");
    CHECK(pages.engine.render("page", {}, "en") == "a 1 b");
    CHECK(pages.engine.render("page", {}, "en") == "a 2 b");
}

TEST_CASE("what a module took from the context is not remembered") {
    Pages pages;
    pages.source->fixed = true;
    pages.source->put("m", "{% set who = user %}{% macro greet() %}hi {{ who }}{% endmacro %}");
    pages.source->put("page", "{% from 'm' import greet with context %}{% if true %}{{ greet() }}{% endif %}");
    CHECK(pages.engine.render("page", {{"user", "Ann"}}, "en") == "hi Ann");
    CHECK(pages.engine.render("page", {{"user", "Bob"}}, "en") == "hi Bob");
}
