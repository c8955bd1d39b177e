#pragma once

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/manual_clock.hpp"
#include "chat/observer.hpp"
#include "support/chat_services.hpp"
#include "support/committing_store.hpp"

namespace soyuz::chat::test {

using namespace std::chrono_literals;

/// Blocks what says "block" or "threat", flags what says "flag", warns at "warn"; a "cry" is one for help.
class WordJudge final : public judge::Judge {
public:
    judge::Verdict judge(std::string_view text, judge::Occasion const&) const override {
        judge::Verdict verdict;
        auto const says = [&](char const* word) { return text.find(word) != std::string_view::npos; };
        if (says("threat")) {
            verdict = {judge::Action::block, judge::Severity::high, 0.95, 0.9, {"threat"}, {}, "en", ""};
        } else if (says("block")) {
            verdict = {judge::Action::block, judge::Severity::high, 0.95, 0.9, {"harassment"}, {}, "en", ""};
        } else if (says("cry")) {
            verdict = {judge::Action::flag, judge::Severity::high, 0.9, 0.2, {"self_harm"}, {}, "en", ""};
        } else if (says("flag")) {
            verdict = {judge::Action::flag, judge::Severity::medium, 0.7, 0.6, {"profanity"}, {}, "en", ""};
        } else if (says("warn")) {
            verdict = {judge::Action::warn, judge::Severity::low, 0.4, 0.3, {"profanity"}, {}, "en", ""};
        }
        return verdict;
    }
};

/// Writes down what it hears, one word and its object each.
class Listener final : public Observer {
public:
    void message_posted(Room const& room, MessagePtr const& message) override {
        note("posted " + room.name + ' ' + message->text);
    }
    void message_edited(Room const&, MessagePtr const& message) override { note("edited " + message->text); }
    void message_deleted(Room const&, MessagePtr const& message) override {
        note("deleted " + std::to_string(message->id.seq));
    }
    void reaction_changed(Room const&, MessagePtr const&, std::string const& emoji, User const& user,
                          bool on) override {
        note((on ? "reacted " : "unreacted ") + emoji + ' ' + user.username);
    }
    void read_moved(Room const& room, User const& user, base::Seq seq) override {
        note("read " + room.name + ' ' + user.username + ' ' + std::to_string(seq));
    }
    void moderation_alert(Room const&, User const& author, std::string const& text, judge::Verdict const& verdict,
                          MessagePtr const& message) override {
        note("alert " + author.username + ' ' + std::string{judge::name(verdict.action)} + ' ' + text +
             (message ? " " + base::to_string(message->id).substr(12) : ""));
    }
    void room_changed(Room const& room) override { note("room_changed " + room.name); }
    void room_removed(Room const& room) override { note("room_removed " + room.name); }
    void member_joined(Room const& room, User const& user) override {
        note("joined " + room.name + ' ' + user.username);
    }
    void member_left(Room const& room, base::UserId const&, bool expelled) override {
        note((expelled ? "expelled " : "left ") + room.name);
    }
    void notice(Room const* room, std::string_view text, std::string_view) override {
        note("notice " + (room != nullptr ? room->name : "all") + ' ' + std::string{text});
    }

    std::vector<std::string> take() {
        std::lock_guard const lock{mutex_};
        return std::exchange(heard_, {});
    }

private:
    void note(std::string line) {
        std::lock_guard const lock{mutex_};
        heard_.push_back(std::move(line));
    }
    std::mutex mutex_;
    std::vector<std::string> heard_;
};

/// All services over a store and a clock that outlive them; `restart` makes new ones on the same store.
struct World {
    World() { restart(); }

    void restart() {
        services.reset();
        store.settle();
        services = std::make_unique<tests::ChatServices>(store, clock, judge);
        services->rooms.observe(listener);
        services->screening.observe(listener);
        services->messages.observe(listener);
        services->desk.observe(listener);
    }

    tests::ChatServices* operator->() { return services.get(); }

    UserPtr user(std::string const& name, Role role = Role::member) {
        auto made = services->accounts.create({name, "a fine passphrase", "", "", role});
        if (!made) throw std::runtime_error(made.error().message);
        return *made;
    }

    struct Posted {
        base::Result<MessagePtr> result;
        judge::Verdict verdict;
        std::string error() const { return result ? "" : std::string{base::code_name(result.error().code)}; }
    };
    using Waiting = std::future<Posted>;

    static std::pair<MessageDone, Waiting> waiting() {
        auto const promise = std::make_shared<std::promise<Posted>>();
        auto future = promise->get_future();
        return {[promise](base::Result<MessagePtr> result, judge::Verdict const& verdict, Settled) {
                    promise->set_value({std::move(result), verdict});
                },
                std::move(future)};
    }

    Waiting start(UserPtr const& user, Draft draft, bool rate_limits = false) {
        auto [done, future] = waiting();
        services->messages.poster.post({user, "192.0.2.1", rate_limits}, std::move(draft), std::move(done));
        return std::move(future);
    }
    Posted post(UserPtr const& user, Draft draft, bool rate_limits = false) {
        auto posted = start(user, std::move(draft), rate_limits).get();
        store.settle();
        return posted;
    }
    Posted post(UserPtr const& user, std::string text) {
        return post(user, {services->rooms.lobby(), std::move(text), 0, {}, {}});
    }
    Posted edit(UserPtr const& user, base::MessageId const& id, std::string text) {
        auto [done, future] = waiting();
        services->messages.editor.edit({user, "192.0.2.1", false}, id, std::move(text), std::move(done));
        auto edited = future.get();
        store.settle();
        return edited;
    }
    Posted remove(UserPtr const& user, base::MessageId const& id) {
        auto [done, future] = waiting();
        services->messages.editor.remove({user, "192.0.2.1", false}, id, std::move(done));
        auto removed = future.get();
        store.settle();
        return removed;
    }
    Posted react(UserPtr const& user, base::MessageId const& id, std::string emoji, bool on) {
        auto [done, future] = waiting();
        services->messages.editor.react({user, "192.0.2.1", false}, id, std::move(emoji), on, std::move(done));
        auto reacted = future.get();
        store.settle();
        return reacted;
    }

    tests::CommittingStore store;
    base::ManualClock clock;
    WordJudge judge;
    Listener listener;
    std::unique_ptr<tests::ChatServices> services;
};

template <class T>
std::string code_of(base::Result<T> const& result) {
    return result ? "" : std::string{base::code_name(result.error().code)};
}

using List = std::vector<std::string>;

inline List names(std::vector<RoomPtr> const& rooms) {
    List list;
    for (auto const& room : rooms) list.push_back(room->name);
    return list;
}

}  // namespace soyuz::chat::test
