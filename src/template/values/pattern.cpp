#include "template/values/pattern.hpp"

#include <unicode/regex.h>

namespace soyuz::jinja {
namespace {

/// A matcher that reads UTF-8 where it stands, so that its places are bytes.
class Matcher {
public:
    Matcher(icu::RegexPattern const& pattern, std::string_view text) : matcher_(pattern.matcher(error)) {
        utext_openUTF8(&text_, text.data(), static_cast<std::int64_t>(text.size()), &error);
        matcher_->reset(&text_);
    }
    ~Matcher() { utext_close(&text_); }
    Matcher(Matcher const&) = delete;
    Matcher& operator=(Matcher const&) = delete;
    icu::RegexMatcher* operator->() const { return matcher_.get(); }

    UErrorCode error = U_ZERO_ERROR;

private:
    UText text_ = UTEXT_INITIALIZER;
    std::unique_ptr<icu::RegexMatcher> matcher_;
};

}  // namespace

Pattern::Pattern(std::string expression, bool any_case) {
    for (auto at = expression.find("@w"); at != expression.npos; at = expression.find("@w", at))
        expression.replace(at, 2, "\\p{L}\\p{N}_");
    UErrorCode error = U_ZERO_ERROR;
    UParseError where;
    pattern_.reset(icu::RegexPattern::compile(icu::UnicodeString::fromUTF8(expression),
                                              any_case ? std::uint32_t{UREGEX_CASE_INSENSITIVE} : 0U, where, error));
}

bool Pattern::matches(std::string_view whole) const {
    Matcher matcher(*pattern_, whole);
    return matcher->matches(matcher.error) != 0 && U_SUCCESS(matcher.error);
}

std::vector<std::string_view> Pattern::all(std::string_view text) const {
    Matcher matcher(*pattern_, text);
    std::vector<std::string_view> found;
    while (matcher->find(matcher.error) != 0) {
        auto const start = static_cast<std::size_t>(matcher->start64(matcher.error));
        found.push_back(text.substr(start, static_cast<std::size_t>(matcher->end64(matcher.error)) - start));
    }
    return found;
}

}  // namespace soyuz::jinja
