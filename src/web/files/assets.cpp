#include "web/files/assets.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "web/files/embedded.hpp"
#include "web/http/accept_encoding.hpp"
#include "web/http/conditional_requests.hpp"

namespace soyuz::web {

namespace {

std::optional<std::string> read_file(std::filesystem::path const& path) {
    std::error_code fault;
    if (!std::filesystem::is_regular_file(path, fault)) return std::nullopt;
    std::ifstream in{path, std::ios::binary};
    if (!in) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

/// `name` in `folder`, where it stands in it and no link leads out.
std::optional<std::filesystem::path> path_inside(std::filesystem::path const& folder, std::string_view name) {
    std::error_code fault;
    auto const top = std::filesystem::canonical(folder, fault);
    if (fault) return std::nullopt;
    auto path = std::filesystem::canonical(top / name, fault);
    if (fault) return std::nullopt;
    auto const stands_in = std::mismatch(top.begin(), top.end(), path.begin(), path.end()).first == top.end();
    return stands_in ? std::optional{std::move(path)} : std::nullopt;
}

std::optional<std::string> read_inside(std::filesystem::path const& folder, std::string_view name) {
    auto const path = path_inside(folder, name);
    return path ? read_file(*path) : std::nullopt;
}

/// Names come from URLs and templates: only plain relative ones lead anywhere.
bool is_plain_name(std::string_view name) {
    if (name.empty() || name.front() == '/' || name.find('\\') != name.npos || name.find('\0') != name.npos)
        return false;
    for (auto const& part : std::filesystem::path{name})
        if (part == ".." || part == "." || part.empty()) return false;
    return true;
}

Assets::Names parse_manifest(std::string_view text) {
    Assets::Names names;
    auto const parsed = nlohmann::json::parse(text, nullptr, false);
    if (!parsed.is_object()) return names;
    for (auto const& [logical, hashed] : parsed.items())
        if (hashed.is_string()) names.emplace(logical, hashed.get<std::string>());
    return names;
}

class Templates final : public jinja::TemplateSource {
public:
    explicit Templates(std::string folder) : folder_(std::move(folder)) {}

    std::optional<Text> read(std::string_view name) const override {
        if (!is_plain_name(name)) return std::nullopt;
        auto found = version(name);
        if (!folder_.empty() && found != "embedded")
            if (auto text = read_inside(folder_, name)) return Text{std::move(*text), std::move(found)};
        auto const* const file = find_embedded("templates/" + std::string{name});
        if (file == nullptr) return std::nullopt;
        return Text{std::string{file->content}, "embedded"};
    }

    std::string version(std::string_view name) const override {
        if (!is_plain_name(name)) return "";
        if (!folder_.empty()) {
            auto const path = path_inside(folder_, name).value_or("");
            std::error_code fault;
            auto const time = std::filesystem::last_write_time(path, fault);
            auto const size = fault ? 0 : std::filesystem::file_size(path, fault);
            if (!fault) return std::to_string(time.time_since_epoch().count()) + '-' + std::to_string(size);
        }
        return find_embedded("templates/" + std::string{name}) != nullptr ? "embedded" : "";
    }

    bool is_fixed() const override { return folder_.empty(); }

private:
    std::string const folder_;
};

}  // namespace

Assets::Assets(std::string folder) : folder_(std::move(folder)) {
    if (auto const* const manifest = find_embedded("assets/manifest.json"))
        embedded_names_ = parse_manifest(manifest->content);
}

std::optional<std::string> Assets::content(std::string const& name) const {
    if (!folder_.empty()) return read_inside(folder_, name);
    auto const* const file = find_embedded("assets/" + name);
    return file != nullptr ? std::optional{std::string{file->content}} : std::nullopt;
}

std::string Assets::url(std::string_view logical_name) const {
    auto const in = [&](Names const& names) {
        auto const found = names.find(logical_name);
        return "/assets/" + (found != names.end() ? found->second : std::string{logical_name});
    };
    if (folder_.empty()) return in(embedded_names_);
    return in(parse_manifest(read_inside(folder_, "manifest.json").value_or("{}")));
}

std::optional<Answer> Assets::serve(std::string_view requested, net::HttpRequest const& request) const {
    std::string const name{requested};
    if (!is_plain_name(name) || name == "manifest.json") return std::nullopt;

    Answer answer;
    answer.type = media_type_of_name(name);
    answer.compressed = true;
    std::string tag = name;
    std::optional<std::string> found;
    if (auto const coding = preferred_coding(request, {"br", "gzip"}); !coding.empty()) {
        std::string const ending = coding == "br" ? ".br" : ".gz";
        found = content(name + ending);
        if (found) {
            answer.with("Content-Encoding", std::string{coding});
            tag += ending;
        }
    }
    if (!found) found = content(name);
    if (!found) return std::nullopt;

    tag = '"' + tag + '"';
    answer.with("ETag", tag).with("Vary", "Accept-Encoding");
    // In a folder that somebody works on, a name may stay while its content changes.
    answer.with("Cache-Control", folder_.empty() ? "public, max-age=31536000, immutable" : "no-cache");
    answer.with("Cross-Origin-Resource-Policy", "same-origin");
    auto const condition = folder_.empty() ? check_conditions(request, tag) : Condition::met;
    if (condition != Condition::met) {
        answer.status = condition == Condition::failed ? 412 : 304;
        answer.type.clear();
        return answer;
    }
    answer.body = std::move(*found);
    return answer;
}

std::unique_ptr<jinja::TemplateSource> template_source(std::string folder) {
    return std::make_unique<Templates>(std::move(folder));
}

std::string media_type_of_name(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> types{{
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".json", "application/json"},
        {".webmanifest", "application/manifest+json"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".gif", "image/gif"},
        {".webp", "image/webp"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".html", "text/html; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"},
        {".pdf", "application/pdf"},
    }};
    for (auto const& [ending, type] : types)
        if (name.ends_with(ending)) return std::string{type};
    return "application/octet-stream";
}

}  // namespace soyuz::web
