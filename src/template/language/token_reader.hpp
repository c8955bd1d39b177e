#pragma once

#include <cstddef>

#include "template/language/lexer.hpp"
#include "template/language/meanwhile.hpp"

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

    /// One level of nesting deeper while what is returned lives.
    [[nodiscard]] Meanwhile<std::size_t> deeper();
    /// Begins a chain of operators or filters, which grows without nesting in the text.
    [[nodiscard]] Meanwhile<std::size_t> chain() { return {links_, links_}; }
    void count_link();

    /// Calls `read` for each of several items with commas between them, up to and with `end`.
    template <class Read>
    void read_items(std::string_view end, Read const& read) {
        while (!is(end)) {
            read();
            if (!skip(",")) break;
        }
        expect(end);
    }

private:
    std::string file_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    std::size_t max_nesting_;
    std::size_t nesting_ = 0;
    std::size_t links_ = 0;
};

}  // namespace soyuz::jinja
