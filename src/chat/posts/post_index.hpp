#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "chat/message.hpp"

namespace soyuz::chat {

/// Where on the board each post and its comments stand, in memory. Thread-safe; look-ups never block. Deleted ones are
/// not found, and neither are comments on a deleted post.
class PostIndex {
public:
    /// A message of the board was posted, changed or read.
    void note(Message const& message);

    struct Page {
        std::vector<base::Seq> seqs;  ///< newest first
        bool has_more = false;
    };
    /// Posts below `before`; of one author where `author` isn't empty.
    Page posts(base::Seq before, std::size_t limit, base::UserId const& author = {}) const;
    Page comments(base::Seq post, base::Seq before, std::size_t limit) const;

    bool has_post(base::Seq seq) const;
    /// The post that a comment stands under; none where either is gone.
    std::optional<base::Seq> post_of_comment(base::Seq seq) const;
    std::size_t post_count() const;
    std::size_t comment_count(base::Seq post) const;
    /// Every post, oldest first.
    std::vector<base::Seq> all() const;

private:
    mutable std::shared_mutex mutex_;  ///< guards what follows
    std::set<base::Seq> posts_;
    std::unordered_map<base::UserId, std::set<base::Seq>> by_author_;
    std::unordered_map<base::Seq, std::set<base::Seq>> comments_;  ///< by post, whether or not that stands
    std::unordered_map<base::Seq, base::Seq> post_of_;
};

}  // namespace soyuz::chat
