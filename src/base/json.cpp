#include "base/json.hpp"

#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace soyuz::base {

Result<Json> parse_json(std::string_view text, std::size_t max_depth) {
    if (!is_valid_utf8(text)) return Error{Code::bad_request, "The text is not valid UTF-8."};
    // The parser takes NUL for the end; another reader may read on.
    if (text.find('\0') != std::string_view::npos)
        return Error{Code::bad_request, "The text is not JSON: it holds NUL."};
    std::vector<std::set<std::string>> keys;
    char const* fault = nullptr;
    auto const watch = [&](int depth, Json::parse_event_t event, Json& value) {
        bool const opens = event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
        if (opens && static_cast<std::size_t>(depth) >= max_depth && fault == nullptr)
            fault = "It is nested too deeply.";
        if (fault != nullptr) return false;
        switch (event) {
            case Json::parse_event_t::object_start: keys.emplace_back(); break;
            case Json::parse_event_t::object_end: keys.pop_back(); break;
            case Json::parse_event_t::key:
                if (!keys.back().insert(value.get<std::string>()).second) fault = "A key stands twice in one object.";
                break;
            default: break;
        }
        return true;
    };
    // The callback keeps `keys` only as deep as the limit, but the parser itself is iterative and bounded by the text.
    try {
        Json parsed = Json::parse(text, watch);
        if (fault != nullptr) return Error{Code::bad_request, fault};
        return parsed;
    } catch (Json::parse_error const& error) {
        return Error{Code::bad_request, "The text is not JSON: error at byte " + std::to_string(error.byte) + "."};
    } catch (Json::exception const&) {
        return Error{Code::bad_request, "The text is not JSON."};
    }
}

std::string to_text(Json const& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace soyuz::base
