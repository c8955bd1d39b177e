#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/workers.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/messages/change_queue.hpp"
#include "chat/messages/messages.hpp"
#include "chat/messages/recent_posts.hpp"
#include "chat/messages/slow_mode.hpp"
#include "chat/observer.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "chat/settings.hpp"
#include "moderation/cases/cases.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "moderation/conduct/spam_window.hpp"
#include "store/in_flight.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

using base::Code;
using base::Error;
using judge::Verdict;

/// What posting, changing and reading share. Private to `Messages`.
struct Messages::Implementation {
    Implementation(store::Store& store, Accounts const& accounts, Rooms& rooms, Settings const& settings,
                   moderation::Cases& cases, Screening& screening, moderation::SpamWindow& window,
                   moderation::Sanctions& sanctions, base::Clock const& clock);
    ~Implementation();

    /// Takes up client_ids and bans from what is on disk.
    void remember_posts();
    void remember_bans();

    // Who may write.
    std::optional<Error> ban_or_mute_of(User const& user) const;
    /// Counts an attempt. A flood is answered with a ban at once.
    std::optional<Error> count_attempt(Author const& author, base::RoomId const& room, std::string_view text);
    Error ban_for_flood(Author const& author, base::RoomId const& room, std::string_view text, unsigned counted);
    /// Everything that stands before the text itself is looked at; takes the member's turn in slow mode.
    Result<RoomPtr> admit(Author const& author, Draft const& draft);

    // Posting.
    struct Posting;
    void post(Author const& author, Draft draft, Done done);
    void repeat_first_result(base::MessageId const& id, Done done);
    void committed(std::shared_ptr<Posting> const& owned, Result<store::Committed> const& result);
    std::vector<std::string> mentions_in(std::string_view text, Room const& room) const;
    /// The worst verdict on what the draft holds, and what it was on.
    struct Judged {
        Verdict verdict;
        judge::Occasion::Kind kind = judge::Occasion::Kind::message;
        std::string_view text;
    };
    Judged judge(Draft const& draft, std::string_view text, Room const& room, Author const& author) const;
    void commit(std::shared_ptr<Posting> const& posting);
    /// Has a verdict recorded, and tells moderators; `done` as `Screening::record`.
    void record(Room const& room, User const& author, moderation::Incident incident, Verdict const& verdict,
                MessagePtr const& message, std::function<void()> done = {});

    // Changing.
    struct Changing;
    /// What a change makes of a message: the new state, or nothing where it is as wished already. `told` takes a
    /// verdict other than allow: its author hears of it, others may be shown less.
    using Told = std::shared_ptr<Verdict const>;
    using Change = std::function<Result<std::optional<Message>>(Message const& before, Room const& room, Told& told)>;
    using Tell = std::function<void(Room const& room, MessagePtr const& message, Told const& told)>;
    void change(Author const& author, base::MessageId const& id, Change change, Tell tell, Done done);
    void start(std::shared_ptr<Changing> changing);
    void apply(Changing& changing);
    RoomPtr room_for_change(User const& user, base::MessageId const& id) const;

    // Reading.
    Result<MessagePtr> load(base::MessageId const& id, Room const& room) const;
    Result<Page> read(Room const& room, base::Seq first, base::Seq last) const;

    store::Store& store;
    Accounts const& accounts;
    Rooms& rooms;
    Settings const& settings;
    moderation::Cases& cases;
    Screening& screening;
    moderation::SpamWindow& window;
    moderation::Sanctions& sanctions;
    base::Clock const& clock;
    Observer* observer = nullptr;

    RecentPosts recent;
    SlowMode slow_mode;
    store::InFlight in_flight;
    /// For what has to read a message first: one thread is enough, as reading takes microseconds.
    base::Workers workers{"chat-changes", 1, 30'000};
    ChangeQueue changes{workers, 10'000};
};

}  // namespace soyuz::chat
