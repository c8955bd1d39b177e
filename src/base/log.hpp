#pragma once

#include <initializer_list>
#include <string_view>

/// What people and programs read on standard error. One line an event. Thread-safe.
///
/// As text: time, level, the sentence, then its fields as `name=value`. As JSON: one object a line with `at`, `level`,
/// `message` and the fields. Control characters are escaped in both, so that no text from outside can make a line.
namespace soyuz::base::log {

/// trace, debug, info, warn, error or off; false when `level` is none of these.
bool set_level(std::string_view level);
/// "text" or "json"; false when it is neither.
bool set_format(std::string_view format);

struct Field {
    std::string_view name;
    std::string_view value;
};
using Fields = std::initializer_list<Field>;

void debug(std::string_view line, Fields fields = {});
void info(std::string_view line, Fields fields = {});
void warn(std::string_view line, Fields fields = {});
void error(std::string_view line, Fields fields = {});

/// Would a line of this level be written? Spares the making of one that is not.
bool says_debug();

}  // namespace soyuz::base::log
