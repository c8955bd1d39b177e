#include "judge/judge.hpp"

#include <array>

namespace soyuz::judge {

std::string_view name(Action action) {
    switch (action) {
        case Action::allow: return "allow";
        case Action::warn: return "warn";
        case Action::flag: return "flag";
        case Action::block: return "block";
    }
    return "allow";
}

std::string_view name(Severity severity) {
    switch (severity) {
        case Severity::none: return "none";
        case Severity::low: return "low";
        case Severity::medium: return "medium";
        case Severity::high: return "high";
    }
    return "none";
}

std::string_view name(Occasion::Kind kind) {
    static constexpr std::array<std::string_view, 9> names{"message", "edit",      "name", "topic",  "reaction",
                                                           "status",  "file_name", "post", "comment"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace soyuz::judge
