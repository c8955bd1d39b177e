#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "judge/lists/category.hpp"
#include "judge/lists/lexicon.hpp"
#include "judge/reading/read_text.hpp"

namespace soyuz::judge {

/// A named rule that looks at the form of a text. Each can be switched off by its name.
struct PatternHit {
    std::string_view rule;  ///< "phone_number", "link_flood", …
    Category category = Category::spam;
    double score = 0;
    std::uint32_t start = 0;  ///< code points of the original
    std::uint32_t end = 0;
};

/// Personal information: phone numbers (international, Pakistani, Indian, US and European forms; also spelt out or
/// spaced), e-mail addresses (also "name at host dot com"), payment cards (Luhn), national ids (CNIC, Aadhaar, SSN),
/// bank accounts (IBAN), street addresses. Linear in the length of the text.
void find_personal_information(ReadText const& text, Findings const& findings, std::vector<PatternHit>& hits);

/// Spam: repeated characters and words, capitals, floods of emoji, mentions and links, link shorteners, scam and
/// phishing phrases. Linear in the length of the text.
void find_spam(ReadText const& text, Findings const& findings, std::vector<PatternHit>& hits);

/// A sign of advertising: a link, a price or percentage, a long number, or a word that lures.
bool has_sign_of_advertising(ReadText const& text);

}  // namespace soyuz::judge
