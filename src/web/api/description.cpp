#include <nlohmann/json.hpp>

#include "web/app.hpp"
#include "web/files/embedded.hpp"
#include "web/http/call.hpp"
#include "web/http/html.hpp"

namespace soyuz::web {

using Json = nlohmann::json;

namespace {

Json reference(std::string const& schema) { return {{"$ref", "#/components/schemas/" + schema}}; }

Json request_body(Route const& route) {
    constexpr std::string_view multipart = "multipart:";
    if (!route.takes.starts_with(multipart))
        return {{"required", true}, {"content", {{"application/json", {{"schema", reference(route.takes)}}}}}};
    auto properties = Json::object();
    std::string_view names = std::string_view{route.takes}.substr(multipart.size());
    bool is_file = true;  // the first field is the file
    while (!names.empty()) {
        auto const comma = names.find(',');
        auto schema = Json{{"type", "string"}};
        if (is_file) schema["format"] = "binary";
        properties[std::string{names.substr(0, comma)}] = std::move(schema);
        is_file = false;
        names = comma == std::string_view::npos ? std::string_view{} : names.substr(comma + 1);
    }
    Json const schema{{"type", "object"}, {"properties", std::move(properties)}};
    return {{"required", true}, {"content", {{"multipart/form-data", {{"schema", schema}}}}}};
}

Json responses(Route const& route) {
    Json success{{"description", "Done"}};
    if (route.gives == "file") {
        success["content"] = {{"*/*", {{"schema", {{"type", "string"}, {"format", "binary"}}}}}};
    } else if (!route.gives.empty()) {
        success["content"] = {{"application/json", {{"schema", reference(route.gives)}}}};
    }
    Json all{{std::to_string(route.success), std::move(success)}};
    all["default"] = {{"description", "What went wrong"},
                      {"content", {{"application/json", {{"schema", reference("Error")}}}}}};
    return all;
}

/// "/rooms/{name}" as OpenAPI spells it, and its parameters.
std::pair<std::string, Json> path_of(Route const& route) {
    std::string path;
    auto parameters = Json::array();
    for (std::size_t i = 0; i < route.pattern.size(); ++i) {
        if (route.pattern[i] != '{') {
            path += route.pattern[i];
            continue;
        }
        auto const close = route.pattern.find('}', i);
        auto name = route.pattern.substr(i + 1, close - i - 1);
        if (name.ends_with("...")) name.resize(name.size() - 3);
        path += '{' + name + '}';
        parameters.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
        i = close;
    }
    for (auto const& query : route.queries)
        parameters.push_back({{"name", query}, {"in", "query"}, {"schema", {{"type", "string"}}}});
    return {std::move(path), std::move(parameters)};
}

std::string right_needed(Rights rights) {
    switch (rights) {
        case Rights::moderator: return "For moderators.";
        case Rights::admin: return "For admins.";
        case Rights::owner: return "For the owner.";
        default: return "";
    }
}

/// The contract's shapes (src/contract/openapi.json) with the routes as the router knows them.
Json describe(App const& app) {
    auto paths = Json::object();
    for (auto const* const route : app.router.routes()) {
        if (route->summary.empty()) continue;
        auto [path, parameters] = path_of(*route);
        Json operation{{"summary", route->summary}, {"responses", responses(*route)}};
        if (!parameters.empty()) operation["parameters"] = std::move(parameters);
        if (!route->takes.empty()) operation["requestBody"] = request_body(*route);
        if (auto right = right_needed(route->rights); !right.empty()) operation["description"] = std::move(right);
        if (route->rights != Rights::anyone)
            operation["security"] = Json::array({{{"bearer", Json::array()}}, {{"cookie", Json::array()}}});
        std::string method = route->method;
        for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
        paths[path][method] = std::move(operation);
    }
    auto description = Json::parse(find_embedded("contract/openapi.json")->content);
    description["info"]["version"] = app.options.version;
    description["paths"] = std::move(paths);
    return description;
}

/// A page that needs no script and nothing from elsewhere.
std::string describe_in_html(Call& call, Json const& description) {
    auto const& app = call.app();
    std::string html =
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width\"><title>Soyuz API</title>"
        "<link rel=\"stylesheet\" href=\"";
    append_html(html, app.assets.url("style.css"));
    html += "\"></head><body class=\"page\"><main class=\"page-main\"><h1>API</h1><p>";
    append_html(html, description["info"]["description"].get<std::string>());
    html += "</p><p><a href=\"/openapi.json\">openapi.json</a></p>";
    for (auto const& [path, operations] : description["paths"].items()) {
        for (auto const& [method, operation] : operations.items()) {
            html += "<section><h2><code>";
            append_html(html, method + " " + path);
            html += "</code></h2><p>";
            append_html(html, operation["summary"].get<std::string>() + ". " + operation.value("description", ""));
            html += "</p>";
            if (operation.contains("requestBody")) {
                html += "<p>Takes: <code>";
                append_html(html, operation["requestBody"]["content"].begin().key());
                html += "</code></p><details><summary>Body</summary><pre>";
                auto schema = operation["requestBody"]["content"].begin().value()["schema"];
                if (schema.contains("$ref"))
                    schema = description["components"]["schemas"]
                                        [schema["$ref"].get<std::string>().substr(sizeof "#/components/schemas/" - 1)];
                append_html(html, schema.dump(2));
                html += "</pre></details>";
            }
            html += "</section>";
        }
    }
    return html + "</main></body></html>";
}

}  // namespace

void add_description_routes(Router& router, App& app) {
    router
        .get("/openapi.json", Rights::anyone,
             [&app](Call& call) {
                 call.answer(std::move(json_answer(describe(app)).with("Cache-Control", "no-cache")));
             })
        .banned_too();
    router
        .get("/docs", Rights::anyone,
             [&app](Call& call) { call.answer(page_answer(describe_in_html(call, describe(app)))); })
        .banned_too();
}

}  // namespace soyuz::web
