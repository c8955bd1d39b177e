#include "moderation/cases/case_index.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace soyuz::moderation {

namespace {

/// A cry for help never disappears in a heap of insults, nor a threat in one of swear words.
enum class Weight { slight, severe, threat, alert };

Weight weight_of(Case::Kind kind, judge::Verdict const& verdict) {
    if (kind == Case::Kind::alert) return Weight::alert;
    if (is_threat(verdict)) return Weight::threat;
    return is_severe(verdict) ? Weight::severe : Weight::slight;
}

std::string author_and_text(base::UserId const& author, std::string const& text_key) {
    return author.value + ' ' + text_key;
}

}  // namespace

void CaseIndex::put(CasePtr const& added) {
    auto& entry = by_id_[added->id];
    if (entry) {
        drop_open(*entry);
    } else {
        by_author_[added->author].push_back(added->id);
    }
    if (added->open) {
        open_[added->author].push_back(added);
        ++open_count_;
    }
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
    drop_open(gone);
    by_id_.erase(gone.id);
}

void CaseIndex::drop_open(Case const& gone) {
    auto const list = open_.find(gone.author);
    if (!gone.open || list == open_.end()) return;
    open_count_ -= std::erase_if(list->second, [&](CasePtr const& each) { return each->id == gone.id; });
    if (list->second.empty()) open_.erase(list);
}

CasePtr CaseIndex::latest_of_many(judge::Occasion const& occasion, judge::Verdict const& verdict,
                                  std::size_t most) const {
    auto const open = open_.find(occasion.author);
    if (open == open_.end()) return nullptr;
    auto const kind = kind_of(verdict);
    std::size_t count = 0;
    CasePtr latest;
    for (auto const& each : open->second) {
        bool const has_weight = each->verdict && weight_of(each->kind, *each->verdict) == weight_of(kind, verdict);
        if (!has_weight) continue;
        ++count;
        // What somebody reported or appealed against is decided by itself.
        bool const is_like = each->kind == kind && each->occasion == occasion.kind && each->room == occasion.room;
        if (is_like && !each->appeal && each->reports.empty()) latest = each;
    }
    return count >= most ? latest : nullptr;
}

std::vector<CasePtr> CaseIndex::newest_of_busiest(std::size_t count,
                                                  std::function<bool(Case const&)> const& may_go) const {
    struct Author {
        std::size_t open;
        std::vector<CasePtr> idle;  ///< newest last
    };
    auto const has_fewer = [](Author const& left, Author const& right) { return left.open < right.open; };
    std::vector<Author> authors;
    for (auto const& [id, open] : open_) {
        Author author{open.size(), {}};
        std::copy_if(open.begin(), open.end(), std::back_inserter(author.idle),
                     [&](CasePtr const& each) { return may_go(*each); });
        std::sort(author.idle.begin(), author.idle.end(), [](CasePtr const& left, CasePtr const& right) {
            return std::tie(left->created_at, left->id) < std::tie(right->created_at, right->id);
        });
        if (!author.idle.empty()) authors.push_back(std::move(author));
    }
    std::make_heap(authors.begin(), authors.end(), has_fewer);
    std::vector<CasePtr> found;
    while (found.size() < count && !authors.empty()) {
        std::pop_heap(authors.begin(), authors.end(), has_fewer);
        auto& busiest = authors.back();
        found.push_back(busiest.idle.back());
        busiest.idle.pop_back();
        --busiest.open;
        if (busiest.idle.empty()) {
            authors.pop_back();
        } else {
            std::push_heap(authors.begin(), authors.end(), has_fewer);
        }
    }
    return found;
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
