#include "search/query.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace soyuz::search {

namespace {

constexpr std::size_t most_clauses = 16;

/// The quotes that keyboards have.
struct Quotes {
    std::string_view opening, closing;
};
constexpr std::array<Quotes, 5> all_quotes{{{"\"", "\""}, {"“", "”"}, {"„", "“"}, {"«", "»"}, {"”", "”"}}};

std::optional<std::string_view> quoted_at(std::string_view text, std::size_t& at) {
    for (auto const& [opening, closing] : all_quotes) {
        if (!text.substr(at).starts_with(opening)) continue;
        auto const from = at + opening.size();
        auto const end = std::min(text.find(closing, from), text.size());
        at = std::min(end + closing.size(), text.size());
        return text.substr(from, end - from);
    }
    return std::nullopt;
}

bool is_space(std::string_view text, std::size_t at) {
    return text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r' ||
           text.substr(at).starts_with("\u00a0") || text.substr(at).starts_with("\u3000") ||
           text.substr(at).starts_with("\u2028");
}

std::string_view bare_at(std::string_view text, std::size_t& at) {
    auto const from = at;
    while (at < text.size() && !is_space(text, at)) ++at;
    return text.substr(from, at - from);
}

std::string without(std::string_view text, char mark) {
    return std::string{text.starts_with(mark) ? text.substr(1) : text};
}

class Parser {
public:
    Parser(std::string_view text, std::chrono::minutes zone) : text_(text), zone_(zone) {}

    Query run() {
        for (std::size_t at = 0; at < text_.size();) {
            if (is_space(text_, at)) {
                ++at;
                while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0U) == 0x80U) ++at;
            } else if (auto const phrase = quoted_at(text_, at)) {
                add(*phrase, true);
            } else {
                read_bare(at);
            }
        }
        return std::move(query_);
    }

private:
    void read_bare(std::size_t& at) {
        auto const begin = at;
        auto const bare = bare_at(text_, at);
        auto const colon = bare.find(':');
        if (colon == std::string_view::npos || colon == 0) return add(bare, false);
        auto const key = base::lower_ascii(bare.substr(0, colon));
        auto value_at = begin + colon + 1;
        auto const quoted = value_at < text_.size() ? quoted_at(text_, value_at) : std::nullopt;
        if (!apply(key, quoted ? *quoted : bare.substr(colon + 1))) return add(bare, false);
        if (quoted) at = value_at;
    }

    bool apply(std::string const& key, std::string_view value) {
        if (value.empty()) return false;
        if (key == "from") return !(query_.from = without(value, '@')).empty();
        if (key == "in") return !(query_.in = without(value, '#')).empty();
        if (key == "has") {
            auto const kind = parse_has(value);
            query_.has = static_cast<std::uint8_t>(query_.has | kind);
            return kind != 0;
        }
        if (key == "before") return set(query_.before, parse_moment(value, zone_, false));
        if (key == "after") return set(query_.after, parse_moment(value, zone_, true));
        return false;
    }

    static bool set(std::optional<base::Timestamp>& to, std::optional<base::Timestamp> moment) {
        if (moment) to = moment;
        return moment.has_value();
    }

    void add(std::string_view text, bool is_exact) {
        if (query_.clauses.size() >= most_clauses) return;
        Clause clause{words_of(text), is_exact};
        if (!clause.words.empty()) query_.clauses.push_back(std::move(clause));
    }

    std::string_view const text_;
    std::chrono::minutes const zone_;
    Query query_;
};

}  // namespace

std::uint8_t parse_has(std::string_view name) {
    auto const lower = base::lower_ascii(name);
    constexpr std::array<std::pair<std::string_view, Has>, 16> names{{{"file", has_file},
                                                                      {"files", has_file},
                                                                      {"attachment", has_file},
                                                                      {"picture", has_picture},
                                                                      {"pictures", has_picture},
                                                                      {"image", has_picture},
                                                                      {"images", has_picture},
                                                                      {"photo", has_picture},
                                                                      {"sound", has_sound},
                                                                      {"audio", has_sound},
                                                                      {"voice", has_sound},
                                                                      {"video", has_video},
                                                                      {"videos", has_video},
                                                                      {"link", has_link},
                                                                      {"links", has_link},
                                                                      {"poll", has_poll}}};
    auto const found = std::find_if(names.begin(), names.end(), [&](auto const& each) { return each.first == lower; });
    return found == names.end() ? std::uint8_t{0} : static_cast<std::uint8_t>(found->second);
}

std::optional<base::Timestamp> parse_moment(std::string_view text, std::chrono::minutes zone, bool at_end) {
    if (auto const time = base::parse_rfc3339(text)) return time;
    if (text.size() != 10) return std::nullopt;
    auto const day = base::parse_rfc3339(std::string{text} + "T00:00:00Z");
    if (!day) return std::nullopt;
    return *day - zone + (at_end ? std::chrono::hours{24} : std::chrono::hours{0});
}

Query parse_query(std::string_view text, std::chrono::minutes zone) {
    if (!base::is_valid_utf8(text)) return {};
    return Parser{text, zone}.run();
}

}  // namespace soyuz::search
