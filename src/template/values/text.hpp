#pragma once

#include <optional>
#include <vector>

#include "template/limits.hpp"
#include "template/values/value.hpp"

namespace soyuz::jinja {

/// As MarkupSafe escapes: &amp; &lt; &gt; &#34; &#39;
void append_escaped(std::string& out, std::string_view text);
std::string escaped(std::string_view text);

/// `number` in `count` hexadecimal digits, behind `prefix`.
void append_hex(std::string& out, std::string_view prefix, std::uint32_t number, int count,
                std::string_view digits = "0123456789abcdef");

/// str(value) of Python.
std::string to_text(Value const& value);
/// repr(value) of Python.
std::string to_repr(Value const& value);
void append_repr(std::string& out, Value const& value, unsigned depth = 0);
std::string repr_of_text(std::string_view text);
std::string repr_of_real(double number);
/// With `decimals` digits behind the point, at most 320.
std::string fixed_point(double number, std::int64_t decimals);
/// As html-escaped markup, whatever the value is; markup stays.
std::string to_html(Value const& value);
void append_piece(std::string& out, Value const& value, bool as_html);

/// Characters here are code points; a byte that isn't UTF-8 counts as one.
std::size_t length_of(std::string_view text);
std::size_t next_character(std::string_view text, std::size_t byte);
char32_t character_at(std::string_view text, std::size_t byte);
/// Byte offset of character `index`, or the size where the text is shorter.
std::size_t offset_of(std::string_view text, std::size_t index);
void append_character(std::string& out, char32_t character);
/// The character that Unicode names "HOT SPRINGS", by its name or an alias, in any case.
std::optional<char32_t> character_named(std::string const& name);

std::string upper(std::string_view text);
std::string lower(std::string_view text);
std::string capitalized(std::string_view text);
/// str.title(): every word starts upper case.
std::string titled(std::string_view text);
bool is_space(char32_t character);
bool is_upper_text(std::string_view text);
bool is_lower_text(std::string_view text);
bool is_printable(char32_t character);

/// str.strip(); `side` is -1 left, 1 right, 0 both; `characters` missing means white space.
std::string_view stripped(std::string_view text, Value const& characters, int side = 0);
std::vector<std::string_view> split_lines(std::string_view text);
std::vector<std::string_view> split_at(std::string_view text, std::string_view separator);
/// Where the white space behind the first word begins.
std::size_t end_of_word(std::string_view text);
std::vector<std::string_view> split_words(std::string_view text);
std::string replaced(Budget& budget, std::string_view text, std::string_view old, std::string_view fresh,
                     std::int64_t count = -1);
std::string joined(std::vector<std::string_view> const& parts, std::string_view separator);

}  // namespace soyuz::jinja
