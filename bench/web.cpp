// What routed requests cost: the site over real services, without sockets, on one worker.
//   bench_web [seconds [part of a name]]
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <semaphore>

#include <nlohmann/json.hpp>

#include "base/ids.hpp"
#include "base/workers.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/accounts/password_hasher.hpp"
#include "chat/change_budget.hpp"
#include "chat/desk/desk.hpp"
#include "chat/messages/messages.hpp"
#include "chat/observer.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "chat/sessions/devices.hpp"
#include "chat/sessions/sessions.hpp"
#include "chat/settings.hpp"
#include "judge/judge.hpp"
#include "moderation/cases/cases.hpp"
#include "moderation/cases/cleared_texts.hpp"
#include "moderation/cases/statistics.hpp"
#include "moderation/conduct/near_repeats.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "moderation/conduct/spam_window.hpp"
#include "moderation/conduct/standing.hpp"
#include "moderation/rules/rule_book.hpp"
#include "store/store.hpp"
#include "web/http/expensive_work.hpp"
#include "web/site.hpp"

using namespace soyuz;

namespace {

class AllowAll final : public judge::Judge {
    judge::Verdict judge(std::string_view, judge::Occasion const&) const override { return {}; }
};

class NobodyOnline final : public chat::Presence {
    bool is_online(base::UserId const&) const override { return false; }
    std::size_t online_count() const override { return 0; }
    std::vector<base::UserId> online() const override { return {}; }
};

double processor_seconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// Goes last, after the store has closed.
struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("soyuz-bench-" + base::random_id());
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() {
        std::error_code fault;
        std::filesystem::remove_all(path, fault);
    }
};

struct Bench {
    Folder folder;
    std::string wanted;
    base::SystemClock clock;
    std::unique_ptr<store::Store> store = open();
    chat::PasswordHasher hasher{{1, 8192}};
    AllowAll judge;
    NobodyOnline presence;
    chat::Accounts accounts{*store, hasher, clock, {}};
    chat::Settings settings{*store};
    chat::Sessions sessions{*store, accounts, clock, {.jwt_secret = "a secret of thirty-two characters"}};
    chat::Devices devices{*store, clock};
    chat::Rooms rooms{*store, accounts, clock};
    moderation::Sanctions sanctions{*store, clock};
    moderation::SpamWindow window{clock};
    moderation::Cases cases{*store, clock};
    moderation::Standing standing{*store, clock};
    moderation::ClearedTexts cleared{*store};
    moderation::RuleBook rule_book{*store};
    moderation::Statistics statistics{*store, clock};
    moderation::NearRepeats near_repeats;
    chat::Screening screening{
        {judge, accounts, rooms, cases, standing, cleared, rule_book, statistics, near_repeats, sanctions, clock}};
    chat::Messages messages{*store, accounts, rooms, settings, cases, screening, window, sanctions, clock};
    base::Workers workers{"worker", 1, 1000};
    web::ExpensiveWork expensive{false};
    chat::Desk desk{cases, standing, cleared, screening, messages, rooms, accounts, sanctions, clock};
    chat::ChangeBudget changes{clock};
    web::Site site{{*store, accounts, sessions, devices, rooms, messages, changes, settings, screening, desk, cases,
                    standing, rule_book, statistics, sanctions, presence, workers, expensive, clock},
                   options(),
                   {}};

    std::unique_ptr<store::Store> open() {
        store::Options options;
        options.folder = folder.path / "data";
        return std::move(std::get<0>(store::Store::open(options, clock)));
    }
    web::SiteOptions options() const {
        web::SiteOptions options;
        options.uploads_folder = folder.path / "uploads";
        return options;
    }
    ~Bench() { workers.stop(); }

    /// Requests with 64 in flight, as a loop would hand them on; rate per second of processor time.
    void run(char const* name, std::string const& target, std::vector<std::pair<std::string, std::string>> headers,
             double seconds) {
        if (std::string_view{name}.find(wanted) == std::string_view::npos) return;
        net::HttpRequest request;
        request.method = "GET";
        request.target = target;
        request.headers = std::move(headers);
        request.headers.emplace_back("Host", "chat.test");
        request.headers.emplace_back("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36");
        request.peer_address = "127.0.0.1";
        std::counting_semaphore<64> free{64};
        std::size_t count = 0, bytes = 0;
        auto const began = processor_seconds();
        while (processor_seconds() - began < seconds) {
            for (int i = 0; i < 64; ++i, ++count) {
                free.acquire();
                site.handle(request, [&](net::HttpResponse const& response) {
                    bytes = response.bytes.size();
                    free.release();
                });
            }
        }
        for (int i = 0; i < 64; ++i) free.acquire();
        auto const spent = processor_seconds() - began;
        std::printf("%-44s %9.0f /s of one core %7zu bytes\n", name, static_cast<double>(count) / spent, bytes);
    }
};

}  // namespace

int main(int count, char** words) {
    double const seconds = count > 1 ? std::atof(words[1]) : 2;
    Bench bench;
    if (count > 2) bench.wanted = words[2];
    auto const user = *bench.accounts.create({"sara", "correct horse battery", "Sara Khan", "", chat::Role::member});
    auto const token = bench.sessions.open(*user, chat::Session::Kind::token, "bench")->token;
    auto const cookie = bench.sessions.open(*user, chat::Session::Kind::browser, "bench")->token;
    std::counting_semaphore<1> posted{0};
    for (int i = 0; i < 60; ++i) {
        chat::Draft draft;
        draft.room = bench.rooms.lobby();
        draft.text = "message number " + std::to_string(i) + " with **some** words, see https://example.org/";
        bench.messages.poster.post({user, "127.0.0.1", false}, std::move(draft),
                                   [&](auto const&, auto const&, auto) { posted.release(); });
        posted.acquire();
    }
    std::pair<std::string, std::string> const bearer{"Authorization", "Bearer " + token};
    std::pair<std::string, std::string> const browser{"Cookie", "soyuz_session=" + cookie};
    bench.run("GET /api/v1/me, bearer", "/api/v1/me", {bearer}, seconds);
    bench.run("GET /api/v1/me, cookie", "/api/v1/me", {browser}, seconds);
    bench.run("GET 50 messages", "/api/v1/rooms/lobby/messages", {bearer}, seconds);
    bench.run("GET /chat/lobby, 50 messages", "/chat/lobby", {browser}, seconds);
    bench.run("GET /chat/lobby, gzip", "/chat/lobby", {browser, {"Accept-Encoding", "gzip, br"}}, seconds);
    bench.run("GET /login", "/login", {}, seconds);
}
