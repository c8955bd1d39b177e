#include "base/json_members.hpp"

#include <nlohmann/json.hpp>

namespace soyuz::base {

Json const* Members::find(char const* key) const {
    auto const found = json_.find(key);
    return found == json_.end() ? nullptr : &*found;
}

std::string Members::text(char const* key) const {
    auto const* value = find(key);
    return value != nullptr && value->is_string() ? value->get<std::string>() : std::string{};
}

std::uint64_t Members::number(char const* key) const {
    auto const* value = find(key);
    return value != nullptr && value->is_number_unsigned() ? value->get<std::uint64_t>() : 0;
}

double Members::fraction(char const* key) const {
    auto const* value = find(key);
    return value != nullptr && value->is_number() ? value->get<double>() : 0;
}

bool Members::flag(char const* key) const {
    auto const* value = find(key);
    return value != nullptr && *value == true;
}

std::optional<Timestamp> Members::time(char const* key) const { return parse_rfc3339(text(key)); }

std::vector<std::string> Members::texts(char const* key) const {
    std::vector<std::string> list;
    auto const* value = find(key);
    if (value == nullptr || !value->is_array()) return list;
    for (auto const& item : *value) {
        if (item.is_string()) list.push_back(item.get<std::string>());
    }
    return list;
}

}  // namespace soyuz::base
