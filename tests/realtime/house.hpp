#pragma once

#include <array>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/manual_clock.hpp"
#include "base/workers.hpp"
#include "judge/judge.hpp"
#include "realtime/announcer.hpp"
#include "realtime/fakes.hpp"
#include "realtime/manual_store.hpp"
#include "realtime/native_gateway.hpp"
#include "support/chat_services.hpp"

namespace soyuz::tests {

using Json = nlohmann::json;

/// Blocks what says "vile", flags "rude", warns of "damn".
class WordJudge final : public judge::Judge {
public:
    judge::Verdict judge(std::string_view text, judge::Occasion const&) const override {
        auto const verdict = [](judge::Action action, judge::Severity severity, double score) {
            return judge::Verdict{action, severity, score, score, {"harassment"}, {}, "en", ""};
        };
        if (text.find("vile") != text.npos) return verdict(judge::Action::block, judge::Severity::high, 0.95);
        if (text.find("rude") != text.npos) return verdict(judge::Action::flag, judge::Severity::medium, 0.7);
        if (text.find("damn") != text.npos) return verdict(judge::Action::warn, judge::Severity::low, 0.4);
        return {};
    }
};

/// What the services of a house stand on.
struct Ground {
    base::ManualClock clock;
    ManualStore store;
    WordJudge judge;
};

/// The services, an announcer on two loops, and the gateway; everything that takes time happens when the test says so.
struct House : Ground, ChatServices {
    explicit House(realtime::NativeGateway::Options options = unlimited())
        : ChatServices(store, clock, judge,
                       {[this](moderation::Sanction const& sanction) { announcer.sanction_imposed(sanction); }, {}}),
          announcer({&loops[0], &loops[1]}, accounts, rooms, clock),
          gateway({announcer.hub(), announcer.news(), accounts, rooms, messages, changes, workers, clock},
                  std::move(options)) {
        rooms.observe(announcer);
        messages.observe(announcer);
        store.attach({[this] { announcer.group_committed(); }, {}, {}});
    }
    ~House() {
        settle();
        messages.stop();  // what is under way there would tell the announcer
    }

    static realtime::NativeGateway::Options unlimited() {
        realtime::NativeGateway::Options options;
        options.version = "1";
        options.rate_limits = false;
        return options;
    }

    chat::UserPtr account(std::string const& name, chat::Role role = chat::Role::member) {
        return *accounts.create({name, "correct horse battery", "", "", role});
    }
    chat::RoomPtr room(chat::User const& creator, std::string const& name,
                       chat::Room::Kind kind = chat::Room::Kind::public_) {
        return *rooms.create(creator, {name, name, "", kind, {}});
    }

    /// Lets everything happen that is under way: work of workers, group commits, loops.
    void settle() {
        for (int round = 0; round < 4; ++round) {
            run_loops();
            std::promise<void> idle;
            if (workers.submit([&] { idle.set_value(); })) idle.get_future().wait();
            store.commit_now();
            run_loops();
        }
    }
    void run_loops() {
        for (auto& loop : loops) loop.run();
    }
    /// A second of the announcer's own time.
    void tick() {
        for (auto& loop : loops) loop.let_pass(std::chrono::seconds{1});
        run_loops();
    }

    std::array<FakeLoop, 2> loops{FakeLoop{0}, FakeLoop{1}};
    realtime::Announcer announcer;
    base::Workers workers{"test", 1, 1000};
    realtime::NativeGateway gateway;
};

/// A client of the gateway: says what it says on its connection's loop, and keeps what it hears.
class Client {
public:
    Client(House& house, chat::UserPtr user, std::string session = "", std::size_t loop = 0)
        : house_(house), loop_(house.loops[loop]), socket(loop_) {
        chat::Sessions::Identity who;
        who.session.id = chat::SessionId{session.empty() ? "session-" + user->username : session};
        who.session.user = user->id;
        who.user = std::move(user);
        handler_ = house.gateway.accept(who, "192.0.2.1").handler;
        loop_.run([&] { handler_->opened(socket); });
    }
    ~Client() { close(); }
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    void close() {
        if (!handler_) return;
        loop_.run([&] { handler_->closed(1000); });
        handler_.reset();
    }
    void say_text(std::string const& text) {
        loop_.run([&] { handler_->text(text); });
    }
    void say_binary(std::string const& bytes) {
        loop_.run([&] { handler_->binary(bytes); });
    }
    /// Without waiting for anything.
    void say(Json const& command) { say_text(command.dump()); }
    /// Says it, lets everything happen, and gives the answer with its ref.
    Json ask(Json command) {
        command["ref"] = ++ref_;
        say(command);
        // Some changes pass through a thread of the domain's own, which nothing here can wait for.
        for (auto const end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
             std::chrono::steady_clock::now() < end; std::this_thread::yield()) {
            house_.settle();
            for (auto const& event : heard())
                if (event.value("ref", 0) == ref_) return event;
        }
        return nullptr;
    }
    Json join(std::string const& room) { return ask({{"type", "join"}, {"room", room}}); }

    /// All that was heard so far.
    std::vector<Json> const& heard() {
        for (auto const& text : socket.take()) heard_.push_back(Json::parse(text));
        return heard_;
    }
    std::vector<Json> heard(std::string const& type) {
        std::vector<Json> events;
        for (auto const& event : heard())
            if (event["type"] == type) events.push_back(event);
        return events;
    }
    std::vector<base::Seq> seqs() {
        std::vector<base::Seq> seqs;
        for (auto const& event : heard("message")) seqs.push_back(event["message"]["seq"]);
        return seqs;
    }
    void forget() {
        heard();
        heard_.clear();
    }

private:
    House& house_;
    FakeLoop& loop_;

public:
    FakeSocket socket;

private:
    std::unique_ptr<net::WebSocketHandler> handler_;
    std::vector<Json> heard_;
    int ref_ = 0;
};

}  // namespace soyuz::tests
