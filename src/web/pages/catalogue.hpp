#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace soyuz::web {

/// The words of the pages in every language: browser/catalogue/<language>.json, a flat object from key to text, in
/// which {0}, {1} … stand for what is filled in. The keys language.* say what a language is (docs/translating.md).
/// Immutable.
class Catalogue {
public:
    /// Reads the embedded files.
    Catalogue();
    /// For tests: language to the text of its JSON file.
    explicit Catalogue(std::map<std::string, std::string> const& files);

    /// A language as people choose it: its code, its own name and "rtl" or "ltr".
    struct Language {
        std::string code, name;
        std::string_view direction;
    };
    /// English first, then by their codes.
    std::vector<Language> languages() const;
    bool has(std::string_view language) const { return words_.contains(language); }
    /// English where the language lacks it; the key itself where English does too.
    std::string text(std::string_view language, std::string_view key,
                     std::vector<std::string> const& values = {}) const;

    /// "rtl" or "ltr", by the language's script.
    std::string_view direction(std::string_view language) const;
    /// `text` with its digits 0 to 9 as the language writes them.
    std::string digits(std::string_view language, std::string text) const;
    /// `text` as it is filled into a sentence: kept in one piece (UAX #9, FSI and PDI) where it may run against the
    /// sentence's direction.
    std::string isolated(std::string_view language, std::string text) const;

    /// What a browser asks for: the first language of Accept-Language (RFC 9110, 12.5.4) that is here, else English.
    std::string choose(std::string_view accept_language) const;

private:
    using Words = std::map<std::string, std::string, std::less<>>;
    void add(std::string const& language, std::string_view text);
    std::string const* find(std::string_view language, std::string_view key) const;
    std::map<std::string, Words, std::less<>> words_;
};

}  // namespace soyuz::web
