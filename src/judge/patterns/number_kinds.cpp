#include "judge/patterns/number_kinds.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace soyuz::judge {

bool passes_luhn(std::string_view digits) {
    int sum = 0;
    bool doubled = false;
    for (auto i = digits.size(); i-- > 0; doubled = !doubled) {
        int value = digits[i] - '0';
        if (doubled) value = value > 4 ? value * 2 - 9 : value * 2;
        sum += value;
    }
    return sum % 10 == 0;
}

bool passes_verhoeff(std::string_view digits) {
    static constexpr std::array<std::array<std::uint8_t, 10>, 10> product{{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                                                                           {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
                                                                           {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
                                                                           {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
                                                                           {4, 0, 1, 2, 3, 9, 5, 6, 7, 8},
                                                                           {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
                                                                           {6, 5, 9, 8, 7, 1, 0, 4, 3, 2},
                                                                           {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
                                                                           {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
                                                                           {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}};
    static constexpr std::array<std::array<std::uint8_t, 10>, 8> permutation{{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                                                                              {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
                                                                              {5, 8, 0, 3, 7, 9, 6, 1, 4, 2},
                                                                              {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
                                                                              {9, 4, 5, 3, 1, 2, 6, 8, 7, 0},
                                                                              {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
                                                                              {2, 7, 9, 3, 8, 0, 6, 4, 1, 5},
                                                                              {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}}};
    std::uint8_t check = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        auto const digit = static_cast<std::size_t>(digits[digits.size() - 1 - i] - '0');
        check = product[check][permutation[i % 8][digit]];
    }
    return check == 0;
}

bool is_iban(std::string_view text) {
    if (text.size() < 15 || text.size() > 34) return false;
    auto const value = [](char c) -> int {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'z') return c - 'a' + 10;
        return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
    };
    if (value(text[0]) < 10 || value(text[1]) < 10 || value(text[2]) > 9 || value(text[3]) > 9) return false;
    int remainder = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        int const v = value(text[(i + 4) % text.size()]);
        if (v < 0) return false;
        remainder = (remainder * (v > 9 ? 100 : 10) + v) % 97;
    }
    return remainder == 1;
}

std::string_view kind_of_number(DigitGroups const& number, NumberContext context) {
    bool const phone_is_mentioned = context.phone_is_mentioned;
    auto const& digits = number.digits;
    auto const& shape = number.shape;
    auto const size = digits.size();
    bool const all_same = std::all_of(digits.begin(), digits.end(), [&](char c) { return c == digits[0]; });
    if (all_same) return {};
    auto const begins = [&](std::string_view with) { return digits.compare(0, with.size(), with) == 0; };

    bool const card_prefix = begins("4") || (digits[0] == '5' && digits[1] >= '1' && digits[1] <= '5') ||
                             begins("34") || begins("37") || begins("6011") || begins("65") || begins("62") ||
                             begins("35") || begins("30") || begins("36") || begins("22") || begins("23") ||
                             begins("24") || begins("25") || begins("26") || begins("27") || begins("50") ||
                             begins("60");
    if (size >= 14 && size <= 19 && card_prefix && !number.has_plus && passes_luhn(digits)) return "payment_card";

    if (shape == "e-g-a" || shape == "e g a") return "national_id";                  // CNIC 12345-1234567-1
    if (shape == "c-b-d" && !begins("000") && !begins("666")) return "national_id";  // SSN 123-45-6789
    if ((shape == "d d d" || shape == "d-d-d" || (shape == "l" && (phone_is_mentioned || context.id_is_mentioned))) &&
        size == 12 && digits[0] > '1' && passes_verhoeff(digits))
        return "national_id";

    if (context.id_is_mentioned && (size == 9 || size == 12 || size == 13) && number.shape.size() == 1)
        return "national_id";

    if (size < 7 || size > 15) return {};
    // A date, a range of years or a list of small numbers is no telephone.
    if (shape == "d-b-b" || shape == "b-b-d" || shape == "d-d" || shape == "b.b.d" || shape == "d.b.b" ||
        shape == "b/b/d")
        return {};
    auto const dots = static_cast<std::size_t>(std::count(shape.begin(), shape.end(), '.'));
    if (dots > 0 && (dots != 2 || shape != "c.c.d")) {
        if (!(number.has_plus || (begins("0") && size >= 9))) return {};
    }
    bool const singles = shape.find_first_not_of("a -.") == std::string::npos;
    if (singles)
        return size >= 9 && (digits[0] == '0' || digits[0] >= '6' || phone_is_mentioned || size == 10)
                   ? "phone_number"
                   : std::string_view{};
    if (number.has_plus) return size >= 9 ? "phone_number" : std::string_view{};
    if (begins("00") && size >= 11) return "phone_number";
    if (begins("03") && size == 11) return "phone_number";  // Pakistani mobile
    if (begins("923") && size == 12) return "phone_number";
    if (begins("91") && size == 12 && digits[2] >= '6') return "phone_number";
    if (begins("0") && size >= 10 && size <= 12 && (shape.size() > 1 || phone_is_mentioned || size == 11))
        return "phone_number";
    if (size == 10 && digits[0] >= '6' &&
        (shape == "j" || shape == "e e" || shape == "e-e" || shape == "d c c" || shape == "c c d"))
        return "phone_number";  // India
    if (size == 10 && digits[0] >= '2' &&
        (shape == "c-c-d" || shape == "c.c.d" || shape == "c c d" || number.has_brackets))
        return "phone_number";
    if (size == 11 && digits[0] == '1' && shape.size() > 1) return "phone_number";
    if (size == 7 && shape == "c-d" && phone_is_mentioned) return "phone_number";
    if (phone_is_mentioned && size >= 9) return "phone_number";
    return {};
}

}  // namespace soyuz::judge
