#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/message.hpp"
#include "chat/messages/messages.hpp"
#include "chat/posts/post_index.hpp"
#include "chat/posts/waiting_pictures.hpp"
#include "chat/user.hpp"

namespace soyuz::base {
class Clock;
}
namespace soyuz::store {
class Store;
}

namespace soyuz::chat {

class Accounts;
class Rooms;

/// Posts that everybody reads, and comments on them: messages of the board, so that all that holds for messages (the
/// spam window, mutes, moderation, cases, reports, editing, deletion) holds for them. A comment answers its post.
///
/// Thread-safe. Calls that take `done` never block on the disk; the others may, and are for workers.
class Posts {
public:
    Posts(store::Store& store, Accounts const& accounts, Rooms const& rooms, Messages& messages,
          base::Clock const& clock);
    ~Posts();

    struct NewPost {
        std::string text;
        std::string picture;  ///< a file of `pictures`, "" where there is none
        std::string link;     ///< an http or https address, "" where there is none
        std::string client_id = {};
    };
    /// Errors: those of Poster::post; invalid_value for a picture that is not theirs, or a link that is none.
    void publish(Author const& author, NewPost post, MessageDone done);
    /// Errors: those of Poster::post; not_found for a post that is gone.
    void comment(Author const& author, base::Seq post, std::string text, std::string client_id, MessageDone done);

    struct Page {
        std::vector<MessagePtr> messages;  ///< newest first
        bool has_more = false;
    };
    /// `before`: 0 for the newest. `author`: empty for everybody's.
    Page feed(base::Seq before, std::size_t limit, base::UserId const& author = {}) const;
    Page comments(base::Seq post, base::Seq before, std::size_t limit) const;
    /// Errors: not_found.
    base::Result<MessagePtr> find(base::Seq post) const;
    /// Those of `seqs` that can be read, in their order.
    std::vector<MessagePtr> read(std::vector<base::Seq> const& seqs) const;

    /// The id of a post or comment given as such, or as its place. Errors: not_found.
    base::Result<base::MessageId> parse_id(std::string_view text) const;
    bool is_on_board(base::MessageId const& id) const;

    PostIndex const& index() const { return index_; }
    /// Pictures that were sent and are in no post yet.
    WaitingPictures& pictures() { return pictures_; }

private:
    void load(store::Store& store, Accounts const& accounts);

    Rooms const& rooms_;
    Messages& messages_;
    PostIndex index_;
    WaitingPictures pictures_;
};

}  // namespace soyuz::chat
