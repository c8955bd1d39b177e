#include "chat/posts/post_index.hpp"

#include <mutex>

namespace soyuz::chat {

namespace {

using base::Seq;

PostIndex::Page newest(std::set<Seq> const& seqs, Seq before, std::size_t limit) {
    PostIndex::Page page;
    auto at = seqs.lower_bound(before);
    while (at != seqs.begin() && page.seqs.size() < limit) page.seqs.push_back(*--at);
    page.has_more = at != seqs.begin();
    return page;
}

}  // namespace

void PostIndex::note(Message const& message) {
    auto const seq = message.id.seq;
    std::unique_lock const lock{mutex_};
    auto& seqs = message.reply_to == 0 ? posts_ : comments_[message.reply_to];
    auto& own = by_author_[message.sender->id];
    if (message.deleted) {
        seqs.erase(seq);
        own.erase(seq);
        post_of_.erase(seq);
        return;
    }
    seqs.insert(seq);
    if (message.reply_to == 0)
        own.insert(seq);
    else
        post_of_[seq] = message.reply_to;
}

PostIndex::Page PostIndex::posts(Seq before, std::size_t limit, base::UserId const& author) const {
    std::shared_lock const lock{mutex_};
    if (author.empty()) return newest(posts_, before, limit);
    auto const own = by_author_.find(author);
    return own == by_author_.end() ? Page{} : newest(own->second, before, limit);
}

PostIndex::Page PostIndex::comments(Seq post, Seq before, std::size_t limit) const {
    std::shared_lock const lock{mutex_};
    auto const found = comments_.find(post);
    if (found == comments_.end() || !posts_.contains(post)) return {};
    return newest(found->second, before, limit);
}

bool PostIndex::has_post(Seq seq) const {
    std::shared_lock const lock{mutex_};
    return posts_.contains(seq);
}

std::optional<Seq> PostIndex::post_of_comment(Seq seq) const {
    std::shared_lock const lock{mutex_};
    auto const found = post_of_.find(seq);
    if (found == post_of_.end() || !posts_.contains(found->second)) return std::nullopt;
    return found->second;
}

std::size_t PostIndex::post_count() const {
    std::shared_lock const lock{mutex_};
    return posts_.size();
}

std::size_t PostIndex::comment_count(Seq post) const {
    std::shared_lock const lock{mutex_};
    auto const found = comments_.find(post);
    return found == comments_.end() ? 0 : found->second.size();
}

std::vector<Seq> PostIndex::all() const {
    std::shared_lock const lock{mutex_};
    return {posts_.begin(), posts_.end()};
}

}  // namespace soyuz::chat
