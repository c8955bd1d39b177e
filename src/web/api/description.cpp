#include <nlohmann/json.hpp>

#include "web/files/embedded.hpp"
#include "web/http/call.hpp"
#include "web/site_context.hpp"

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
        case Rights::agent: return "For agents, of what is assigned to them, and for moderators.";
        case Rights::moderator: return "For moderators.";
        case Rights::admin: return "For admins.";
        case Rights::owner: return "For the owner.";
        default: return "";
    }
}

/// The contract's shapes (src/contract/openapi.json) with the routes as the router knows them.
Json describe(SiteContext const& site) {
    auto paths = Json::object();
    for (auto const* const route : site.router.routes()) {
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
    description["info"]["version"] = site.options.version;
    description["paths"] = std::move(paths);
    return description;
}

}  // namespace

void add_description_routes(Router& router) {
    router
        .get("/openapi.json", Rights::anyone,
             [](SiteContext& site, Call& call) {
                 call.answer(std::move(json_answer(describe(site)).with("Cache-Control", "no-cache")));
             })
        .banned_too();
    router
        .get("/docs", Rights::anyone,
             [](SiteContext& site, Call& call) {
                 call.answer(site.pages.render(call, "docs.html", {{"api", describe(site)}}));
             })
        .banned_too();
}

}  // namespace soyuz::web
