#include "web/pages/room_sections.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <unicode/coll.h>
#include <unicode/locid.h>
#include <unicode/stringpiece.h>

#include "chat/rooms/rooms.hpp"

namespace soyuz::web {

using Json = nlohmann::json;

namespace {

/// Null where ICU has no data: names are compared by their bytes then.
std::unique_ptr<icu::Collator> natural_order(std::string const& language) {
    auto status = U_ZERO_ERROR;
    std::unique_ptr<icu::Collator> collator{icu::Collator::createInstance(icu::Locale{language.c_str()}, status)};
    if (U_SUCCESS(status)) collator->setAttribute(UCOL_NUMERIC_COLLATION, UCOL_ON, status);
    return U_SUCCESS(status) ? std::move(collator) : nullptr;
}

bool is_before(Json const& one, Json const& other, icu::Collator const* collator) {
    bool const is_lobby = one["name"] == chat::Rooms::lobby_name;
    if (is_lobby != (other["name"] == chat::Rooms::lobby_name)) return is_lobby;
    auto const& first = one["title"].get_ref<std::string const&>();
    auto const& second = other["title"].get_ref<std::string const&>();
    if (collator == nullptr) return first < second;
    auto status = U_ZERO_ERROR;
    return collator->compareUTF8(first, second, status) == UCOL_LESS;
}

}  // namespace

Json room_sections(Json const& rooms, std::string const& language, bool by_time) {
    std::vector<Json const*> wanted, calm, direct;
    for (auto const& room : rooms) {
        auto& section = room["unread"] != 0 ? wanted : room["kind"] == "direct" ? direct : calm;
        section.push_back(&room);
    }
    auto const collator = natural_order(language);
    auto sections = Json::array();
    for (auto& [title, list] :
         {std::pair{"rooms.wanted", &wanted}, {"rooms.title", &calm}, {"rooms.direct", &direct}}) {
        if (list->empty()) continue;
        std::stable_sort(list->begin(), list->end(), [&](Json const* one, Json const* other) {
            auto const at = one->value("last_at", std::string{});
            auto const other_at = other->value("last_at", std::string{});
            return by_time && at != other_at ? at > other_at : is_before(*one, *other, collator.get());
        });
        auto shown = Json::array();
        for (auto const* room : *list) shown.push_back(*room);
        sections.push_back({{"title", title}, {"rooms", std::move(shown)}});
    }
    return sections;
}

}  // namespace soyuz::web
