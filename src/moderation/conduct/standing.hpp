#pragma once

#include <deque>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "judge/judge.hpp"
#include "store/store.hpp"

namespace soyuz::moderation {

/// How often each author's texts were flagged or blocked: the collection `standing`, one document for each who has
/// something in it. Thread-safe; look-ups never block. Changes take effect at once and add what must be written to
/// `batch`; whoever commits it does so in the order of the calls.
class Standing {
public:
    Standing(store::Store& store, base::Clock const& clock);

    struct Figures {
        unsigned violations_24h = 0;
        unsigned counted = 0;   ///< flagged or blocked since a moderator last gave the right to chat back
        unsigned comments = 0;  ///< of these, posts and comments
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

        bool is_counted(Violation const& violation) const {
            return !violation.taken_back && violation.at > forgiven_at;
        }
        unsigned counted() const;
    };
    static Record parse(nlohmann::json const& json);
    static store::Put document(base::UserId const& author, Record const& record);

    base::Clock const& clock_;
    mutable std::shared_mutex mutex_;  ///< guards the records
    std::unordered_map<base::UserId, Record> records_;
};

}  // namespace soyuz::moderation
