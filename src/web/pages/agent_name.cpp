#include "web/pages/agent_name.hpp"

#include <array>
#include <utility>

namespace soyuz::web {

namespace {

using Names = std::pair<std::string_view, std::string_view>;

/// The first that occurs: browsers name their ancestors too, so those who are named by others come last.
template <std::size_t count>
std::string_view first_of(std::array<Names, count> const& known, std::string_view text) {
    for (auto const& [mark, name] : known)
        if (text.find(mark) != std::string_view::npos) return name;
    return {};
}

constexpr std::array browsers{
    Names{"Edg", "Edge"},         Names{"OPR/", "Opera"},    Names{"SamsungBrowser", "Samsung Internet"},
    Names{"Firefox/", "Firefox"}, Names{"FxiOS", "Firefox"}, Names{"CriOS", "Chrome"},
    Names{"Chrom", "Chrome"},     Names{"Safari/", "Safari"}};
constexpr std::array systems{Names{"Android", "Android"}, Names{"iPhone", "iPhone"},   Names{"iPad", "iPad"},
                             Names{"CrOS", "ChromeOS"},   Names{"Windows", "Windows"}, Names{"Mac OS X", "Mac"},
                             Names{"Linux", "Linux"},     Names{"FreeBSD", "FreeBSD"}};

}  // namespace

std::string agent_name(std::string_view user_agent) {
    auto const browser = first_of(browsers, user_agent);
    if (browser.empty()) return std::string{user_agent.substr(0, user_agent.find_first_of(" /("))};
    auto const system = first_of(systems, user_agent);
    return system.empty() ? std::string{browser} : std::string{browser} + " · " + std::string{system};
}

}  // namespace soyuz::web
