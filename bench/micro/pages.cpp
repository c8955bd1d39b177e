// Pages: the embedded templates, with what the chat page gives them.
#include <memory>
#include <string>

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include "ground.hpp"
#include "web/files/assets.hpp"
#include "web/pages/markdown.hpp"
#include "web/pages/message_view.hpp"

using namespace soyuz;

namespace {

/// The embedded templates, and one that shows a single row of the chat page.
class Source final : public jinja::TemplateSource {
public:
    std::optional<Text> read(std::string_view name) const override {
        if (name == "row.html")
            return Text{"{% from \"macros.html\" import message with context %}{{ message(m) }}", "1"};
        return embedded_->read(name);
    }
    std::string version(std::string_view name) const override {
        return name == "row.html" ? "1" : embedded_->version(name);
    }

private:
    std::unique_ptr<jinja::TemplateSource> embedded_ = web::template_source("");
};

struct Pages {
    bench::Ground ground;
    web::Assets assets{""};
    jinja::TemplateEngine engine{std::make_unique<Source>()};

    Pages() {
        engine.add_function("asset",
                            [this](std::vector<nlohmann::json> const& words, std::string_view) -> nlohmann::json {
                                return assets.url(words.at(0).get<std::string>());
                            });
        engine.add_function("t",
                            [](std::vector<nlohmann::json> const& words, std::string_view) { return words.at(0); });
    }

    nlohmann::json context(base::Seq messages) const {
        auto const me = web::person_view(*ground.sara, true);
        auto rows = nlohmann::json::array();
        for (base::Seq seq = 1; seq <= messages; ++seq)
            rows.push_back(web::message_view(ground.message(seq), nullptr, nullptr, *ground.sara, ground.accounts));
        nlohmann::json const room{{"name", "lobby"},  {"title", "Lobby"},   {"topic", "Everybody"},
                                  {"kind", "public"}, {"member_count", 30}, {"can_manage", true},
                                  {"settings", {}}};
        return {{"lang", "en"},
                {"dir", "ltr"},
                {"theme", ""},
                {"text_size", ""},
                {"instance", {{"name", "Class 7"}, {"purpose", "class"}, {"registration", "open"}, {"version", "1"}}},
                {"user", me},
                {"path", "/chat/lobby"},
                {"csrf_token", "0123456789abcdef"},
                {"room", room},
                {"rooms", nlohmann::json(10, room)},
                {"messages", std::move(rows)},
                {"has_more", true},
                {"first_unread", nullptr},
                {"people", nlohmann::json(30, me)},
                {"online_count", 12},
                {"invite", nullptr},
                {"ban", nullptr},
                {"mute", nullptr},
                {"max_text", 4000},
                {"boot", {{"user", me}, {"room", room}}}};
    }
};

void message_row(benchmark::State& state) {
    Pages const pages;
    nlohmann::json context = pages.context(1);
    context["m"] = context["messages"][0];
    std::size_t bytes = 0;
    for (auto _ : state) bytes = pages.engine.render("row.html", context).size();
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}
BENCHMARK(message_row);

void chat_page(benchmark::State& state) {
    Pages const pages;
    auto const context = pages.context(static_cast<base::Seq>(state.range(0)));
    std::size_t bytes = 0;
    for (auto _ : state) bytes = pages.engine.render("chat.html", context).size();
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}
BENCHMARK(chat_page)->ArgName("messages")->Arg(0)->Arg(50)->Unit(benchmark::kMicrosecond);

void message_view(benchmark::State& state) {
    bench::Ground const ground;
    auto const message = ground.message(5);
    for (auto _ : state)
        benchmark::DoNotOptimize(web::message_view(message, nullptr, nullptr, *ground.sara, ground.accounts));
}
BENCHMARK(message_view);

void markdown(benchmark::State& state) {
    bench::Ground const ground;
    auto const text = ground.message(1).text;
    for (auto _ : state) benchmark::DoNotOptimize(web::markdown_html(text));
    state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK(markdown);

}  // namespace
