#include "app/chat_services.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/failure.hpp"
#include "app/open_store.hpp"
#include "app/server_options.hpp"
#include "base/log.hpp"
#include "chat/messages/records.hpp"

namespace soyuz::app {

namespace {

constexpr std::size_t work_waiting = 4096;
constexpr std::size_t no_limit = 1'000'000;

unsigned cores() { return std::max(1U, std::thread::hardware_concurrency()); }

}  // namespace

ChatServices::ChatServices(Config const& config)
    : config_(config),
      store(open_store(store_options(config), clock)),
      workers("worker", std::max(4U, 2 * cores()), work_waiting),
      housekeeping("housekeeping", 1, no_limit),
      expensive(config.rate_limits),
      hasher(chat::PasswordHasher::interactive),
      accounts(*store, hasher, clock, account_limits(config, settings)),
      settings(*store),
      sessions(*store, accounts, clock, session_options(config)),
      devices(*store, clock),
      rooms(*store, accounts, clock),
      kicks(*store, accounts, rooms, clock),
      index(*store, {config.data / "search.db", chat::parse_document, [this] { return all_room_ids(); }}),
      sanctions(*store, clock, sanction_hooks()),
      spam_window(clock),
      judge(open_judge(config)),
      loops(config.threads == 0 ? cores() : config.threads),
      announcer(all_loops(), accounts, rooms, clock),
      dialect_announcer(announcer.hub(), announcer.news(), loops.at(0), accounts, rooms, screening, clock),
      pulses(clock, config.toxic_threshold),
      recorder({.folder = config.data / "live", .reserve = config.upload_reserve}, clock),
      media({announcer.hub(), accounts, rooms, clock}, all_loops()),
      stages(*store, clock, media, pulses, &recorder,
             {.gift_interval = config.gift_interval, .has_limits = config.rate_limits}),
      pulse_news({announcer.hub(), stages, pulses, accounts, rooms}, loops.at(0)),
      cases(
          *store, clock,
          [this](auto const& changed, auto const& claim, auto open) { screening.case_changed(changed, claim, open); }),
      watch({*store, clock, accounts, rooms, cases, stages, announcer},
            {config.data / "watch", config.data / "transcriptions"}),
      watch_announcer(announcer.hub(), watch, accounts, rooms),
      monitor_announcer(announcer.hub(), dialect_announcer.events(), watch, accounts),
      notifier(*store, accounts, watch, clock),
      observers({&announcer, &dialect_announcer, &chat_watch, &pulses}),
      standing(*store, clock),
      cleared(*store),
      rule_book(*store, [this](auto const& room, auto const& rules) { apply_rules(room, rules); }),
      statistics(*store, clock),
      screening({*judge, accounts, rooms, cases, standing, cleared, rule_book, statistics, near_repeats, sanctions,
                 clock, settings},
                screening_options(config)),
      messages(*store, accounts, rooms, settings, cases, screening, spam_window, sanctions, clock),
      posts(*store, accounts, rooms, messages, clock),
      desk(cases, standing, cleared, screening, messages, rooms, accounts, sanctions, kicks, clock) {
    // Before all others: it counts the sockets of somebody before any of them is closed.
    observe_sessions(announcer);
}

std::vector<net::Loop*> ChatServices::all_loops() {
    std::vector<net::Loop*> all;
    for (std::size_t i = 0; i < loops.size(); ++i) all.push_back(&loops.at(i));
    return all;
}

std::vector<base::RoomId> ChatServices::all_room_ids() const {
    std::vector<base::RoomId> ids;
    for (auto const& room : rooms.all()) ids.push_back(room->id);
    return ids;
}

void ChatServices::connect() {
    announcer.on_expelled = [this](base::RoomId const& room, base::UserId const& user) { media.put_out(room, user); };
    if (!housekeeping.submit([this] { recorder.recover(); })) base::log::warn("recordings are not looked through");
    media.start(stages);
    watch.tell({&watch_announcer, &monitor_announcer, &notifier});
    watch.tick();
    pulse_news.start();
    rooms.observe(observers);
    messages.observe(observers);
    messages.ask(announcer);
    screening.observe(observers);
    settings.on_changed = [this](chat::InstanceSettings const&) { apply_all_rules(); };
    apply_all_rules();
    desk.observe(observers);
    notifier.start();
    store->attach({[this] { announcer.group_committed(); },
                   [this](bool writable) { announcer.writable_changed(writable); },
                   [this](auto const& changes) { index.note(changes); }});
    messages.search.use(index);
    index.start();
    accounts.on_changed = [this](chat::UserPtr const& user) {
        announcer.profile_changed(user);
        if (user->deleted) notifier.people.forget(user->id);
    };
    announcer.end_of_expulsion = [this](auto const& room, auto const& user) { return kicks.end_of(room, user); };
    announcer.hub().keeps_out = [this](base::UserId const& user) { return kicks.refusal_of(user).has_value(); };
    sessions.on_ended = [this](std::vector<chat::Session> const& ended, chat::SessionEnd why) {
        for (auto* const observer : session_observers_) observer->sessions_ended(ended, why);
    };
}

void ChatServices::observe_sessions(chat::SessionObserver& observer) {
    session_observers_.push_back(&observer);
    kicks.observe(observer);
}

void ChatServices::apply_config() {
    apply_purpose();
    apply_registration();
    make_first_owner();
}

void ChatServices::stop() {
    stream_supervisor.stop();
    notifier.stop();
    media.stop();
    pulse_news.stop();
    workers.stop();
    expensive.stop();
    housekeeping.stop();
    loops.stop();
    recorder.stop();
    statistics.flush();
    rooms.flush_read_marks();
    if (auto const done = store->checkpoint(); !done)
        base::log::error("the last checkpoint failed, the journal holds all", {{"error", done.error().message}});
    // The store outlives the announcer, and commits and probes the disk until it is closed.
    store->detach();
    index.stop();
}

moderation::Sanctions::Hooks ChatServices::sanction_hooks() {
    auto const imposed = [this](moderation::Sanction const& sanction) {
        bool const is_ban = sanction.kind == moderation::Sanction::Kind::ban;
        announcer.sanction_imposed(sanction);
        ++sanctions_imposed[is_ban ? 0 : 1];
        if (!is_ban || sanction.is_automatic_ban()) return;
        // Ending sessions waits for the disk, and this may be an event loop.
        bool const queued = housekeeping.submit([this, user = sanction.user] {
            if (auto const ended = sessions.end_all(user, chat::SessionEnd::banned); !ended)
                base::log::error("sessions of a banned account not ended", {{"error", ended.error().message}});
        });
        if (!queued) base::log::error("sessions of a banned account not ended: the server is stopping");
    };
    auto const lifted = [this](base::UserId const& user, moderation::Sanction::Kind kind) {
        // Before they are told: what waits in their page is sent at once.
        if (kind == moderation::Sanction::Kind::ban) spam_window.forget(user);
        announcer.sanction_lifted(user, kind);
    };
    return {imposed, lifted};
}

void ChatServices::apply_rules(base::RoomId const& room, moderation::RoomRules const& rules) {
    // 0.6 is what the presets are made around: only another threshold is a setting.
    std::optional<double> threshold;
    if (config_.toxic_threshold != Config{}.toxic_threshold) threshold = config_.toxic_threshold;
    auto policy = moderation::policy_of(rules, settings.get()->moderation_preset, threshold);
    if (!policy) return base::log::error("rules of a room can't be applied", {{"error", policy.error().message}});
    if (room.empty()) return judge->set_default_policy(std::move(*policy));
    judge->set_policy(room, std::move(*policy));
}

void ChatServices::apply_all_rules() {
    apply_rules({}, {});
    rule_book.each([this](auto const& room, auto const& rules) { apply_rules(room, rules); });
}

void ChatServices::apply_purpose() {
    using chat::Purpose;
    static std::map<std::string, Purpose> const purposes{{"friends", Purpose::friends},
                                                         {"class", Purpose::class_},
                                                         {"stream", Purpose::stream},
                                                         {"community", Purpose::community}};
    if (config_.purpose.empty() || accounts.has_owner()) return;
    auto const applied = settings.apply_purpose(purposes.at(config_.purpose), settings.get()->name);
    if (!applied) throw Failure(Exit::bad_setting, "--purpose: " + applied.error().message);
}

void ChatServices::apply_registration() {
    if (config_.registration.empty()) return;
    if (auto const changed = settings.change({{"registration", config_.registration}}); !changed)
        throw Failure(Exit::bad_setting, "--registration: " + changed.error().message);
}

void ChatServices::make_first_owner() {
    if (config_.admin_username.empty() || accounts.has_owner()) return;
    auto const made = accounts.create_owner(
        {config_.admin_username, config_.admin_password, "", config_.admin_email, chat::Role::owner});
    if (!made) throw Failure(Exit::bad_setting, "--admin-username: " + made.error().message);
    base::log::info("made the owner's account", {{"username", (*made)->username}});
    // The account is in its document at once, not with the next checkpoint.
    if (!store->checkpoint()) base::log::warn("the first account is in the journal only for now");
}

}  // namespace soyuz::app
