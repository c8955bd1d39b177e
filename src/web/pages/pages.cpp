#include "web/pages/pages.hpp"

#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "chat/settings.hpp"
#include "web/http/call.hpp"
#include "web/http/cookies.hpp"
#include "web/http/html.hpp"
#include "web/pages/message_view.hpp"
#include "web/services.hpp"

namespace soyuz::web {

namespace {

using Json = nlohmann::json;

std::string as_text(Json const& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string choice(Call const& call, std::string_view cookie, std::initializer_list<std::string_view> allowed) {
    auto const value = call.cookie(cookie);
    for (auto each : allowed)
        if (value == each) return std::string{value};
    return "";
}

}  // namespace

Pages::Pages(Assets const& assets, chat::Settings const& settings, SiteOptions const& options)
    : assets_(assets),
      settings_(settings),
      version_(options.version),
      templates_folder_(options.templates_folder),
      is_demo_(options.demo),
      engine_(template_source(templates_folder_)) {
    auto const asset = [this](std::vector<Json> const& arguments, std::string_view) -> Json {
        return arguments.empty() ? Json("") : Json(assets_.url(as_text(arguments[0])));
    };
    if (assets_.is_fixed()) {
        engine_.add_stable_function("asset", asset);
    } else {
        engine_.add_function("asset", asset);
    }
    engine_.add_stable_function("t", [this](std::vector<Json> const& arguments, std::string_view language) -> Json {
        if (arguments.empty()) return "";
        std::vector<std::string> values;
        for (std::size_t i = 1; i < arguments.size(); ++i) {
            auto value = as_text(arguments[i]);
            values.push_back(arguments[i].is_number() ? catalogue_.digits(language, std::move(value))
                                                      : catalogue_.isolated(language, std::move(value)));
        }
        return catalogue_.text(language, as_text(arguments[0]), values);
    });
    engine_.add_stable_function("digits",
                                [this](std::vector<Json> const& arguments, std::string_view language) -> Json {
                                    if (arguments.empty() || arguments[0].is_null()) return "";
                                    return catalogue_.digits(language, as_text(arguments[0]));
                                });
    auto languages = Json::array();
    for (auto const& each : catalogue_.languages())
        languages.push_back({{"code", each.code}, {"name", each.name}, {"dir", each.direction}});
    engine_.add_stable_function(
        "languages", [languages = std::move(languages)](auto const&, std::string_view) { return languages; });
}

std::string Pages::language(Call const& call) const {
    if (auto const asked = call.query("lang"); asked && catalogue_.has(*asked)) return *asked;
    if (auto const chosen = call.cookie(language_cookie); catalogue_.has(chosen)) return std::string{chosen};
    return catalogue_.choose(call.request().header("accept-language"));
}

Answer Pages::render(Call& call, std::string_view name, Json context, int status) const {
    auto const lang = language(call);
    if (call.query("lang") && call.cookie(language_cookie) != lang)
        call.set_cookie(set_cookie(language_cookie, lang, call.client().https, std::chrono::hours{24 * 365}, false));

    auto const settings = settings_.get();
    context["lang"] = lang;
    context["dir"] = catalogue_.direction(lang);
    context["script"] = catalogue_.text(lang, "language.script");
    context["theme"] = choice(call, theme_cookie, {"light", "dark"});
    context["text_size"] = choice(call, text_size_cookie, {"small", "large", "larger"});
    context["density"] = choice(call, density_cookie, {"compact"});
    context["style"] = choice(call, style_cookie, {"flat"});
    context["room_order"] = choice(call, room_order_cookie, {"recent"});
    auto instance = chat::Settings::to_json(*settings);
    context["instance"] = {{"name", settings->name},
                           {"purpose", std::move(instance["purpose"])},
                           {"registration", std::move(instance["registration"])},
                           {"version", version_}};
    context["user"] = call.identity() != nullptr ? person_view(call.user(), true) : Json{};
    if (call.identity() != nullptr) context["user"]["email"] = call.user().email;
    context["demo"] = is_demo_;
    context["path"] = call.request().path();
    context["csrf_token"] = call.masked_csrf_token();
    try {
        return page_answer(engine_.render(name, context, lang), status);
    } catch (jinja::TemplateError const& error) {
        base::log::error(std::string{"a template is wrong: "} + error.what());
        return broken_template(call, error);
    }
}

MessageRows::Row Pages::message_row(std::string const& key, std::string const& language, chat::User const& reader,
                                    std::function<Json()> const& view) const {
    // Templates in a folder may change at any time: then every row is rendered again.
    bool const is_kept = templates_folder_.empty() && assets_.is_fixed();
    if (is_kept) {
        if (auto row = rows_.find(key)) return row;
    }
    Json const context{{"m", view()}, {"user", {{"username", reader.username}}}};
    auto row = std::make_shared<std::string const>(engine_.render("message_row.html", context, language));
    if (is_kept) rows_.keep(key, row);
    return row;
}

Answer Pages::error_page(Call& call, base::Error const& error) const {
    auto const status = status_of(error.code);
    auto const lang = language(call);
    auto const key = std::string{"error."} + std::string{base::code_name(error.code)};
    auto title = catalogue_.text(lang, key);
    Json context{{"status", status}, {"message", error.message}};
    if (title != key) context["title"] = title;
    auto answer = render(call, "error.html", std::move(context), status);
    if (error.retry_after.count() > 0 || status == 429 || status == 503)
        answer.with("Retry-After", retry_after(error.retry_after));
    return answer;
}

Answer Pages::broken_template(Call& call, jinja::TemplateError const& error) const {
    // Without the engine, which may be unable to render any page at all now.
    bool const for_owner = call.identity() != nullptr && call.user().role == chat::Role::owner;
    std::string html = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>";
    html += for_owner ? "A template is wrong" : "Something went wrong";
    html += "</title><h1>";
    html += for_owner ? "A template is wrong" : "Something went wrong";
    html += "</h1>";
    if (for_owner) {
        html += "<p><code>";
        append_html(html, error.file);
        html += "</code>, line " + std::to_string(error.line) + "</p><pre>";
        append_html(html, error.what());
        html += "</pre><p>Save the corrected file and load this page again.</p>";
    } else {
        html += "<p>This page can't be shown right now. The server's owner can see why.</p>";
    }
    return page_answer(std::move(html), 500);
}

}  // namespace soyuz::web
