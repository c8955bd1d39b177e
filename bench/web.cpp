// What routed requests cost: the site over real services, without sockets, on one worker.
//   bench_web [seconds [part of a name]]
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <semaphore>

#include <nlohmann/json.hpp>

#include "base/workers.hpp"
#include "chat/observer.hpp"
#include "judge/judge.hpp"
#include "live/pulse/pulses.hpp"
#include "live/stages.hpp"
#include "support/chat_services.hpp"
#include "support/folder.hpp"
#include "support/nobody_watches.hpp"
#include "watch/watch.hpp"
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

/// What the services stand on.
struct Ground {
    tests::Folder folder;
    base::SystemClock clock;
    AllowAll judge;
    std::unique_ptr<store::Store> store = tests::open_store(folder.path / "data", clock);
};

struct Bench : Ground, tests::ChatServices {
    std::string wanted;
    NobodyOnline presence;
    tests::NobodyWatches nobody_watches;
    live::Pulses pulses{clock, 0.6};
    live::Stages stages{*store, clock, nobody_watches, pulses, nullptr, live::Stages::Options{}};
    watch::Watch watch{{*store, clock, accounts, rooms, cases, stages, presence},
                       {folder.path / "data" / "watch", folder.path / "data" / "transcriptions"}};
    base::Workers workers{"worker", 1, 1000};
    web::ExpensiveWork expensive{false};
    web::Site site{
        {*store, accounts, sessions,  devices,    rooms,     messages, posts, changes,  settings, screening, desk,
         cases,  standing, rule_book, statistics, sanctions, stages,   watch, presence, workers,  expensive, clock},
        options(),
        {}};

    Bench() : ChatServices(*store, clock, judge) {}
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
