#include "template/language/token_reader.hpp"

#include "template/template_error.hpp"

namespace soyuz::jinja {

TokenReader::TokenReader(std::string file, std::string_view source, std::size_t max_nesting)
    : file_(std::move(file)), tokens_(tokenize(file_, source)), max_nesting_(max_nesting) {}

Meanwhile<std::size_t> TokenReader::deeper() {
    if (nesting_ >= max_nesting_)
        fail("blocks and expressions are nested more than " + std::to_string(max_nesting_) + " deep");
    return {nesting_, nesting_ + 1};
}

void TokenReader::count_link() {
    constexpr std::size_t links_per_nesting = 4;
    if (++links_ > max_nesting_ * links_per_nesting) fail("the expression has too many parts");
}

void TokenReader::fail(std::string const& what, std::uint32_t line) const { throw TemplateError(file_, line, what); }

void TokenReader::fail_expected(std::string const& what) const {
    fail("expected " + what + ", found " + current().described());
}

bool TokenReader::skip(std::string_view word) {
    if (!is(word)) return false;
    next();
    return true;
}

void TokenReader::expect(std::string_view word) {
    if (!skip(word)) fail_expected("'" + std::string(word) + "'");
}

std::string TokenReader::expect_identifier(std::string_view what) {
    if (!is(Token::Type::name)) fail_expected(std::string(what));
    return next().text;
}

void TokenReader::expect_tag_end() {
    skip(":");
    expect("%}");
}

}  // namespace soyuz::jinja
