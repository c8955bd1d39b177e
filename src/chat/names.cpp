#include "chat/names.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/visible_text.hpp"
#include "chat/accounts/password_text.hpp"

namespace soyuz::chat {

namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_domain(std::string_view domain) {
    if (domain == "localhost") return true;
    if (domain.find('.') == std::string_view::npos || domain.front() == '.' || domain.back() == '.') return false;
    for (std::string_view const wrong : {"..", ".-", "-."})
        if (domain.find(wrong) != std::string_view::npos) return false;
    if (domain.front() == '-' || domain.back() == '-') return false;
    return std::all_of(domain.begin(), domain.end(), [](char c) {
        return is_letter_or_digit(c) || c == '.' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
    });
}

}  // namespace

std::optional<std::string> fault_of_username(std::string_view name, std::size_t most) {
    if (name.size() < 3 || name.size() > most) return "must have 3 to " + std::to_string(most) + " characters";
    bool const allowed = std::all_of(name.begin(), name.end(),
                                     [](char c) { return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-'; });
    if (!allowed) return "may have only the letters A to Z, digits, and the characters _ . -";
    if (std::none_of(name.begin(), name.end(), is_letter_or_digit)) return "must have at least one letter or digit";
    auto const lower = base::lower_ascii(name);
    if (lower == "deleted" || lower == "system") return "is reserved";
    return std::nullopt;
}

std::optional<std::string> fault_of_display_name(std::string_view name, std::size_t most) {
    if (!base::is_valid_utf8(name)) return "is not valid text";
    if (name.empty()) return "must not be empty";
    return fault_of_line(name, most);
}

std::optional<std::string> fault_of_line(std::string_view text, std::size_t most) {
    if (!base::is_valid_utf8(text)) return "is not valid text";
    if (base::count_code_points(text) > most) return "must have at most " + std::to_string(most) + " characters";
    if (!text.empty() && !base::shows_something(text)) return "has nothing that can be seen";
    if (base::has_hidden_characters(text)) return "has invisible or control characters";
    if (base::has_towering_marks(text)) return "has too many marks on one letter";
    return std::nullopt;
}

std::optional<std::string> fault_of_email(std::string_view address) {
    constexpr auto fault = "is not an e-mail address";
    auto const at = address.find('@');
    if (address.size() > 254 || at == std::string_view::npos || at == 0 || at > 64 || at + 1 >= address.size())
        return fault;
    if (address.find('@', at + 1) != std::string_view::npos || !base::is_valid_utf8(address)) return fault;
    if (base::has_unseen_characters(address) || base::has_hidden_characters(address) ||
        address.find_first_of(" \"<>(),;:\\[]`") != std::string_view::npos)
        return fault;
    // RFC 5321, 4.1.2: dots part what is between them.
    auto const local = address.substr(0, at);
    if (local.front() == '.' || local.back() == '.' || local.find("..") != local.npos) return fault;
    if (!is_domain(base::lower_ascii(address.substr(at + 1)))) return fault;
    return std::nullopt;
}

std::optional<std::string> fault_of_password(std::string_view password, std::string_view username) {
    if (!base::is_valid_utf8(password)) return "is not valid text";
    if (base::count_code_points(password) < 8) return "must have at least 8 characters";
    if (password.size() > max_password_bytes)
        return "must have at most " + std::to_string(max_password_bytes) + " bytes";
    if (base::lower_ascii(password) == base::lower_ascii(username)) return "must not be the user name";
    if (is_common_password(password)) return "is too common: it is among the first that are tried";
    return std::nullopt;
}

std::optional<std::string> fault_of_room_name(std::string_view name) {
    if (name.size() < 2 || name.size() > 50) return "must have 2 to 50 characters";
    bool const allowed = std::all_of(
        name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    if (!allowed) return "may have only the letters a to z, digits and dashes";
    if (name.front() == '-' || name.back() == '-') return "must not begin or end with a dash";
    if (name.starts_with("dm-")) return "must not begin with dm-";
    return std::nullopt;
}

std::string room_name_from(std::string_view title) {
    std::string name;
    for (char const c : base::lower_ascii(title)) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            name += c;
        } else if (!name.empty() && name.back() != '-') {
            name += '-';
        }
        if (name.size() == 40) break;
    }
    while (!name.empty() && name.back() == '-') name.pop_back();
    return fault_of_room_name(name) ? std::string{} : name;
}

}  // namespace soyuz::chat
