#pragma once

#include <cstddef>
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
    CasePtr find_by(std::unordered_map<std::string, std::string> const& ids, std::string const& key) const;

    std::unordered_map<std::string, CasePtr> by_id_;
    std::unordered_map<base::UserId, std::vector<std::string>> by_author_;  ///< oldest first
    std::unordered_map<std::string, std::string> by_message_;
    std::unordered_map<std::string, std::string> by_text_;
    std::size_t open_count_ = 0;
};

}  // namespace soyuz::moderation
