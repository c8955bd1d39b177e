#pragma once

#include <deque>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "judge/judge.hpp"
#include "store/store.hpp"

namespace soyuz::moderation {

/// How often each author's texts were flagged or blocked. Warnings are noted, and count for nothing; a violation counts
/// for 24 hours, and not at all once a moderator has cleared its text. The collection `standing`, one document for each
/// who has something in it. Thread-safe; look-ups never block. Changes take effect at once and add what must be written
/// to `batch`; whoever commits it does so in the order of the calls.
class Standing {
public:
    Standing(store::Store& store, base::Clock const& clock);

    struct Figures {
        unsigned violations_24h = 0;
        /// Of these, those that count towards losing the right to chat: since a moderator last gave it back.
        unsigned counted = 0;
        unsigned comments = 0;                         ///< of these, posts and comments
        std::optional<base::Timestamp> counted_until;  ///< when the next of them stops counting
        unsigned flagged = 0, blocked = 0, warned = 0;
    };
    Figures of(base::UserId const& author) const;

    /// Those with more than `most` counted.
    std::vector<base::UserId> beyond(unsigned most) const;
    void count(base::UserId const& author, std::string_view case_id, judge::Action action, store::Batch& batch,
               judge::Occasion::Kind kind = judge::Occasion::Kind::message);
    /// All violations of a case; `back` false puts them in force again.
    void take_back(base::UserId const& author, std::string_view case_id, bool back, store::Batch& batch);
    /// `counted` starts again.
    void forgive(base::UserId const& author, store::Batch& batch);

private:
    struct Violation {
        std::string case_id;
        base::Timestamp at{};
        judge::Action action = judge::Action::flag;
        bool taken_back = false;
        bool is_comment = false;  ///< or a post
    };
    struct Record {
        std::deque<Violation> violations;  ///< oldest first
        unsigned warned = 0;
        base::Timestamp forgiven_at{};

        bool is_counted(Violation const& violation, base::Timestamp since) const {
            return !violation.taken_back && violation.at > forgiven_at && violation.at > since;
        }
        unsigned counted(base::Timestamp since) const;
    };
    static Record parse(nlohmann::json const& json);
    static store::Put document(base::UserId const& author, Record const& record);

    base::Clock const& clock_;
    mutable std::shared_mutex mutex_;  ///< guards the records
    std::unordered_map<base::UserId, Record> records_;
};

}  // namespace soyuz::moderation
