#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "app/config.hpp"
#include "app/notifier.hpp"
#include "app/stream_host.hpp"
#include "base/clock.hpp"
#include "base/workers.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/accounts/password_hasher.hpp"
#include "chat/change_budget.hpp"
#include "chat/desk/desk.hpp"
#include "chat/desk/kicks.hpp"
#include "chat/messages/messages.hpp"
#include "chat/observers.hpp"
#include "chat/posts/posts.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "chat/sessions/devices.hpp"
#include "chat/sessions/sessions.hpp"
#include "chat/settings.hpp"
#include "dialects/announcer.hpp"
#include "dialects/monitor/monitor_announcer.hpp"
#include "judge/engine.hpp"
#include "live/pulse/pulses.hpp"
#include "live/recording/recorder.hpp"
#include "live/stages.hpp"
#include "moderation/cases/cases.hpp"
#include "moderation/cases/cleared_texts.hpp"
#include "moderation/cases/statistics.hpp"
#include "moderation/conduct/near_repeats.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "moderation/conduct/spam_window.hpp"
#include "moderation/conduct/standing.hpp"
#include "moderation/rules/room_rules.hpp"
#include "moderation/rules/rule_book.hpp"
#include "net/loop.hpp"
#include "realtime/announcer.hpp"
#include "realtime/live/media_gateway.hpp"
#include "realtime/live/pulse_news.hpp"
#include "realtime/watch_announcer.hpp"
#include "search/index.hpp"
#include "store/store.hpp"
#include "watch/chat_watch.hpp"
#include "watch/watch.hpp"
#include "web/http/expensive_work.hpp"

namespace soyuz::app {

/// The store, the domain and the threads they work on, made in the order of the members and destroyed in reverse.
///
/// Made, connected and stopped by one thread; what it holds is thread-safe.
class ChatServices {
public:
    /// Opens the data folder. `config` is kept. Throws Failure.
    explicit ChatServices(Config const& config);

    /// Has each service tell those who want to know of its changes; once, before anybody may come.
    void connect();
    /// What the settings of the command line change in the data. Throws Failure where one can't be.
    void apply_config();
    /// What the threads of the loops run on.
    std::vector<net::Loop*> all_loops();
    /// Hears whose connections are to be closed, beside the announcer. Before anybody may come.
    void observe_sessions(chat::SessionObserver& observer);

    /// Ends the threads and writes what is still to be written; nobody comes any more.
    void stop();

private:
    Config const& config_;

public:
    base::SystemClock clock;
    std::unique_ptr<store::Store> store;
    // What must not wait behind requests has a thread of its own, and so has each kind of work that others must not
    // wait behind.
    base::Workers workers;
    base::Workers housekeeping;
    web::ExpensiveWork expensive;
    chat::PasswordHasher hasher;
    chat::Accounts accounts;
    chat::Settings settings;
    chat::Sessions sessions;
    chat::Devices devices;
    chat::Rooms rooms;
    chat::Kicks kicks;
    search::Index index;
    moderation::Sanctions sanctions;
    moderation::SpamWindow spam_window;
    std::unique_ptr<judge::Engine> judge;
    net::Loops loops;
    // These outlive messages, which tell them of changes up to their end.
    realtime::Announcer announcer;
    dialects::Announcer dialect_announcer;
    live::Pulses pulses;
    live::Recorder recorder;
    realtime::MediaGateway media;  ///< outlives stages, which tell it of changes up to their end
    live::Stages stages;
    realtime::PulseNews pulse_news;
    moderation::Cases cases;
    watch::Watch watch;
    watch::ChatWatch chat_watch{watch};
    realtime::WatchAnnouncer watch_announcer;
    dialects::monitor::MonitorAnnouncer monitor_announcer;
    Notifier notifier;
    StreamHost stream_host{watch};
    media::Supervisor stream_supervisor{media_options(), stream_host};
    chat::Observers observers;
    moderation::Standing standing;
    moderation::ClearedTexts cleared;
    moderation::RuleBook rule_book;
    moderation::Statistics statistics;
    moderation::NearRepeats near_repeats;
    chat::Screening screening;
    chat::Messages messages;
    chat::Posts posts;
    chat::ChangeBudget changes{clock};
    chat::Desk desk;
    std::array<std::atomic<std::uint64_t>, 2> sanctions_imposed{};  ///< bans, mutes

private:
    std::vector<chat::SessionObserver*> session_observers_;

    std::vector<base::RoomId> all_room_ids() const;
    moderation::Sanctions::Hooks sanction_hooks();
    void apply_rules(base::RoomId const& room, moderation::RoomRules const& rules);
    void apply_all_rules();
    void apply_purpose();
    void apply_registration();
    void make_first_owner();
};

}  // namespace soyuz::app
