#include "template/values/pattern.hpp"

#include <unicode/regex.h>

namespace soyuz::jinja {
namespace {

/// Reads UTF-8 where it stands, so that places are bytes.
class Characters {
public:
    explicit Characters(std::string_view text) {
        UErrorCode error = U_ZERO_ERROR;
        utext_openUTF8(&text_, text.data(), static_cast<int64_t>(text.size()), &error);
    }
    ~Characters() { utext_close(&text_); }
    Characters(Characters const&) = delete;
    Characters& operator=(Characters const&) = delete;
    UText* get() { return &text_; }

private:
    UText text_ = UTEXT_INITIALIZER;
};

}  // namespace

struct Pattern::Compiled {
    std::unique_ptr<icu::RegexPattern> pattern;

    std::unique_ptr<icu::RegexMatcher> matcher(Characters& text) const {
        UErrorCode error = U_ZERO_ERROR;
        std::unique_ptr<icu::RegexMatcher> result(pattern->matcher(error));
        result->reset(text.get());
        return result;
    }
};

Pattern::Pattern(std::string expression, bool any_case) {
    constexpr std::string_view word = "\\p{L}\\p{N}_";
    for (auto at = expression.find("@w"); at != std::string::npos; at = expression.find("@w", at))
        expression.replace(at, 2, word);
    UErrorCode error = U_ZERO_ERROR;
    UParseError where;
    auto const flags = static_cast<uint32_t>(any_case ? UREGEX_CASE_INSENSITIVE : 0);
    auto* const pattern = icu::RegexPattern::compile(icu::UnicodeString::fromUTF8(expression), flags, where, error);
    compiled_ = std::make_unique<Compiled>(Compiled{std::unique_ptr<icu::RegexPattern>(pattern)});
}

Pattern::~Pattern() = default;

bool Pattern::matches(std::string_view whole) const {
    Characters text(whole);
    UErrorCode error = U_ZERO_ERROR;
    return compiled_->matcher(text)->matches(error) != 0 && U_SUCCESS(error);
}

std::vector<std::string_view> Pattern::all(std::string_view text) const {
    Characters characters(text);
    auto const matcher = compiled_->matcher(characters);
    std::vector<std::string_view> found;
    UErrorCode error = U_ZERO_ERROR;
    while (matcher->find(error) != 0) {
        auto const start = static_cast<std::size_t>(matcher->start64(error));
        found.push_back(text.substr(start, static_cast<std::size_t>(matcher->end64(error)) - start));
    }
    return found;
}

}  // namespace soyuz::jinja
