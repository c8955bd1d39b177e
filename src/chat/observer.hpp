#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "chat/message.hpp"
#include "chat/room.hpp"
#include "chat/user.hpp"
#include "judge/judge.hpp"
#include "moderation/cases/case.hpp"
#include "moderation/cases/cases.hpp"

namespace soyuz::chat {

/// Hears of everything that people who are connected should see. Calls about messages come on the committer's thread,
/// in the order on disk, after the commit; the others on the thread that made the change. Calls must return quickly.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void message_posted(Room const& room, MessagePtr const& message) = 0;
    virtual void message_edited(Room const& room, MessagePtr const& message) = 0;
    virtual void message_deleted(Room const& room, MessagePtr const& message) = 0;
    virtual void reaction_changed(Room const& room, MessagePtr const& message, std::string const& emoji,
                                  User const& user, bool on) = 0;
    virtual void read_moved(Room const& room, User const& user, base::Seq seq) = 0;
    /// What was sent to somebody in a direct room has reached them.
    virtual void delivered_moved(Room const& /*room*/, User const& /*user*/, base::Seq /*seq*/) {}
    /// To moderators: somebody's message was flagged or blocked. `message` is empty when it was blocked.
    virtual void moderation_alert(Room const& room, User const& author, std::string const& text,
                                  judge::Verdict const& verdict, MessagePtr const& message) = 0;
    /// To moderators: a case was opened, claimed, decided or changed otherwise; `open` cases wait for a decision now.
    virtual void case_changed(moderation::Case const&, std::optional<moderation::CaseClaim> const& /*claim*/,
                              std::size_t /*open*/) {}
    /// To the author of a case: it was decided, or the decision was undone. `message` is set where it stands again.
    virtual void case_decided(moderation::Case const&, std::string_view /*action*/, std::string_view /*note*/,
                              MessagePtr const& /*message*/) {}
    /// To the author of a report: the case that it belongs to was decided.
    virtual void report_decided(moderation::Case const&, moderation::CaseReport const&, bool /*upheld*/) {}
    /// To somebody who may be in danger: where to find help. `room` is null where they wrote outside of rooms.
    virtual void help_offered(base::UserId const&, Room const* /*room*/) {}
    virtual void room_changed(Room const& room) = 0;
    virtual void room_removed(Room const& room) = 0;
    virtual void member_joined(Room const& room, User const& user) = 0;
    virtual void member_left(Room const& room, base::UserId const& user, bool expelled) = 0;
    /// A line to the members of a room that is not kept, or to everybody when `room` is null.
    virtual void notice(Room const* room, std::string_view text, std::string_view level) = 0;
};

/// Who is connected now; implemented by `realtime`. Thread-safe.
class Presence {
public:
    virtual ~Presence() = default;
    virtual bool is_online(base::UserId const& user) const = 0;
    virtual std::size_t online_count() const = 0;
    virtual std::vector<base::UserId> online() const = 0;
};

}  // namespace soyuz::chat
