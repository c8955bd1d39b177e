#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "template/language/lexer.hpp"

namespace soyuz::jinja {

/// The tokens of one template, one after the other.
class TokenReader {
public:
    TokenReader(std::string file, std::string_view source, std::size_t max_nesting);

    Token const& current() const { return tokens_[at_]; }
    Token const& following() const { return tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_]; }
    /// The current token, which is left behind.
    Token const& next() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
    bool is(std::string_view word) const { return current().is(word); }
    bool is(Token::Type type) const { return current().type == type; }
    bool skip(std::string_view word);
    void expect(std::string_view word);
    std::string expect_identifier(std::string_view what);
    /// "%}", which a colon may precede.
    void expect_tag_end();

    std::size_t place() const { return at_; }
    void go_to(std::size_t place) { at_ = place; }

    [[noreturn]] void fail(std::string const& what, std::uint32_t line) const;
    [[noreturn]] void fail(std::string const& what) const { fail(what, current().line); }
    [[noreturn]] void fail_expected(std::string const& what) const;

    std::size_t max_nesting() const { return max_nesting_; }
    /// Counts a level of nesting while it lives.
    class Level {
    public:
        explicit Level(TokenReader& reader);
        ~Level() { --reader_.nesting_; }
        Level(Level const&) = delete;
        Level& operator=(Level const&) = delete;

    private:
        TokenReader& reader_;
    };

private:
    std::string file_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    std::size_t max_nesting_;
    std::size_t nesting_ = 0;
};

}  // namespace soyuz::jinja
