#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace soyuz::web {

/// The words of the pages in every language: browser/catalogue/<language>.json, a flat object from key to text, in
/// which {0}, {1} … stand for what is filled in. Immutable.
class Catalogue {
public:
    /// Reads the embedded files.
    Catalogue();
    /// For tests: language to the text of its JSON file.
    explicit Catalogue(std::map<std::string, std::string> const& files);

    bool has(std::string_view language) const { return words_.contains(language); }
    /// English where the language lacks it; the key itself where English does too.
    std::string text(std::string_view language, std::string_view key,
                     std::vector<std::string> const& values = {}) const;

    /// What a browser asks for: the first language of Accept-Language (RFC 9110, 12.5.4) that is here, else English.
    std::string choose(std::string_view accept_language) const;

private:
    using Words = std::map<std::string, std::string, std::less<>>;
    void add(std::string const& language, std::string_view text);
    std::map<std::string, Words, std::less<>> words_;
};

/// "rtl" or "ltr".
std::string_view direction(std::string_view language);

}  // namespace soyuz::web
