#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/manual_clock.hpp"
#include "chat/observer.hpp"
#include "judge/judge.hpp"
#include "live/pulse/pulses.hpp"
#include "live/stages.hpp"
#include "support/chat_services.hpp"
#include "support/folder.hpp"
#include "support/nobody_watches.hpp"
#include "watch/chat_watch.hpp"
#include "watch/watch.hpp"

namespace soyuz::watch::testing {

/// Scores what says "awful" as high, the rest as harmless.
class ScoreJudge final : public judge::Judge {
public:
    judge::Verdict judge(std::string_view text, judge::Occasion const&) const override {
        judge::Verdict verdict;
        if (text.find("awful") != std::string_view::npos) verdict.score = 0.8;
        return verdict;
    }
};

class Online final : public chat::Presence {
public:
    bool is_online(base::UserId const& user) const override { return users.contains(user); }
    std::size_t online_count() const override { return users.size(); }
    std::vector<base::UserId> online() const override { return {users.begin(), users.end()}; }
    std::set<base::UserId> users;
};

/// Remembers what it hears.
class Hearer final : public Audience {
public:
    void stream_changed(Stream const& stream, StreamAction action) override { streams.emplace_back(stream.id, action); }
    void notified(Notification const& notification) override { notifications.push_back(notification); }
    void notification_changed(Notification const& notification, NotificationChange change,
                              base::UserId const& by) override {
        changes.push_back({notification.id, change, by});
    }
    std::size_t count_of(std::string_view event_type) const {
        std::size_t count = 0;
        for (auto const& each : notifications) count += each.event_type == event_type ? 1 : 0;
        return count;
    }

    struct Change {
        std::string id;
        NotificationChange change;
        base::UserId by;
    };
    std::vector<std::pair<std::string, StreamAction>> streams;
    std::vector<Notification> notifications;
    std::vector<Change> changes;
};

struct Ground {
    tests::Folder folder;
    base::ManualClock clock;
    ScoreJudge judge;
    std::unique_ptr<store::Store> store = tests::open_store(folder.path / "data", clock);
};

/// A watch over real services and a store in a folder of its own.
struct World : Ground, tests::ChatServices {
    World() : ChatServices(*store, clock, judge) {
        watch.tell({&hearer});
        REQUIRE(accounts.create_owner({"keeper", password, "", "", chat::Role::owner}));
    }

    chat::UserPtr user(std::string const& name, chat::Role role = chat::Role::member) {
        if (auto const known = accounts.find_by_name(name)) return known;
        return *accounts.create({name, password, "", "", role});
    }
    chat::User const& keeper() { return *accounts.find_by_name("keeper"); }
    chat::UserPtr agent(std::string const& name) { return user(name, chat::Role::agent); }

    /// A pushed stream that is monitored.
    StreamPtr stream(std::string const& name = "rehana") {
        Watch::NewStream wanted;
        wanted.draft.platform = "elsewhere";
        wanted.draft.streamer = name;
        auto const made = watch.add_stream(keeper(), wanted);
        REQUIRE(made);
        return *watch.set_state((*made)->id, StreamState::monitoring);
    }

    std::optional<Detections::Reported> look_at(std::string const& stream, std::string person, std::string text) {
        auto const score = judge.judge(text, {}).score;
        return chat_watch.look_at({stream, std::move(person), std::move(text), score});
    }

    /// Decides a case as the keeper, and lets the watch hear of it.
    void decide(std::string const& case_id, moderation::Decision action) {
        chat::Desk::DecisionRequest request;
        request.action = action;
        REQUIRE(desk.decide(accounts.find_by_name("keeper"), case_id, request));
        watch.case_changed(*cases.find(case_id));
    }

    /// All that was committed before is in the store.
    void settle() { REQUIRE(store::wait_for(store::commit_later(*store, {store::Put{"settled", "now", "{}"}}))); }

    static constexpr char const* password = "correct horse battery";
    tests::NobodyWatches nobody_watches;
    live::Pulses pulses{clock, 0.6};
    live::Stages stages{*store, clock, nobody_watches, pulses, nullptr, live::Stages::Options{}};
    Online online;
    Hearer hearer;
    Watch watch{{*store, clock, accounts, rooms, cases, stages, online},
                {folder.path / "pictures", folder.path / "transcriptions"}};
    ChatWatch chat_watch{watch};
};

/// The beginning of a JPEG, as far as anybody looks.
inline std::string a_jpeg(std::size_t bytes = 100) { return "\xFF\xD8\xFF" + std::string(bytes, 'j'); }

}  // namespace soyuz::watch::testing
