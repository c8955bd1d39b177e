#include "base/exposition.hpp"

#include <array>
#include <charconv>

namespace soyuz::base {

namespace {

void append_number(std::string& to, double value) {
    std::array<char, 32> digits{};
    auto const [end, fault] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    to.append(digits.data(), fault == std::errc{} ? static_cast<std::size_t>(end - digits.data()) : 0);
}

void append_label_value(std::string& to, std::string_view value) {
    for (char const c : value) {
        if (c == '\n') {
            to += "\\n";
            continue;
        }
        if (c == '"' || c == '\\') to += '\\';
        to += c;
    }
}

}  // namespace

void Exposition::append_name(std::string_view name) {
    if (!name.starts_with("process_")) to_ += "soyuz_";
    to_ += name;
}

void Exposition::family(std::string_view name, std::string_view kind, std::string_view help) {
    to_ += "# HELP ";
    append_name(name);
    (to_ += ' ').append(help) += "\n# TYPE ";
    append_name(name);
    (to_ += ' ').append(kind) += '\n';
}

void Exposition::sample(std::string_view name, Labels labels, double value) {
    append_name(name);
    char before = '{';
    for (auto const& [label, text] : labels) {
        (to_ += before).append(label) += "=\"";
        append_label_value(to_, text);
        to_ += '"';
        before = ',';
    }
    if (labels.size() > 0) to_ += '}';
    to_ += ' ';
    append_number(to_, value);
    to_ += '\n';
}

void Exposition::single(std::string_view name, std::string_view kind, std::string_view help, double value) {
    family(name, kind, help);
    sample(name, {}, value);
}

void Exposition::histogram(std::string_view name, std::string_view help, Histogram::Snapshot const& counted,
                           double parts) {
    family(name, "histogram", help);
    std::string const bucket = std::string{name} + "_bucket";
    std::uint64_t up_to = 0;
    for (std::size_t place = 0; place < counted.counts.size(); ++place) {
        up_to += counted.counts[place];
        std::string bound = "+Inf";
        if (place < counted.bounds.size()) {
            bound.clear();
            append_number(bound, static_cast<double>(counted.bounds[place]) / parts);
        }
        sample(bucket, {{"le", bound}}, static_cast<double>(up_to));
    }
    sample(std::string{name} + "_sum", {}, static_cast<double>(counted.sum) / parts);
    sample(std::string{name} + "_count", {}, static_cast<double>(up_to));
}

}  // namespace soyuz::base
