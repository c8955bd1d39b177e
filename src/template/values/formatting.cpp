#include "template/values/formatting.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

std::string in_base(std::uint64_t number, unsigned base) {
    std::string digits;
    do {
        digits += "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    std::reverse(digits.begin(), digits.end());
    return digits;
}

std::string sign_of(bool negative, char sign) {
    if (negative) return "-";
    return sign == '-' ? "" : std::string(1, sign);
}

void group(std::string& digits, char separator, std::size_t size) {
    if (separator == '\0') return;
    auto end = std::min(digits.find_first_not_of("0123456789abcdefABCDEF"), digits.size());
    while (end > size) {
        end -= size;
        digits.insert(end, 1, separator);
    }
}

std::string upper_case(std::string text) { return upper(text); }

}  // namespace

std::string format_whole(FieldFormat const& format, std::int64_t number) {
    bool const negative = number < 0;
    auto const magnitude = negative ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
    std::string prefix = sign_of(negative, format.sign);
    std::string digits;
    switch (format.type) {
        case 'x':
        case 'X':
            digits = in_base(magnitude, 16);
            if (format.alternate) prefix += "0x";
            break;
        case 'o':
            digits = in_base(magnitude, 8);
            if (format.alternate) prefix += "0o";
            break;
        case 'b':
            digits = in_base(magnitude, 2);
            if (format.alternate) prefix += "0b";
            break;
        default: digits = in_base(magnitude, 10); break;
    }
    bool const decimal = format.type == 'd' || format.type == '\0' || format.type == 'n';
    group(digits, format.grouping, decimal ? 3 : 4);
    return format.type == 'X' ? upper_case(prefix + digits) : prefix + digits;
}

std::string format_real(FieldFormat const& format, double number) {
    bool const percent = format.type == '%';
    if (percent) number *= 100;
    bool const negative = std::signbit(number) && !std::isnan(number);
    std::string digits;
    char const type = static_cast<char>(format.type >= 'a' ? format.type : format.type + 32);
    if (std::isnan(number)) {
        digits = "nan";
    } else if (std::isinf(number)) {
        digits = "inf";
    } else if (format.type == '\0' && format.precision < 0) {
        digits = repr_of_real(std::fabs(number));
    } else {
        auto precision = format.precision < 0 ? 6 : format.precision;
        char const* pattern = "%.*f";
        if (!percent && type == 'e') pattern = format.alternate ? "%#.*e" : "%.*e";
        if (!percent && (type == 'g' || type == 'n')) pattern = format.alternate ? "%#.*g" : "%.*g";
        if (!percent && type == 'f' && format.alternate) pattern = "%#.*f";
        if (format.type == '\0') pattern = "%.*g";
        if (precision == 0 && pattern[3] == 'g') precision = 1;
        precision = std::min<std::int64_t>(precision, 500);
        std::array<char, 1200> buffer;
        std::snprintf(buffer.data(), buffer.size(), pattern, static_cast<int>(precision), std::fabs(number));
        digits = buffer.data();
        // Without a type, a float still shows that it is one.
        if (format.type == '\0' && digits.find_first_of(".en") == std::string::npos) digits += ".0";
    }
    group(digits, format.grouping, 3);
    bool const capital = format.type == 'F' || format.type == 'E' || format.type == 'G';
    return sign_of(negative, format.sign) + (capital ? upper_case(digits) : digits) + (percent ? "%" : "");
}

std::string padded(Budget& budget, FieldFormat const& format, std::string text, char align) {
    auto const size = static_cast<std::int64_t>(length_of(text));
    if (format.width <= size) return text;
    auto const missing = static_cast<std::size_t>(format.width - size);
    budget.spend(missing * format.fill.size());
    auto const fill = [&](std::size_t count) {
        std::string out;
        for (std::size_t i = 0; i < count; ++i) out += format.fill;
        return out;
    };
    switch (align) {
        case '<': return text + fill(missing);
        case '^': return fill(missing / 2) + text + fill(missing - missing / 2);
        case '=': {
            std::size_t start = text.find_first_not_of("+- ");
            if (start == std::string::npos) start = 0;
            if (text.size() > start + 1 && text[start] == '0' &&
                std::string_view("xXobB").find(text[start + 1]) != std::string_view::npos)
                start += 2;
            return text.insert(start, fill(missing));
        }
        default: return fill(missing) + text;
    }
}

}  // namespace soyuz::jinja
