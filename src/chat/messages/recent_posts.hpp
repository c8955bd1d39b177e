#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/message.hpp"
#include "chat/messages/message_context.hpp"

namespace soyuz::chat {

/// Which message each author's client_id gave, for a day: a retry gets the first result instead of a second message.
/// Thread-safe. Keeps at most `max_entries`, about 100 bytes each; the oldest go first.
class RecentPosts {
public:
    static constexpr std::chrono::hours memory{24};

    RecentPosts(base::Clock const& clock, std::size_t max_entries);

    enum class Turn {
        first,    ///< nobody has posted it: do it, then call `finish`
        waiting,  ///< the first is on its way: `done` runs when it is finished
        known,    ///< `id` is the message that it gave
    };
    struct Begun {
        Turn turn = Turn::first;
        base::MessageId id;
    };
    Begun begin(base::UserId const& user, std::string_view client_id, MessageDone done);
    /// Remembers a success, forgets a failure, and tells those who wait.
    void finish(base::UserId const& user, std::string_view client_id, base::Result<MessagePtr> const& result,
                judge::Verdict const& verdict, Settled settled);
    /// After a restart.
    void remember(base::UserId const& user, std::string_view client_id, base::MessageId const& id,
                  base::Timestamp sent_at);
    std::size_t size() const;

private:
    using Key = std::array<std::uint64_t, 2>;
    struct HashOfKey {
        std::size_t operator()(Key const& key) const noexcept { return static_cast<std::size_t>(key[0]); }
    };
    struct Entry {
        std::uint32_t room = 0;
        base::Seq seq = 0;
    };

    Key key_of(base::UserId const& user, std::string_view client_id) const;
    void insert(Key const& key, base::MessageId const& id, base::Timestamp sent_at);
    void drop_old(base::Timestamp now);

    base::Clock const& clock_;
    std::size_t const max_entries_;
    std::array<unsigned char, 16> hash_key_{};

    mutable std::mutex mutex_;
    std::unordered_map<Key, Entry, HashOfKey> entries_;
    std::deque<std::pair<Key, base::Timestamp>> by_age_;
    std::unordered_map<Key, std::vector<MessageDone>, HashOfKey> in_flight_;
    std::vector<base::RoomId> rooms_;  ///< entries name rooms by their place here
    std::unordered_map<base::RoomId, std::uint32_t> places_;
};

}  // namespace soyuz::chat
