#include <charconv>
#include <string>
#include <string_view>

#include "chat/accounts/accounts.hpp"
#include "chat/messages/messages.hpp"
#include "chat/rooms/rooms.hpp"
#include "contract/shapes.hpp"
#include "web/api/rooms.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

namespace {

constexpr std::size_t longest_query = 400;
constexpr int farthest_zone = 24 * 60;

std::optional<base::Timestamp> query_time(Call const& call, std::string_view name) {
    auto const text = call.query(name);
    if (!text || text->empty()) return std::nullopt;
    auto const time = base::parse_rfc3339(*text);
    if (!time) throw Refused{base::invalid_field(std::string{name}, "This must be a time as in 2026-11-21T07:14:44Z.")};
    return time;
}

std::chrono::minutes zone_of(Call const& call) {
    auto const text = call.query("zone").value_or("0");
    int minutes = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), minutes);
    if (fault != std::errc{} || end != text.data() + text.size() || std::abs(minutes) > farthest_zone)
        throw Refused{base::invalid_field("zone", "This must be minutes ahead of UTC, as in 300.")};
    return std::chrono::minutes{minutes};
}

/// Places in a text as browsers count them, for places in bytes that ascend.
class Utf16Places {
public:
    explicit Utf16Places(std::string_view text) : text_(text) {}

    std::size_t at(std::size_t byte) {
        for (; byte_ < byte && byte_ < text_.size(); ++byte_) {
            auto const c = static_cast<unsigned char>(text_[byte_]);
            if ((c & 0xC0U) != 0x80U) units_ += c >= 0xF0 ? 2 : 1;
        }
        return units_;
    }

private:
    std::string_view const text_;
    std::size_t byte_ = 0, units_ = 0;
};

void append_marks(std::string& out, chat::Search::Hit const& hit) {
    Utf16Places places{hit.message->text};
    out += '[';
    for (auto const& mark : hit.marks) {
        if (out.back() != '[') out += ',';
        out += '[' + std::to_string(places.at(mark.begin)) + ',';
        out += std::to_string(places.at(mark.end)) + ']';
    }
    out += ']';
}

std::string page_json(chat::Search::Page const& page, chat::Accounts const& accounts) {
    std::string text = R"({"messages":[)";
    for (auto const& hit : page.hits) {
        if (text.back() != '[') text += ',';
        contract::append_message_json(text, *hit.message, accounts);
    }
    text += R"(],"marks":[)";
    bool first = true;
    for (auto const& hit : page.hits) {
        if (!first) text += ',';
        first = false;
        append_marks(text, hit);
    }
    text += page.next.empty() ? R"(],"has_more":false)" : R"(],"has_more":true,"next":")" + page.next + '"';
    return text + (page.is_complete ? R"(,"complete":true})" : R"(,"complete":false})");
}

void search(SiteContext& site, Call& call) {
    chat::Search::Query query;
    query.text = call.query("q").value_or("");
    if (auto const name = call.query("room"); name && !name->empty()) query.room = room_for(site, call, *name)->id;
    if (auto const name = call.query("from"); name && !name->empty()) query.from = find_user(site, *name)->id;
    query.before = query_time(call, "before");
    query.after = query_time(call, "after");
    query.zone = zone_of(call);
    query.page = call.query("page").value_or("");
    auto const limit = call.query_number("limit").value_or(50);
    if (limit < 1 || limit > 200) throw Refused{base::invalid_field("limit", "This must be from 1 to 200.")};
    query.limit = limit;
    auto const order = call.query("order").value_or("newest");
    if (order != "newest" && order != "best")
        throw Refused{base::invalid_field("order", "This must be newest or best.")};
    query.best_first = order == "best";
    if (query.text.size() > longest_query) throw Refused{base::invalid_field("q", "This is too long.")};
    if (query.text.empty() && query.from.empty())
        throw Refused{base::invalid_field("q", "Say what to look for, or from whom.")};
    auto const page = or_refuse(site.messages.search.find(call.user(), query));
    call.answer(json_answer(page_json(page, site.accounts)));
}

}  // namespace

void add_search_routes(Router& router) {
    router.get("/api/v1/search", Rights::signed_in, search)
        .costs(Cost::search)
        .reads({"q", "room", "from", "before", "after", "limit", "order", "page", "zone"})
        .about(
            "Messages that q finds over the rooms that the caller may read: words, \"phrases\", from: in: before: "
            "after: has:. Newest first, or best first. marks are places in the texts, in UTF-16 units; next opens the "
            "next page")
        .answers("FoundMessages");
}

}  // namespace soyuz::web
