#include "moderation/cases/case_index.hpp"

namespace soyuz::moderation {

namespace {

std::string author_and_text(base::UserId const& author, std::string const& text_key) {
    return author.value + ' ' + text_key;
}

}  // namespace

void CaseIndex::put(CasePtr const& added) {
    auto& entry = by_id_[added->id];
    if (entry) {
        open_count_ -= entry->open ? 1 : 0;
    } else {
        by_author_[added->author].push_back(added->id);
    }
    open_count_ += added->open ? 1 : 0;
    entry = added;
    for (auto const& message : added->messages) by_message_[base::to_string(message)] = added->id;
    by_text_[author_and_text(added->author, added->text_key)] = added->id;
}

void CaseIndex::erase(Case const& gone) {
    // Entries of a newer case of the same message or text stay.
    auto const erase_own = [&](auto& ids, std::string const& key) {
        if (auto const found = ids.find(key); found != ids.end() && found->second == gone.id) ids.erase(found);
    };
    for (auto const& message : gone.messages) erase_own(by_message_, base::to_string(message));
    erase_own(by_text_, author_and_text(gone.author, gone.text_key));
    if (auto const list = by_author_.find(gone.author); list != by_author_.end()) {
        std::erase(list->second, gone.id);
        if (list->second.empty()) by_author_.erase(list);
    }
    open_count_ -= gone.open ? 1 : 0;
    by_id_.erase(gone.id);
}

CasePtr CaseIndex::find(std::string_view id) const {
    auto const found = by_id_.find(std::string{id});
    return found == by_id_.end() ? nullptr : found->second;
}

CasePtr CaseIndex::find_by(std::unordered_map<std::string, std::string> const& ids, std::string const& key) const {
    auto const found = ids.find(key);
    return found == ids.end() ? nullptr : find(found->second);
}

CasePtr CaseIndex::of_message(base::MessageId const& message) const {
    return by_message_.empty() ? nullptr : find_by(by_message_, base::to_string(message));
}

CasePtr CaseIndex::of_text(base::UserId const& author, std::string const& text_key) const {
    return find_by(by_text_, author_and_text(author, text_key));
}

std::vector<CasePtr> CaseIndex::of_author(base::UserId const& author) const {
    std::vector<CasePtr> found;
    auto const list = by_author_.find(author);
    if (list == by_author_.end()) return found;
    for (auto id = list->second.rbegin(); id != list->second.rend(); ++id) found.push_back(find(*id));
    return found;
}

}  // namespace soyuz::moderation
