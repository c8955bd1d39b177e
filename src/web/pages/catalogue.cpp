#include "web/pages/catalogue.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "base/text.hpp"
#include "web/files/embedded.hpp"

namespace soyuz::web {

namespace {

/// ISO 15924 codes of scripts written from right to left.
constexpr std::array<std::string_view, 6> right_to_left{"Arab", "Aran", "Hebr", "Syrc", "Thaa", "Nkoo"};

/// Has `text` a letter of the Hebrew, Arabic, Syriac, Thaana or NKo blocks (U+0590 to U+08FF) or of the presentation
/// forms (U+FB1D to U+FDFF, U+FE70 to U+FEFF)?
bool has_right_to_left(std::string_view text) {
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        auto const first = static_cast<unsigned char>(text[i]), second = static_cast<unsigned char>(text[i + 1]);
        if ((first == 0xD6 && second >= 0x90) || (first >= 0xD7 && first <= 0xDF)) return true;
        if (first == 0xE0 && second < 0xA4) return true;
        if (first == 0xEF && ((second >= 0xAC && second <= 0xB7) || (second >= 0xB9 && second <= 0xBB))) return true;
    }
    return false;
}

bool is_number(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char each) { return each >= '0' && each <= '9'; });
}

}  // namespace

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

std::string const* Catalogue::find(std::string_view language, std::string_view key) const {
    auto const words = words_.find(language);
    if (words == words_.end()) return nullptr;
    auto const word = words->second.find(key);
    return word == words->second.end() ? nullptr : &word->second;
}

std::vector<Catalogue::Language> Catalogue::languages() const {
    std::vector<Language> list;
    for (auto const& [code, words] : words_) {
        auto const* const name = find(code, "language.name");
        list.push_back({code, name != nullptr ? *name : code, direction(code)});
    }
    std::stable_partition(list.begin(), list.end(), [](auto const& each) { return each.code == "en"; });
    return list;
}

std::string_view Catalogue::direction(std::string_view language) const {
    auto const* const script = find(language, "language.script");
    bool const is_right_to_left =
        script != nullptr && std::find(right_to_left.begin(), right_to_left.end(), *script) != right_to_left.end();
    return is_right_to_left ? "rtl" : "ltr";
}

std::string Catalogue::digits(std::string_view language, std::string text) const {
    auto const* const own = find(language, "language.digits");
    // Ten digits of one length each: 0 to 9 of ASCII in 10 bytes, those of other scripts in 20 to 40.
    if (own == nullptr || own->size() == 10 || own->size() % 10 != 0) return text;
    auto const length = own->size() / 10;
    std::string written;
    for (char const each : text) {
        if (each < '0' || each > '9')
            written += each;
        else
            written.append(*own, static_cast<std::size_t>(each - '0') * length, length);
    }
    return written;
}

std::string Catalogue::isolated(std::string_view language, std::string text) const {
    bool const may_turn = direction(language) == "rtl" ? !is_number(text) : has_right_to_left(text);
    return may_turn ? "\u2068" + text + "\u2069" : text;
}

std::string Catalogue::text(std::string_view language, std::string_view key,
                            std::vector<std::string> const& values) const {
    auto const* found = find(language, key);
    if (found == nullptr) found = find("en", key);
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

}  // namespace soyuz::web
