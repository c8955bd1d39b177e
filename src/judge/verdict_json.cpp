#include "judge/verdict_json.hpp"

#include <charconv>

#include "base/text.hpp"

namespace soyuz::judge {

namespace {

void append_number(std::string& out, double value) {
    char buffer[32];
    auto const end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, 6).ptr;
    out.append(buffer, end);
}

}  // namespace

std::string to_json(Verdict const& verdict) {
    std::string out = R"({"action":")";
    out += name(verdict.action);
    out += R"(","severity":")";
    out += name(verdict.severity);
    out += R"(","score":)";
    append_number(out, verdict.score);
    out += R"(,"probability":)";
    append_number(out, verdict.probability);
    out += R"(,"reasons":[)";
    for (auto const& reason : verdict.reasons) {
        if (out.back() != '[') out += ',';
        base::append_json_string(out, reason);
    }
    out += R"(],"matches":[)";
    for (auto const& match : verdict.matches) {
        if (out.back() != '[') out += ',';
        out += R"({"term":)";
        base::append_json_string(out, match.term);
        out += R"(,"category":)";
        base::append_json_string(out, match.category);
        out += R"(,"start":)" + std::to_string(match.start) + R"(,"end":)" + std::to_string(match.end) + '}';
    }
    out += R"(],"language":)";
    base::append_json_string(out, verdict.language);
    out += '}';
    return out;
}

}  // namespace soyuz::judge
