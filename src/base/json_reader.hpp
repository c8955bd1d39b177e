#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// JSON as text: stored bodies are checked and found where they stand, and never rebuilt.
namespace soyuz::base {

/// One past the end of the JSON value (RFC 8259) that starts at `at`; npos if there is none. Line breaks and values
/// nested deeper than 64 are no values here: a line of a file holds one.
std::size_t end_of_value(std::string_view text, std::size_t at);

/// Is `text` exactly one JSON object in valid UTF-8 on one line?
bool is_object_on_a_line(std::string_view text);

/// Has this text of an object no members?
bool is_empty_object(std::string_view object);

/// Reads records whose layout is known, from left to right. Once something is not as expected, `ok` stays false. Refers
/// to the text, which must outlive it.
class JsonReader {
public:
    explicit JsonReader(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}

    bool ok() const { return ok_; }
    bool at_end() const { return at_ == text_.size(); }
    std::size_t at() const { return at_; }

    bool next_is(std::string_view literal) const { return text_.substr(at_, literal.size()) == literal; }
    bool skip(std::string_view literal);    ///< true and moved if it is there
    void expect(std::string_view literal);  ///< not ok if it is not
    std::uint64_t number();                 ///< decimal digits
    double fraction();                      ///< any JSON number
    std::string string();                   ///< a JSON string, without its quotes and escapes
    std::string_view value();               ///< the text of a JSON value

    /// For texts that others write: white space (RFC 8259, 2) before a token is passed over.
    void space();
    /// A string without escapes, as it stands; nothing where it has some.
    std::optional<std::string_view> plain_string();

private:
    std::string_view text_;
    std::size_t at_;
    bool ok_ = true;
};

/// The number that `digits` (and nothing else) spell.
std::optional<std::uint64_t> parse_number(std::string_view digits);

}  // namespace soyuz::base
