#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/message.hpp"
#include "chat/room.hpp"
#include "chat/user.hpp"
#include "search/matcher.hpp"
#include "search/query.hpp"

namespace soyuz::search {
class Candidates;
class Index;
struct Request;
}  // namespace soyuz::search

namespace soyuz::chat {

struct MessageContext;

/// Finds messages among all that somebody may read. The index says where to look; what is found was read from the store
/// just then, so that nothing is shown that was changed or deleted. Where there is no index, or it is being made, the
/// newest messages are looked through instead.
///
/// Thread-safe; blocks on the disk: for the threads of searches.
class Search {
public:
    explicit Search(MessageContext const& context) : context_(context) {}

    /// Set before the server starts; `index` outlives this.
    void use(search::Index& index) { index_ = &index; }
    /// Whose messages a reader is not shown. Set before the server starts.
    std::function<bool(User const& reader, base::UserId const& author)> is_hidden;

    struct Query {
        std::string text;  ///< as search::parse_query reads it
        base::RoomId room;
        base::UserId from;
        std::optional<base::Timestamp> before, after;  ///< <, and >
        std::size_t limit = 50;
        std::chrono::minutes zone{0};  ///< of the days in `text`
        bool best_first = false;       ///< otherwise newest first
        std::string page;              ///< `next` of the page before
    };
    struct Hit {
        MessagePtr message;
        std::vector<search::Matcher::Range> marks;  ///< bytes of its text
    };
    struct Page {
        std::vector<Hit> hits;
        std::string next;         ///< "" where there is no more
        bool is_complete = true;  ///< false: older messages were not looked through
    };
    /// Errors: unknown_room; invalid_value where `text` names a room or person that there is not, or `page` is no page.
    base::Result<Page> find(User const& reader, Query const& query) const;

private:
    struct Task;
    struct Found;

    base::Result<void> understand(User const& reader, Query const& query, Task& task) const;
    base::Result<base::RoomId> room_called(User const& reader, std::string const& name) const;
    base::Result<bool> read(Task const& task, base::RoomId const& room, base::Seq first, base::Seq last,
                            Found& found) const;
    base::Result<Page> by_index(Task const& task, search::Candidates& candidates) const;
    base::Result<Page> by_reading(Task const& task) const;
    Page page_of(Task const& task, Found& found) const;

    MessageContext const& context_;
    search::Index* index_ = nullptr;
};

}  // namespace soyuz::chat
