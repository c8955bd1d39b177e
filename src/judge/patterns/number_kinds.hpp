#pragma once

#include <string>
#include <string_view>

namespace soyuz::judge {

/// Digits that are written as one number, with how they are grouped.
struct DigitGroups {
    std::string digits;  ///< without separators
    std::string shape;   ///< group lengths as letters: "c-d" for 3 digits, a dash, 4 digits
    bool has_plus = false;
    bool has_brackets = false;
};

/// What the text around a number speaks of.
struct NumberContext {
    bool phone_is_mentioned = false;
    bool id_is_mentioned = false;
};

/// What a number is: "payment_card", "national_id", "phone_number" or nothing.
std::string_view kind_of_number(DigitGroups const& number, NumberContext context);

/// Check digit of payment cards (ISO/IEC 7812-1, annex B).
bool passes_luhn(std::string_view digits);

/// Check digit of Aadhaar numbers (Verhoeff 1969).
bool passes_verhoeff(std::string_view digits);

/// Check of international bank account numbers (ISO 13616): letters in capitals or small, no spaces.
bool is_iban(std::string_view text);

}  // namespace soyuz::judge
