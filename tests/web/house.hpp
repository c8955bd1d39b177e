#pragma once

#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/ids.hpp"
#include "base/manual_clock.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "chat/observer.hpp"
#include "judge/judge.hpp"
#include "live/pulse/pulses.hpp"
#include "live/recording/recorder.hpp"
#include "live/stages.hpp"
#include "support/chat_services.hpp"
#include "support/folder.hpp"
#include "support/nobody_watches.hpp"
#include "watch/watch.hpp"
#include "web/http/expensive_work.hpp"
#include "web/site.hpp"

namespace soyuz::web::testing {

/// Blocks what says "blockme", allows the rest.
class WordJudge final : public judge::Judge {
public:
    judge::Verdict judge(std::string_view text, judge::Occasion const&) const override {
        judge::Verdict verdict;
        if (text.find("blockme") == std::string_view::npos) return verdict;
        verdict.action = judge::Action::block;
        verdict.severity = judge::Severity::high;
        verdict.score = 1;
        verdict.reasons = {"harassment"};
        return verdict;
    }
};

class NobodyOnline final : public chat::Presence {
public:
    bool is_online(base::UserId const&) const override { return false; }
    std::size_t online_count() const override { return 0; }
    std::vector<base::UserId> online() const override { return {}; }
};

using Headers = std::vector<std::pair<std::string, std::string>>;

/// A response taken apart again.
struct Heard {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    static Heard parse(std::string const& bytes) {
        Heard heard;
        auto const end = bytes.find("\r\n\r\n");
        REQUIRE(end != std::string::npos);
        REQUIRE(bytes.starts_with("HTTP/1.1 "));
        heard.status = std::stoi(bytes.substr(9, 3));
        for (std::size_t at = bytes.find("\r\n") + 2; at < end + 2;) {
            auto const line_end = bytes.find("\r\n", at);
            auto const line = bytes.substr(at, line_end - at);
            auto const colon = line.find(": ");
            if (colon != std::string::npos) heard.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
            at = line_end + 2;
        }
        heard.body = bytes.substr(end + 4);
        return heard;
    }
    std::string header(std::string const& name) const {
        for (auto const& [key, value] : headers)
            if (base::lower_ascii(key) == base::lower_ascii(name)) return value;
        return "";
    }
    std::string cookie(std::string const& name) const {
        for (auto const& [key, value] : headers)
            if (key == "Set-Cookie" && value.starts_with(name + "=")) return value;
        return "";
    }
    nlohmann::json json() const { return nlohmann::json::parse(body); }
    std::string error() const { return json().value("error", ""); }
};

/// What the services of a house stand on.
struct Ground {
    tests::Folder temporary;
    std::filesystem::path const& folder = temporary.path;
    base::ManualClock clock;
    WordJudge judge;
    std::unique_ptr<store::Store> store = tests::open_store(folder / "data", clock);
};

/// A site over real services and a store in a folder of its own, spoken to without a socket.
class House : public Ground, public tests::ChatServices {
public:
    explicit House(SiteOptions options = {}, std::map<std::string, SocketPath> sockets = {}, bool is_set_up = true)
        : ChatServices(*store, clock, judge) {
        options.uploads_folder = folder / "uploads";
        options.version = "test";
        options_ = std::move(options);
        sockets_ = std::move(sockets);
        start_site();
        if (is_set_up) REQUIRE(accounts.create_owner({"keeper", password, "", "", chat::Role::owner}));
    }
    ~House() {
        workers.stop();
        expensive.stop();
    }

    /// Forgets all that the site has in memory only.
    void start_site() {
        site.reset();
        site = std::make_unique<Site>(
            Services{*store,   accounts,  sessions, devices, rooms,     messages,  posts,      changes,
                     settings, screening, desk,     cases,   standing,  rule_book, statistics, sanctions,
                     stages,   watch,     presence, workers, expensive, clock},
            options_, sockets_);
    }

    /// Sends a request and doesn't wait for its answer.
    std::future<std::string> begin(std::string method, std::string target, Headers headers = {},
                                   std::string body = "") {
        net::HttpRequest request;
        request.method = std::move(method);
        request.target = std::move(target);
        request.headers = std::move(headers);
        request.headers.emplace_back("Host", "chat.test");
        request.body = std::move(body);
        request.peer_address = "127.0.0.1";
        auto const answered = std::make_shared<std::promise<std::string>>();
        auto answer = answered->get_future();
        site->handle(std::move(request), [answered](net::HttpResponse response) {
            collect(std::make_shared<net::HttpResponse>(std::move(response)), answered);
        });
        return answer;
    }
    std::string ask_raw(std::string method, std::string target, Headers headers = {}, std::string body = "") {
        return begin(std::move(method), std::move(target), std::move(headers), std::move(body)).get();
    }
    Heard ask(std::string method, std::string target, Headers headers = {}, std::string body = "") {
        return Heard::parse(ask_raw(std::move(method), std::move(target), std::move(headers), std::move(body)));
    }
    Heard send(std::string method, std::string target, nlohmann::json const& body, Headers headers = {}) {
        headers.emplace_back("Content-Type", "application/json");
        return ask(std::move(method), std::move(target), std::move(headers), body.dump());
    }
    Heard send_form(std::string target, std::string body, Headers headers = {}) {
        headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
        return ask("POST", std::move(target), std::move(headers), std::move(body));
    }

    /// An account with a token; the header that opens routes.
    Headers bearer(std::string const& username, chat::Role role = chat::Role::member) {
        auto user = accounts.find_by_name(username);
        if (!user) user = *accounts.create({username, password, "", "", role});
        if (role != user->role) user = *accounts.set_role(user->id, role);
        return {{"Authorization", "Bearer " + sessions.open(*user, chat::Session::Kind::token, "test")->token}};
    }
    /// The same with a browser's session; `token` is what changes must carry.
    Headers cookie(std::string const& username, std::string* token = nullptr, chat::Role role = chat::Role::member) {
        bearer(username, role);
        auto const opened = *sessions.open(*accounts.find_by_name(username), chat::Session::Kind::browser, "test");
        if (token != nullptr) *token = sessions.csrf_token(opened.session.id);
        return {{"Cookie", "soyuz_session=" + opened.token}};
    }

    /// Asks for the rest of an answer block by block, as the wire does.
    static void collect(std::shared_ptr<net::HttpResponse> const& response,
                        std::shared_ptr<std::promise<std::string>> const& answered) {
        if (response->rest_bytes == 0) return answered->set_value(std::move(response->bytes));
        response->rest->next([response, answered](std::string const& block) {
            if (block.empty()) return answered->set_value("broken off");
            response->bytes += block;
            response->rest_bytes -= block.size();
            collect(response, answered);
        });
    }

    static constexpr char const* password = "correct horse battery";
    NobodyOnline presence;
    tests::NobodyWatches nobody_watches;
    base::Workers workers{"worker", 2, 100};
    ExpensiveWork expensive{true};
    live::Recorder recorder{live::Recorder::Options{.folder = folder / "data" / "live"}, clock};
    live::Pulses pulses{clock, 0.6};
    live::Stages stages{*store, clock, nobody_watches, pulses, &recorder, live::Stages::Options{}};
    watch::Watch watch{{*store, clock, accounts, rooms, cases, stages, presence},
                       {folder / "data" / "watch", folder / "data" / "transcriptions"}};
    std::unique_ptr<Site> site;

private:
    SiteOptions options_;
    std::map<std::string, SocketPath> sockets_;
};

/// The token that the form on a page sends back.
inline std::string csrf_token_in(Heard const& page) {
    std::string const marker = "name=\"csrf_token\" value=\"";
    auto const at = page.body.find(marker);
    REQUIRE(at != std::string::npos);
    auto const start = at + marker.size();
    return page.body.substr(start, page.body.find('"', start) - start);
}

inline Headers operator+(Headers one, Headers const& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}

}  // namespace soyuz::web::testing
