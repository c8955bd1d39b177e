#include "chat/accounts/account_index.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.hpp"

namespace soyuz::chat {

std::vector<UserPtr> AccountIndex::show(Account account) {
    auto const user = account.user;
    std::string before;
    account.folded_display = base::search_key(user->display_name);
    taken_.insert(account.name_digest);
    if (auto const old = accounts_.find(user->id); old != accounts_.end() && !old->second.user->deleted) {
        by_name_.erase(base::lower_ascii(old->second.user->username));
        by_email_.erase(base::fold_case(old->second.user->email));
        look_alikes_.remove(*old->second.user);
        before = old->second.user->display_name;
    }
    if (!user->deleted) {
        by_name_[base::lower_ascii(user->username)] = user->id;
        if (!user->email.empty()) by_email_[base::fold_case(user->email)] = user->id;
    }
    look_alikes_.add(*user);
    accounts_.insert_or_assign(user->id, std::move(account));
    std::vector<UserPtr> changed;
    if (!before.empty()) mark_sharing(before, {}, changed);
    if (!user->deleted) mark_sharing(user->display_name, user->id, changed);
    std::erase_if(changed, [&](auto const& other) { return other->id == user->id; });
    return changed;
}

void AccountIndex::mark_sharing(std::string_view display_name, base::UserId const& id, std::vector<UserPtr>& changed) {
    auto sharing = look_alikes_.sharing(display_name);
    bool const is_shared = sharing.size() > 1;
    if (!id.empty()) sharing.push_back(id);
    for (auto const& each : sharing) {
        auto& user = accounts_.at(each).user;
        if (user->shares_name == is_shared) continue;
        User marked = *user;
        marked.shares_name = is_shared;
        user = std::make_shared<User const>(std::move(marked));
        changed.push_back(user);
    }
}

Account const* AccountIndex::find(base::UserId const& id) const {
    auto const found = accounts_.find(id);
    return found == accounts_.end() ? nullptr : &found->second;
}

Account const* AccountIndex::by_name(std::string_view username) const {
    auto const found = by_name_.find(base::lower_ascii(username));
    return found == by_name_.end() ? nullptr : find(found->second);
}

Account const* AccountIndex::by_email(std::string const& folded_address) const {
    auto const found = by_email_.find(folded_address);
    return found == by_email_.end() ? nullptr : find(found->second);
}

std::vector<UserPtr> AccountIndex::search(std::string_view folded, std::size_t limit) const {
    std::vector<UserPtr> found;
    for (auto const& [name, id] : by_name_) {
        if (found.size() >= limit) break;
        auto const& account = accounts_.at(id);
        if (name.starts_with(folded) || account.folded_display.starts_with(folded)) found.push_back(account.user);
    }
    return found;
}

std::vector<UserPtr> AccountIndex::all() const {
    std::vector<UserPtr> found;
    found.reserve(by_name_.size());
    for (auto const& [name, id] : by_name_) found.push_back(accounts_.at(id).user);
    return found;
}

std::size_t AccountIndex::owners() const {
    return static_cast<std::size_t>(std::count_if(accounts_.begin(), accounts_.end(), [](auto const& entry) {
        return !entry.second.user->deleted && entry.second.user->role == Role::owner;
    }));
}

}  // namespace soyuz::chat
