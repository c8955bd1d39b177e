#include "web/pages/catalogue.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "base/text.hpp"
#include "web/files/embedded.hpp"

namespace soyuz::web {

Catalogue::Catalogue() {
    for (auto const& file : embedded_files()) {
        constexpr std::string_view folder = "catalogue/";
        if (!file.name.starts_with(folder) || !file.name.ends_with(".json")) continue;
        add(std::string{file.name.substr(folder.size(), file.name.size() - folder.size() - 5)}, file.content);
    }
}

Catalogue::Catalogue(std::map<std::string, std::string> const& files) {
    for (auto const& [language, text] : files) add(language, text);
}

void Catalogue::add(std::string const& language, std::string_view text) {
    auto const parsed = nlohmann::json::parse(text, nullptr, false);
    if (!parsed.is_object()) {
        base::log::error("the catalogue of words is not a JSON object", {{"language", language}});
        return;
    }
    auto& words = words_[language];
    for (auto const& [key, value] : parsed.items())
        if (value.is_string()) words.emplace(key, value.get<std::string>());
}

std::string Catalogue::text(std::string_view language, std::string_view key,
                            std::vector<std::string> const& values) const {
    std::string const* found = nullptr;
    for (auto each : {language, std::string_view{"en"}}) {
        auto const words = words_.find(each);
        if (words == words_.end()) continue;
        auto const word = words->second.find(key);
        if (word == words->second.end()) continue;
        found = &word->second;
        break;
    }
    if (found == nullptr) return std::string{key};
    if (found->find('{') == std::string::npos) return *found;

    std::string filled;
    for (std::size_t i = 0; i < found->size(); ++i) {
        auto const close = (*found)[i] == '{' ? found->find('}', i) : std::string::npos;
        std::size_t place = 0;
        if (close != std::string::npos) {
            auto const [end, fault] = std::from_chars(found->data() + i + 1, found->data() + close, place);
            if (fault == std::errc{} && end == found->data() + close && place < values.size()) {
                filled += values[place];
                i = close;
                continue;
            }
        }
        filled += (*found)[i];
    }
    return filled;
}

std::string Catalogue::choose(std::string_view accept) const {
    std::string best = "en";
    double best_quality = 0;
    while (!accept.empty()) {
        auto const end = accept.find(',');
        auto item = accept.substr(0, end);
        accept = end == std::string_view::npos ? std::string_view{} : accept.substr(end + 1);
        while (item.starts_with(' ')) item.remove_prefix(1);
        auto const semicolon = item.find(';');
        auto const language = base::lower_ascii(item.substr(0, std::min(semicolon, item.find('-'))));
        double quality = 1;
        if (auto const q = item.find("q="); q != std::string_view::npos)
            quality = std::strtod(std::string{item.substr(q + 2, 6)}.c_str(), nullptr);
        if (quality <= best_quality || !has(language)) continue;
        best = language;
        best_quality = quality;
    }
    return best;
}

std::string_view direction(std::string_view language) {
    bool const right_to_left = language == "ur" || language == "ar" || language == "fa" || language == "he";
    return right_to_left ? "rtl" : "ltr";
}

}  // namespace soyuz::web
