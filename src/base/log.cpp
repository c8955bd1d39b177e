#include "base/log.hpp"

#include <atomic>
#include <string>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "base/text.hpp"

namespace soyuz::base::log {

namespace {

constexpr auto text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v";
constexpr auto json_pattern = R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

std::atomic<bool> writes_json{false};

// Standard output is kept for what programs read, such as the line that names the address.
spdlog::logger& console() {
    static auto const logger = [] {
        auto made = spdlog::stderr_color_mt("soyuz");
        made->set_pattern(text_pattern, spdlog::pattern_time_type::utc);
        return made;
    }();
    return *logger;
}

/// With control characters as \n or \x1b, so that it stays on its line and does nothing to a terminal.
void append_plain(std::string& to, std::string_view text) {
    constexpr char const* digits = "0123456789abcdef";
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '\n') {
            to += "\\n";
        } else if (byte < 0x20 || byte == 0x7f) {
            ((to += "\\x") += digits[byte >> 4U]) += digits[byte & 15U];
        } else {
            to += c;
        }
    }
}

std::string as_text(std::string_view line, Fields fields) {
    std::string made;
    append_plain(made, line);
    for (auto const& [name, value] : fields) {
        (made += ' ').append(name) += '=';
        // Programs that split the line at spaces must find the value's end.
        bool const is_plain = !value.empty() && value.find_first_of(" \"=") == std::string_view::npos;
        if (is_plain) {
            append_plain(made, value);
        } else {
            append_json_string(made, value);
        }
    }
    return made;
}

void append_json(std::string& to, std::string_view text) {
    if (is_valid_utf8(text)) return append_json_string(to, text);
    std::string readable{text};
    for (char& c : readable)
        if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    append_json_string(to, readable);
}

std::string as_json(std::string_view line, Fields fields) {
    std::string made = "\"message\":";
    append_json(made, line);
    for (auto const& [name, value] : fields) {
        (made += ",\"").append(name) += "\":";
        append_json(made, value);
    }
    return made;
}

void write(spdlog::level::level_enum level, std::string_view line, Fields fields) {
    auto& logger = console();
    if (!logger.should_log(level)) return;
    auto const made = writes_json ? as_json(line, fields) : as_text(line, fields);
    logger.log(level, std::string_view{made});
}

}  // namespace

bool set_level(std::string_view level) {
    auto const parsed = spdlog::level::from_str(std::string{level});
    if (parsed == spdlog::level::off && level != "off") return false;
    console().set_level(parsed);
    return true;
}

bool set_format(std::string_view format) {
    if (format != "text" && format != "json") return false;
    writes_json = format == "json";
    console().set_pattern(writes_json ? json_pattern : text_pattern, spdlog::pattern_time_type::utc);
    return true;
}

void debug(std::string_view line, Fields fields) { write(spdlog::level::debug, line, fields); }
void info(std::string_view line, Fields fields) { write(spdlog::level::info, line, fields); }
void warn(std::string_view line, Fields fields) { write(spdlog::level::warn, line, fields); }
void error(std::string_view line, Fields fields) { write(spdlog::level::err, line, fields); }

bool says_debug() { return console().should_log(spdlog::level::debug); }

}  // namespace soyuz::base::log
