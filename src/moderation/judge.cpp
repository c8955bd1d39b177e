#include "moderation/judge.hpp"

namespace soyuz::moderation {

std::string_view name(Action action) {
    switch (action) {
        case Action::allow:
            return "allow";
        case Action::warn:
            return "warn";
        case Action::flag:
            return "flag";
        case Action::block:
            return "block";
    }
    return "allow";
}

std::string_view name(Severity severity) {
    switch (severity) {
        case Severity::none:
            return "none";
        case Severity::low:
            return "low";
        case Severity::medium:
            return "medium";
        case Severity::high:
            return "high";
    }
    return "none";
}

}  // namespace soyuz::moderation
