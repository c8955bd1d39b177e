#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

using V = Value const&;

Value abs_filter(Renderer&, V value, Bound const&) {
    if (value.is(Kind::real)) return Value::real(std::fabs(value.as_real()));
    if (value.is_whole()) return value.as_integer() < 0 ? negate(value) : Value::integer(value.as_integer());
    if (value.is_undefined()) fail_undefined(value);
    throw Fault("bad operand type for abs(): '" + type_name(value) + "'");
}

/// Digits with single underscores between them, as Python reads numbers.
std::optional<std::string> without_underscores(std::string_view text) {
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_') {
            digits += text[i];
            continue;
        }
        auto const is_part = [&](std::size_t at) {
            return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at]));
        };
        if (i == 0 || !is_part(i - 1) || !is_part(i + 1)) return std::nullopt;
    }
    return digits;
}

std::optional<double> read_real(std::string_view text) {
    auto digits = without_underscores(stripped(text, Value{}));
    if (!digits || digits->empty()) return std::nullopt;
    auto const rest = lower(digits->find_first_of("+-") == 0 ? digits->substr(1) : *digits);
    bool const is_name = rest == "inf" || rest == "infinity" || rest == "nan";
    // strtod reads hexadecimal numbers and more names than Python does.
    if (!is_name && rest.find_first_not_of("0123456789.e+-") != std::string::npos) return std::nullopt;
    char* end = nullptr;
    double const number = std::strtod(digits->c_str(), &end);
    if (end != digits->c_str() + digits->size()) return std::nullopt;
    return number;
}

std::optional<std::int64_t> read_whole(std::string_view text, std::int64_t base) {
    auto const digits = without_underscores(stripped(text, Value{}));
    if (!digits || digits->empty()) return std::nullopt;
    std::string_view rest = *digits;
    bool const negative = rest.front() == '-';
    if (negative || rest.front() == '+') rest.remove_prefix(1);
    auto const prefixed = [&](char letter) {
        return rest.size() > 2 && rest[0] == '0' && (rest[1] == letter || rest[1] == letter - 32);
    };
    for (auto const& [letter, its_base] : {std::pair{'x', 16}, {'o', 8}, {'b', 2}}) {
        if (!prefixed(letter) || (base != its_base && base != 0)) continue;
        base = its_base;
        rest.remove_prefix(2);
        break;
    }
    if (base == 0) base = 10;
    if (base < 2 || base > 36) return std::nullopt;
    std::uint64_t number = 0;
    auto const [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number, static_cast<int>(base));
    if (error == std::errc::result_out_of_range || (error == std::errc{} && number > INT64_MAX))
        throw Fault("the number is too large");
    if (rest.empty() || error != std::errc{} || end != rest.data() + rest.size()) return std::nullopt;
    auto const whole_number = static_cast<std::int64_t>(number);
    return negative ? -whole_number : whole_number;
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
    std::array<char, 700> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%.*f", static_cast<int>(precision), number);
    return std::strtod(buffer.data(), nullptr);
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
    auto whole_part = scaled;
    if (scaled.is(Kind::real)) {
        auto const number = method == "ceil" ? std::ceil(scaled.as_real()) : std::floor(scaled.as_real());
        auto const cut = cut_off(number);
        if (!cut) throw Fault("cannot convert float NaN to integer");
        whole_part = Value::integer(*cut);
    }
    return apply(renderer.budget, Operator::divide, whole_part, scale);
}

Value filesizeformat_filter(Renderer&, V value, Bound const& arguments) {
    bool const binary = !arguments[0].is_missing() && truth(arguments[0]);
    std::optional<double> bytes;
    if (value.is_number()) bytes = value.as_real();
    if (value.is_text()) bytes = read_real(value.as_text());
    if (value.is_undefined()) fail_undefined(value);
    if (!bytes) throw Fault("could not convert to float: " + to_repr(value));
    double const base = binary ? 1024 : 1000;
    if (*bytes == 1) return Value::borrowed("1 Byte");
    if (*bytes < base) return Value::text(std::to_string(static_cast<std::int64_t>(*bytes)) + " Bytes");
    std::string unit;
    double scale = base;
    for (char const letter : std::string_view("kMGTPEZY")) {
        unit = letter == 'k' && binary ? 'K' : letter;
        scale *= base;
        if (*bytes < scale) break;
    }
    std::array<char, 400> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%.1f", base * *bytes / scale);
    return Value::text(std::string(buffer.data()) + " " + unit + (binary ? "iB" : "B"));
}

}  // namespace

void add_number_filters(Library& library) {
    auto const add = [&](char const* name, Parameters parameters, Value (*run)(Renderer&, V, Bound const&)) {
        library.filters[name] = {name, std::move(parameters), run, nullptr};
    };
    add("abs", {}, abs_filter);
    add("int", {"default", "base"}, int_filter);
    add("float", {"default"}, float_filter);
    add("round", {"precision", "method"}, round_filter);
    add("filesizeformat", {"binary"}, filesizeformat_filter);
}

}  // namespace soyuz::jinja
