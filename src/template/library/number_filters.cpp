#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/pattern.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

using V = Value const&;

Value abs_filter(Renderer&, V value, Bound const&) {
    return signed_value(value, value.is_number() && value.as_real() < 0 ? '-' : '+');
}

/// A number without its underscores, where `text` is one as Python writes it.
std::optional<std::string> number_in(Pattern const& pattern, std::string_view text) {
    std::string number(stripped(text, {}));
    if (!pattern.matches(number)) return std::nullopt;
    std::erase(number, '_');
    return number;
}

std::optional<double> read_real(std::string_view text) {
    static std::string const digits = "[0-9](?:_?[0-9])*+";
    static Pattern const reals("[+-]?(?:inf(?:inity)?|nan|(?:" + digits + "(?:\\.(?:" + digits + ")?)?|\\." + digits +
                                   ")(?:e[+-]?" + digits + ")?)",
                               true);
    auto const number = number_in(reals, text);
    return number ? std::optional(std::strtod(number->c_str(), nullptr)) : std::nullopt;
}

std::optional<std::int64_t> read_whole(std::string_view text, std::int64_t base) {
    static Pattern const wholes("[+-]?[0-9a-z](?:_?[0-9a-z])*+", true);
    auto const number = number_in(wholes, text);
    if (!number) return std::nullopt;
    auto digits = lower(*number);
    bool const negative = digits.front() == '-';
    if (negative || digits.front() == '+') digits.erase(0, 1);
    for (auto const& [prefix, its_base] : {std::pair{"0x", 16}, {"0o", 8}, {"0b", 2}}) {
        if (!digits.starts_with(prefix) || (base != its_base && base != 0)) continue;
        base = its_base;
        digits.erase(0, 2);
    }
    if (base == 0) base = 10;
    if (base < 2 || base > 36) return std::nullopt;
    std::int64_t result = 0;
    auto const* const end = digits.data() + digits.size();
    auto const [stop, error] = std::from_chars(digits.data(), end, result, static_cast<int>(base));
    if (error == std::errc::result_out_of_range) throw Fault("the number is too large");
    if (error != std::errc{} || stop != end) return std::nullopt;
    return negative ? -result : result;
}

std::optional<std::int64_t> cut_off(double number) {
    if (std::isnan(number)) return std::nullopt;
    if (std::isinf(number)) throw Fault("cannot convert float infinity to integer");
    if (std::fabs(number) >= 9.2e18) throw Fault("the number is too large");
    return static_cast<std::int64_t>(number);
}

Value int_filter(Renderer&, V value, Bound const& arguments) {
    if (value.is_undefined()) fail_undefined(value);
    auto const otherwise = arguments[0].is_missing() ? Value::integer(0) : arguments[0];
    std::optional<std::int64_t> number;
    if (value.is_whole()) number = value.as_integer();
    if (value.is(Kind::real)) number = cut_off(value.as_real());
    if (value.is_text()) {
        number = read_whole(value.as_text(), arguments[1].is_missing() ? 10 : whole(arguments[1], "base"));
        if (!number)
            if (auto const real = read_real(value.as_text())) number = cut_off(*real);
    }
    return number ? Value::integer(*number) : otherwise;
}

Value float_filter(Renderer&, V value, Bound const& arguments) {
    if (value.is_undefined()) fail_undefined(value);
    if (value.is_number()) return Value::real(value.as_real());
    if (value.is_text())
        if (auto const number = read_real(value.as_text())) return Value::real(*number);
    return arguments[0].is_missing() ? Value::real(0) : arguments[0];
}

/// Rounds half to even at `precision` digits, on the exact value of the number.
double rounded(double number, std::int64_t precision) {
    if (!std::isfinite(number) || precision > 320) return number;
    if (precision < 0) {
        if (precision < -308) return std::copysign(0.0, number);
        double const scale = std::pow(10.0, static_cast<double>(-precision));
        return std::nearbyint(number / scale) * scale;
    }
    return std::strtod(fixed_point(number, precision).c_str(), nullptr);
}

std::int64_t rounded_whole(std::int64_t number, std::int64_t precision) {
    if (precision >= 0) return number;
    if (precision < -18) return 0;
    std::int64_t scale = 1;
    for (auto i = precision; i < 0; ++i) scale *= 10;
    auto quotient = number / scale;
    auto const rest = number % scale;
    auto const twice = rest < 0 ? -rest * 2 : rest * 2;
    if (twice > scale || (twice == scale && (quotient & 1) != 0)) quotient += number < 0 ? -1 : 1;
    return quotient * scale;
}

Value round_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const precision = arguments[0].is_missing() ? 0 : whole(arguments[0], "precision");
    auto const method = arguments[1].is_missing() ? std::string_view("common") : text_of(arguments[1], "method");
    if (method != "common" && method != "ceil" && method != "floor")
        throw Fault("method must be common, ceil or floor");
    if (value.is_undefined()) fail_undefined(value);
    if (!value.is_number()) throw Fault("type " + type_name(value) + " can't be rounded");
    if (method == "common") {
        if (value.is_whole()) return Value::integer(rounded_whole(value.as_integer(), precision));
        return Value::real(rounded(value.as_real(), precision));
    }
    auto const scale = apply(renderer.budget, Operator::power, Value::integer(10), Value::integer(precision));
    auto const scaled = apply(renderer.budget, Operator::multiply, value, scale);
    if (scaled.is_whole()) return apply(renderer.budget, Operator::divide, scaled, scale);
    auto const cut = cut_off(method == "ceil" ? std::ceil(scaled.as_real()) : std::floor(scaled.as_real()));
    if (!cut) throw Fault("cannot convert float NaN to integer");
    return apply(renderer.budget, Operator::divide, Value::integer(*cut), scale);
}

Value filesizeformat_filter(Renderer&, V value, Bound const& arguments) {
    bool const binary = flag(arguments[0]);
    std::optional<double> bytes;
    if (value.is_number()) bytes = value.as_real();
    if (value.is_text()) bytes = read_real(value.as_text());
    if (value.is_undefined()) fail_undefined(value);
    if (!bytes) throw Fault("could not convert to float: " + to_repr(value));
    double const base = binary ? 1024 : 1000;
    if (*bytes == 1) return Value::borrowed("1 Byte");
    if (*bytes < base) return Value::text(std::to_string(static_cast<std::int64_t>(*bytes)) + " Bytes");
    std::string_view const letters = binary ? "KMGTPEZY" : "kMGTPEZY";
    std::size_t unit = 0;
    double scale = base;
    for (; *bytes >= scale * base && unit + 1 < letters.size(); ++unit) scale *= base;
    return Value::text(fixed_point(base * *bytes / (scale * base), 1) + " " + letters[unit] + (binary ? "iB" : "B"));
}

Filter const filters[] = {
    {"abs", {}, abs_filter},
    {"int", {"default", "base"}, int_filter},
    {"float", {"default"}, float_filter},
    {"round", {"precision", "method"}, round_filter},
    {"filesizeformat", {"binary"}, filesizeformat_filter},
};

}  // namespace

std::span<Filter const> number_filters() { return filters; }

}  // namespace soyuz::jinja
