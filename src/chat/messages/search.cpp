#include "chat/messages/search.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "base/log.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/messages/message_context.hpp"
#include "chat/messages/records.hpp"
#include "chat/rooms/rooms.hpp"
#include "search/database.hpp"
#include "search/index.hpp"
#include "search/words.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

using base::Code;
using base::Error;
using base::Result;
using base::Seq;

namespace {

constexpr std::size_t max_page = 200;
// Stretches that are read for one page: what isn't met by then is on the next.
constexpr std::size_t max_stretches = 3'000;
constexpr std::size_t max_weighed = 400;   // hits among which the best are
constexpr std::size_t max_read = 100'000;  // messages, where there is no index
constexpr Seq read_step = 256;

/// Newest first; those of one moment in the order of their ids.
struct Order {
    base::Timestamp sent_at{};
    base::MessageId id;
    bool operator<(Order const& other) const {
        return std::tie(other.sent_at, other.id.room, other.id.seq) < std::tie(sent_at, id.room, id.seq);
    }
};

std::string to_text(Order const& last) {
    auto text = std::to_string(last.sent_at.time_since_epoch().count());
    if (!last.id.room.empty()) text += '.' + base::to_string(last.id);
    return text;
}

std::optional<Order> parse_order(std::string_view text) {
    Order order;
    std::int64_t time = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), time);
    if (fault != std::errc{}) return std::nullopt;
    order.sent_at = base::Timestamp{std::chrono::milliseconds{time}};
    auto const used = static_cast<std::size_t>(end - text.data());
    if (used == text.size()) return order;
    auto const id = text[used] == '.' ? base::parse_message_id(text.substr(used + 1)) : std::nullopt;
    if (!id) return std::nullopt;
    order.id = *id;
    return order;
}

}  // namespace

/// A query that is understood.
struct Search::Task {
    User const& reader;
    search::Query query;
    base::RoomId room;
    base::UserId from;
    std::optional<base::Timestamp> before{}, from_time{};  ///< <, and >=
    std::size_t limit = 50;
    bool best_first = false;
    std::size_t skip = 0;          ///< of the best
    std::optional<Order> after{};  ///< the last of the page before
    search::Matcher matcher{{}};

    std::size_t wanted() const { return best_first ? max_weighed : limit + 1; }
};

struct Search::Found {
    struct Weighed {
        Hit hit;
        double worth = 0;
    };
    std::map<Order, Weighed> hits;
    std::optional<base::Timestamp> stopped_at;  ///< what is older was not looked at
    bool is_complete = true;
};

Result<Search::Page> Search::find(User const& reader, Query const& query) const {
    Task task{reader, search::parse_query(query.text, query.zone), query.room, query.from, {}, {}};
    if (auto understood = understand(reader, query, task); !understood) return understood.error();
    if (index_ != nullptr) {
        search::Request request;
        request.clauses = task.query.clauses;
        request.may_read = [&](base::RoomId const& id) {
            auto const room = context_.rooms.find(id);
            return room && context_.rooms.may_read(reader, *room);
        };
        if (!task.room.empty()) request.room = task.room;
        request.sender = task.from.value;
        request.has = task.query.has;
        request.before = task.before;
        request.after = task.from_time;
        try {
            if (auto const candidates = index_->look(std::move(request))) return by_index(task, *candidates);
        } catch (search::DatabaseFailure const& failure) {
            base::log::warn("a search did without the index", {{"error", failure.what()}});
        }
    }
    return by_reading(task);
}

Result<void> Search::understand(User const& reader, Query const& query, Task& task) const {
    using std::chrono::milliseconds;
    task.matcher = search::Matcher{task.query.clauses};
    task.limit = std::clamp<std::size_t>(query.limit, 1, max_page);
    task.best_first = query.best_first;
    auto const earlier = [](auto& to, auto const& with) {
        if (with && (!to || *with < *to)) to = with;
    };
    auto const later = [](auto& to, auto const& with) {
        if (with && (!to || *with > *to)) to = with;
    };
    earlier(task.before, query.before);
    earlier(task.before, task.query.before);
    if (query.after) task.from_time = *query.after + milliseconds{1};
    later(task.from_time, task.query.after);
    if (!task.query.from.empty()) {
        auto const& name = task.query.from;
        auto const user = name == "me" ? context_.accounts.find(reader.id) : context_.accounts.find_by_name(name);
        if (!user) return base::invalid_field("q", "There is nobody called " + name + '.');
        task.from = user->id;
    }
    if (!task.query.in.empty()) {
        auto const room = room_called(reader, task.query.in);
        if (!room) return room.error();
        task.room = *room;
    } else if (!task.room.empty()) {
        auto const room = context_.rooms.find(task.room);
        if (!room || !context_.rooms.may_read(reader, *room))
            return Error{Code::unknown_room, "There is no such room."};
    }
    if (query.page.empty()) return {};
    if (query.best_first) {
        auto const [end, fault] = std::from_chars(query.page.data(), query.page.data() + query.page.size(), task.skip);
        if (fault == std::errc{} && end == query.page.data() + query.page.size()) return {};
    } else if ((task.after = parse_order(query.page))) {
        earlier(task.before, std::optional{task.after->sent_at + milliseconds{1}});
        return {};
    }
    return base::invalid_field("page", "There is no such page.");
}

/// By address or by title; with an @, the direct room with somebody.
Result<base::RoomId> Search::room_called(User const& reader, std::string const& name) const {
    if (name.starts_with('@')) {
        auto const other = context_.accounts.find_by_name(name.substr(1));
        auto const direct = other ? context_.rooms.find_direct(reader.id, other->id) : nullptr;
        if (direct) return direct->id;
    } else if (auto const room = context_.rooms.find_for(reader, name)) {
        return room->id;
    }
    auto const sought = search::fold_word(name);
    for (auto const& room : context_.rooms.visible_to(reader))
        if (search::fold_word(room->title) == sought) return room->id;
    return base::invalid_field("q", "There is no room called " + name + '.');
}

/// Adds what answers among some messages. True where all that was wanted is found, and is newer than all of these.
Result<bool> Search::read(Task const& task, base::RoomId const& id, Seq first, Seq last, Found& found) const {
    auto const room = context_.rooms.find(id);
    if (!room) return false;
    first = std::max(first, context_.rooms.cleared_seq(task.reader.id, *room) + 1);
    auto const stored = first > last ? Result<std::vector<store::StoredMessage>>{std::vector<store::StoredMessage>{}}
                                     : context_.store.messages(id, first, last);
    if (!stored) return stored.error();
    for (auto const& [seq, body] : *stored) {
        auto message = parse_body(body, {id, seq}, context_.accounts);
        if (!message || message->deleted) continue;
        if (!task.from.empty() && message->sender->id != task.from) continue;
        if (task.before && message->sent_at >= *task.before) continue;
        if (task.from_time && message->sent_at < *task.from_time) continue;
        if ((has_of(*message) & task.query.has) != task.query.has) continue;
        Order const order{message->sent_at, message->id};
        if (task.after && !(*task.after < order)) continue;
        if (is_hidden && is_hidden(task.reader, message->sender->id)) continue;
        std::vector<std::string_view> names;
        for (auto const& attachment : message->attachments) names.emplace_back(attachment.name);
        auto match = task.matcher.match(message->text, names);
        if (!match) continue;
        message->room_name = room->name;
        found.hits.try_emplace(
            order, Found::Weighed{{std::make_shared<Message const>(std::move(*message)), std::move(match->hits)},
                                  match->worth});
        if (found.hits.size() > task.wanted()) found.hits.erase(std::prev(found.hits.end()));
    }
    return true;
}

Result<Search::Page> Search::by_index(Task const& task, search::Candidates& candidates) const {
    Found found;
    std::size_t stretches = 0;
    while (auto const stretch = candidates.next()) {
        if (found.hits.size() >= task.wanted() && found.hits.rbegin()->first.sent_at > stretch->ended) break;
        if (++stretches > max_stretches) {
            found.stopped_at = stretch->ended;
            break;
        }
        if (auto const done = read(task, stretch->room, stretch->first, stretch->last, found); !done)
            return done.error();
    }
    return page_of(task, found);
}

/// A step of each room in turn, the newest first; a room is done once it gave a whole page, because what follows is
/// older.
Result<Search::Page> Search::by_reading(Task const& task) const {
    struct Left {
        base::RoomId room;
        Seq last;
    };
    std::vector<Left> left;
    auto const begin = [&](base::RoomId const& room) { left.push_back({room, context_.rooms.last_seq(room)}); };
    if (!task.room.empty()) {
        begin(task.room);
    } else {
        for (auto const& room : context_.rooms.visible_to(task.reader)) begin(room->id);
        begin(context_.rooms.board()->id);
    }
    Found found;
    std::size_t read_so_far = 0;
    std::erase_if(left, [](auto const& room) { return room.last == 0; });
    while (!left.empty() && read_so_far < max_read) {
        for (auto& [room, last] : left) {
            auto const first = last > read_step ? last - read_step + 1 : 1;
            auto const before = found.hits.size();
            if (auto const done = read(task, room, first, last, found); !done) return done.error();
            read_so_far += last - first + 1;
            last = first - 1;
            if (found.hits.size() == before && before >= task.wanted()) last = 0;
        }
        std::erase_if(left, [](auto const& room) { return room.last == 0; });
    }
    found.is_complete = left.empty();
    return page_of(task, found);
}

Search::Page Search::page_of(Task const& task, Found& found) const {
    Page page;
    page.is_complete = found.is_complete;
    if (!task.best_first) {
        // What is older than where it stopped may have newer ones beside it: that is the next page's.
        if (found.stopped_at) {
            std::erase_if(found.hits, [&](auto const& each) { return each.first.sent_at <= *found.stopped_at; });
            if (found.hits.size() <= task.limit)
                page.next = to_text({*found.stopped_at + std::chrono::milliseconds{1}, {}});
        }
        for (auto& [order, weighed] : found.hits) {
            if (page.hits.size() == task.limit) {
                auto const& last = *page.hits.back().message;
                page.next = to_text({last.sent_at, last.id});
                break;
            }
            page.hits.push_back(std::move(weighed.hit));
        }
        return page;
    }
    std::vector<Found::Weighed> weighed;
    for (auto& [order, each] : found.hits) weighed.push_back(std::move(each));
    std::stable_sort(weighed.begin(), weighed.end(), [](auto const& a, auto const& b) { return a.worth > b.worth; });
    for (auto at = task.skip; at < weighed.size(); ++at) {
        if (page.hits.size() == task.limit) {
            page.next = std::to_string(at);
            break;
        }
        page.hits.push_back(std::move(weighed[at].hit));
    }
    return page;
}

}  // namespace soyuz::chat
