#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "chat/message.hpp"

namespace soyuz::chat {

/// Pictures that somebody sent for a post that they are still writing. In memory only: after a restart the sweep of
/// uploads finds the files that no post names. Thread-safe; bounded for each person.
class WaitingPictures {
public:
    explicit WaitingPictures(base::Clock const& clock) : clock_(clock) {}

    /// Gives the file that has to make room, "" where none has to.
    std::string add(base::UserId const& sender, Attachment picture);
    /// Takes what `sender` sent as `file`, for a post; nothing where it isn't theirs or has gone.
    std::optional<Attachment> take(base::UserId const& sender, std::string const& file);
    /// May `user` see it: is it their own?
    bool is_of(base::UserId const& user, std::string const& file) const;

private:
    struct Waiting {
        base::UserId sender;
        Attachment picture;
        base::Moment since;
    };

    base::Clock const& clock_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Waiting> waiting_;  ///< by file
};

}  // namespace soyuz::chat
