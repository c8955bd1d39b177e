#include "base/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace soyuz::base::log {

namespace {

// Standard output is kept for what programs read, such as the line that names the address.
spdlog::logger& console() {
    static auto const logger = [] {
        auto made = spdlog::stderr_color_mt("soyuz");
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
        return made;
    }();
    return *logger;
}

}  // namespace

bool set_level(std::string_view level) {
    auto const parsed = spdlog::level::from_str(std::string{level});
    if (parsed == spdlog::level::off && level != "off") return false;
    console().set_level(parsed);
    return true;
}

void debug(std::string_view line) { console().debug(line); }
void info(std::string_view line) { console().info(line); }
void warn(std::string_view line) { console().warn(line); }
void error(std::string_view line) { console().error(line); }

}  // namespace soyuz::base::log
