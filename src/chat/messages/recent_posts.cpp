#include "chat/messages/recent_posts.hpp"

#include <sodium.h>

#include "base/random.hpp"

namespace soyuz::chat {

static_assert(crypto_shorthash_siphashx24_BYTES == 16 && crypto_shorthash_siphashx24_KEYBYTES == 16);

RecentPosts::RecentPosts(base::Clock const& clock, std::size_t max_entries) : clock_(clock), max_entries_(max_entries) {
    base::random_bytes(hash_key_.data(), hash_key_.size());
}

RecentPosts::Key RecentPosts::key_of(base::UserId const& user, std::string_view client_id) const {
    // A keyed 128-bit hash stands for both names: nobody can construct a collision.
    std::string text = user.value;
    text += '\n';
    text += client_id;
    Key key{};
    crypto_shorthash_siphashx24(reinterpret_cast<unsigned char*>(key.data()),
                                reinterpret_cast<unsigned char const*>(text.data()), text.size(), hash_key_.data());
    return key;
}

RecentPosts::Begun RecentPosts::begin(base::UserId const& user, std::string_view client_id, MessageDone done) {
    auto const key = key_of(user, client_id);
    auto const now = clock_.now();
    std::lock_guard const lock{mutex_};
    drop_old(now);
    if (auto const found = entries_.find(key); found != entries_.end())
        return {Turn::known, {rooms_[found->second.room], found->second.seq}};
    auto const [flight, is_first] = in_flight_.try_emplace(key);
    if (is_first) return {};
    flight->second.push_back(std::move(done));
    return {Turn::waiting, {}};
}

void RecentPosts::finish(base::UserId const& user, std::string_view client_id, base::Result<MessagePtr> const& result,
                         judge::Verdict const& verdict, Settled settled) {
    auto const key = key_of(user, client_id);
    std::vector<MessageDone> waiting;
    {
        std::lock_guard const lock{mutex_};
        if (auto const flight = in_flight_.find(key); flight != in_flight_.end()) {
            waiting = std::move(flight->second);
            in_flight_.erase(flight);
        }
        if (result) insert(key, (*result)->id, (*result)->sent_at);
    }
    for (auto const& done : waiting) done(result, verdict, settled);
}

void RecentPosts::remember(base::UserId const& user, std::string_view client_id, base::MessageId const& id,
                           base::Timestamp sent_at) {
    auto const key = key_of(user, client_id);
    std::lock_guard const lock{mutex_};
    insert(key, id, sent_at);
}

void RecentPosts::insert(Key const& key, base::MessageId const& id, base::Timestamp sent_at) {
    auto const [place, is_new] = places_.try_emplace(id.room, static_cast<std::uint32_t>(rooms_.size()));
    if (is_new) rooms_.push_back(id.room);
    if (!entries_.try_emplace(key, Entry{place->second, id.seq}).second) return;
    by_age_.emplace_back(key, sent_at);
    while (entries_.size() > max_entries_) {
        entries_.erase(by_age_.front().first);
        by_age_.pop_front();
    }
}

void RecentPosts::drop_old(base::Timestamp now) {
    // A few at a time: each post pays for at most two.
    for (int count = 0; count < 2 && !by_age_.empty() && by_age_.front().second <= now - memory; ++count) {
        entries_.erase(by_age_.front().first);
        by_age_.pop_front();
    }
}

std::size_t RecentPosts::size() const {
    std::lock_guard const lock{mutex_};
    return entries_.size();
}

}  // namespace soyuz::chat
