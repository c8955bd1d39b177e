#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "moderation/cases/case.hpp"

namespace soyuz::moderation {

/// Cases by id, author, message and text. Not thread-safe.
class CaseIndex {
public:
    /// Adds a case, or replaces the one with its id.
    void put(CasePtr const& added);
    void erase(Case const& gone);

    CasePtr find(std::string_view id) const;
    CasePtr of_message(base::MessageId const& message) const;                        ///< the newest one
    CasePtr of_text(base::UserId const& author, std::string const& text_key) const;  ///< the newest one
    std::vector<CasePtr> of_author(base::UserId const& author) const;                ///< newest first
    /// Where an author has `most` open cases, or more, of the weight that `verdict` gives: the one of them that changed
    /// last and that a text for `occasion` may join. Null otherwise.
    CasePtr latest_of_many(judge::Occasion const& occasion, judge::Verdict const& verdict, std::size_t most) const;
    /// Up to `count` open cases of those that may go: each time the newest of the author who has most open.
    std::vector<CasePtr> newest_of_busiest(std::size_t count, std::function<bool(Case const&)> const& may_go) const;

    template <class Predicate>
    std::vector<CasePtr> select(Predicate const& matches) const {
        std::vector<CasePtr> found;
        for (auto const& [id, each] : by_id_)
            if (matches(*each)) found.push_back(each);
        return found;
    }
    std::size_t open_count() const { return open_count_; }
    std::size_t decided_count() const { return by_id_.size() - open_count_; }

private:
    void drop_open(Case const& gone);
    CasePtr find_by(std::unordered_map<std::string, std::string> const& ids, std::string const& key) const;

    std::unordered_map<std::string, CasePtr> by_id_;
    std::unordered_map<base::UserId, std::vector<std::string>> by_author_;  ///< oldest first
    std::unordered_map<base::UserId, std::vector<CasePtr>> open_;           ///< by author; what changed last at the end
    std::unordered_map<std::string, std::string> by_message_;
    std::unordered_map<std::string, std::string> by_text_;
    std::size_t open_count_ = 0;
};

}  // namespace soyuz::moderation
