#include "app/server.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "app/console.hpp"
#include "app/failure.hpp"
#include "app/metrics.hpp"
#include "app/open_store.hpp"
#include "app/server_options.hpp"
#include "app/storage_figures.hpp"
#include "app/systemd.hpp"
#include "app/tunnel.hpp"
#include "app/version.hpp"
#include "base/log.hpp"
#include "base/workers.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/accounts/password_hasher.hpp"
#include "chat/desk/desk.hpp"
#include "chat/messages/messages.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "chat/sessions/sessions.hpp"
#include "chat/settings.hpp"
#include "judge/counting_judge.hpp"
#include "judge/engine.hpp"
#include "moderation/cases/cases.hpp"
#include "moderation/cases/cleared_texts.hpp"
#include "moderation/cases/statistics.hpp"
#include "moderation/conduct/near_repeats.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "moderation/conduct/spam_window.hpp"
#include "moderation/conduct/standing.hpp"
#include "moderation/rules/room_rules.hpp"
#include "moderation/rules/rule_book.hpp"
#include "net/listener.hpp"
#include "net/loop.hpp"
#include "realtime/announcer.hpp"
#include "realtime/echo.hpp"
#include "realtime/native_gateway.hpp"
#include "web/site.hpp"

namespace soyuz::app {

namespace {

using namespace std::chrono_literals;

constexpr auto drain_grace = 2500ms;  // of the five seconds that stopping may take
constexpr auto read_marks_interval = 5s;
constexpr std::size_t hashes_waiting = 256;
constexpr std::size_t work_waiting = 4096;
constexpr std::size_t no_limit = 1'000'000;

unsigned cores() { return std::max(1U, std::thread::hardware_concurrency()); }

/// Each connection is a descriptor: takes what the system grants.
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

struct Server::Implementation {
    explicit Implementation(Config given);
    ~Implementation() { stop(); }
    void start();

    std::map<std::string, web::SocketPath> sockets();
    net::Limits limits();
    net::Handlers handlers();
    moderation::Sanctions::Hooks sanction_hooks();
    void connect();
    void apply_registration();
    void apply_rules(base::RoomId const& room, moderation::RoomRules const& rules);
    void apply_all_rules();
    void make_first_owner();
    void listen();
    void sweep_now_and_then();
    void repeat(std::chrono::milliseconds interval, std::function<void()> work);
    void start_tunnel();
    void stop();

    Config const config;
    base::SystemClock clock;
    std::unique_ptr<store::Store> store;
    // Hashing has its own bound, and what must not wait behind requests its own thread.
    base::Workers workers;
    base::Workers housekeeping;
    chat::PasswordHasher hasher;
    chat::Accounts accounts;
    chat::Settings settings;
    chat::Sessions sessions;
    chat::Rooms rooms;
    moderation::Sanctions sanctions;
    moderation::SpamWindow spam_window;
    std::unique_ptr<judge::Engine> judge;
    judge::CountingJudge counting_judge;
    net::Loops loops;
    realtime::Announcer announcer;  // outlives messages, which tell it of changes up to their end
    moderation::Cases cases;
    moderation::Standing standing;
    moderation::ClearedTexts cleared;
    moderation::RuleBook rule_book;
    moderation::Statistics statistics;
    moderation::NearRepeats near_repeats;
    chat::Screening screening;
    chat::Messages messages;
    chat::Desk desk;
    realtime::NativeGateway gateway;
    web::Site site;
    net::Listener listener;
    LoopWatch loop_watch;
    StorageFigures storage_figures;
    std::array<std::atomic<std::uint64_t>, 2> sanctions_imposed{};
    std::mutex tunnel_mutex;
    std::string tunnel_url;
    std::unique_ptr<Tunnel> tunnel;
    bool stopped = false;
};

Server::Implementation::Implementation(Config given)
    : config(std::move(given)),
      store(open_store(store_options(config), clock)),
      workers("worker", std::max(4U, 2 * cores()), work_waiting),
      housekeeping("housekeeping", 1, no_limit),
      hasher(chat::PasswordHasher::interactive, cores(), hashes_waiting),
      accounts(*store, hasher, clock, account_limits(config, settings)),
      settings(*store),
      sessions(*store, accounts, clock, session_options(config)),
      rooms(*store, accounts, clock),
      sanctions(*store, clock, sanction_hooks()),
      spam_window(clock),
      judge(open_judge(config)),
      counting_judge(*judge),
      loops(config.threads == 0 ? cores() : config.threads),
      announcer(loops, accounts, rooms, clock),
      cases(
          *store, clock,
          [this](auto const& changed, auto const& claim, auto open) { screening.case_changed(changed, claim, open); }),
      standing(*store, clock),
      cleared(*store),
      rule_book(*store, [this](auto const& room, auto const& rules) { apply_rules(room, rules); }),
      statistics(*store, clock),
      screening({counting_judge, accounts, rooms, cases, standing, cleared, rule_book, statistics, near_repeats,
                 sanctions, clock},
                screening_options(config)),
      messages(*store, accounts, rooms, settings, cases, screening, spam_window, sanctions, clock),
      desk(cases, standing, cleared, screening, messages, rooms, accounts, sanctions, clock),
      gateway({announcer.hub(), accounts, rooms, messages, workers, clock}, gateway_options(config)),
      site({*store, accounts, sessions, rooms, messages, settings, screening, desk, cases, standing, rule_book,
            statistics, sanctions, announcer, workers, clock},
           site_options(config), sockets()),
      listener(loops, limits(), handlers()),
      loop_watch(loops, listener),
      storage_figures(*store, clock, config.data, config.uploads) {}

void Server::Implementation::start() {
    if (has_weak_jwt_secret(config))
        base::log::warn(
            "--jwt-secret (JWT_SECRET_KEY) is shorter than 32 bytes: tokens signed with it can be guessed; leave it out "
            "to have a strong key made");
    connect();
    apply_registration();
    make_first_owner();
    sweep_now_and_then();
    listen();
}

std::map<std::string, web::SocketPath> Server::Implementation::sockets() {
    std::map<std::string, web::SocketPath> paths;
    paths["/ws"] = {
        .open = [this](web::Handshake const& handshake) { return gateway.accept(*handshake.who, handshake.address); }};
    if (config.test_endpoints) {
        paths["/ws/echo"] = {.needs_session = false, .any_origin = true, .open = [](web::Handshake const&) {
                                 return realtime::echo_socket();
                             }};
    }
    return paths;
}

net::Limits Server::Implementation::limits() {
    net::Limits limits;
    limits.connections = config.max_connections;
    limits.connections_per_address = config.rate_limits ? settings.get()->connections_per_address : no_limit;
    limits.ping_timeout = config.socket_timeout;
    // Two pings fit into the silence that is borne, so that one that is lost drops nobody.
    limits.ping_interval = limits.ping_timeout * 5 / 12;
    limits.body_bytes = [this](net::HttpRequest const& head) { return site.body_bytes(head); };
    limits.is_exempt = [this](std::string const& address) { return site.is_trusted_proxy(address); };
    return limits;
}

net::Handlers Server::Implementation::handlers() {
    return {
        [this](net::HttpRequest request, net::Respond respond) { site.handle(std::move(request), std::move(respond)); },
        [this](net::HttpRequest request, net::Handlers::Decide decide) {
            site.decide(std::move(request), std::move(decide));
        }};
}

moderation::Sanctions::Hooks Server::Implementation::sanction_hooks() {
    auto const imposed = [this](moderation::Sanction const& sanction) {
        bool const is_ban = sanction.kind == moderation::Sanction::Kind::ban;
        announcer.sanction_imposed(sanction);
        ++sanctions_imposed[is_ban ? 0 : 1];
        if (!is_ban) return;
        // Ending sessions waits for the disk, and this may be an event loop.
        bool const queued = housekeeping.submit([this, user = sanction.user] {
            if (auto const ended = sessions.end_all(user, chat::SessionEnd::banned); !ended)
                base::log::error("sessions of a banned account not ended", {{"error", ended.error().message}});
        });
        if (!queued) base::log::error("sessions of a banned account not ended: the server is stopping");
    };
    auto const lifted = [this](base::UserId const& user, moderation::Sanction::Kind kind) {
        announcer.sanction_lifted(user, kind);
    };
    return {imposed, lifted};
}

void Server::Implementation::connect() {
    rooms.observe(announcer);
    messages.observe(announcer);
    screening.observe(announcer);
    settings.on_changed = [this](chat::InstanceSettings const&) { apply_all_rules(); };
    apply_all_rules();
    desk.observe(announcer);
    store->attach({[this] { announcer.flush(); }, [this](bool writable) { announcer.writable_changed(writable); }});
    accounts.on_changed = [this](chat::UserPtr const& user) { announcer.profile_changed(user); };
    sessions.on_ended = [this](std::vector<chat::Session> const& ended, chat::SessionEnd why) {
        announcer.sessions_ended(ended, why);
    };
    auto const sources =
        MetricSources{listener,   announcer,       counting_judge,    sanctions,
                      loop_watch, storage_figures, sanctions_imposed, std::chrono::system_clock::now()};
    site.health = [sources](nlohmann::json& json) { add_health(json, sources); };
    site.metrics_text = [sources](base::Exposition& out) { add_metrics(out, sources); };
    site.metrics_json = [sources](nlohmann::json& json, bool in_full) { add_metrics(json, sources, in_full); };
    site.tunnel_url = [this] {
        std::lock_guard lock(tunnel_mutex);
        return tunnel_url;
    };
}

void Server::Implementation::apply_rules(base::RoomId const& room, moderation::RoomRules const& rules) {
    // 0.6 is what the presets are made around: only another threshold is a wish.
    std::optional<double> threshold;
    if (config.toxic_threshold != Config{}.toxic_threshold) threshold = config.toxic_threshold;
    auto policy = moderation::policy_of(rules, settings.get()->moderation_preset, threshold);
    if (!policy) return base::log::error("rules of a room can't be applied: " + policy.error().message);
    if (room.empty()) return judge->set_default_policy(std::move(*policy));
    judge->set_policy(room, std::move(*policy));
}

void Server::Implementation::apply_all_rules() {
    apply_rules({}, {});
    rule_book.each([this](auto const& room, auto const& rules) { apply_rules(room, rules); });
}

void Server::Implementation::apply_registration() {
    if (config.registration.empty()) return;
    if (auto const changed = settings.change({{"registration", config.registration}}); !changed)
        throw Failure(Exit::bad_setting, "--registration: " + changed.error().message);
}

void Server::Implementation::make_first_owner() {
    if (config.admin_username.empty() || accounts.count() > 0) return;
    auto const made = accounts.create_owner(
        {config.admin_username, config.admin_password, "", config.admin_email, chat::Role::owner});
    if (made) return base::log::info("made the owner's account " + (*made)->username);
    throw Failure(Exit::bad_setting, "--admin-username: " + made.error().message);
}

void Server::Implementation::listen() {
    net::Tls const tls{config.tls_certificate, config.tls_key};
    try {
        listener.start(config.host, config.port, config.tls_certificate.empty() ? nullptr : &tls);
    } catch (std::system_error const& error) {
        auto const where = console::url_host(config.host) + ":" + std::to_string(config.port);
        auto const taken = error.code() == std::errc::address_in_use;
        throw Failure(Exit::unavailable,
                      taken ? "port in use: " + where : "can't listen on " + where + ": " + error.code().message());
    } catch (std::runtime_error const& error) {
        throw Failure(Exit::bad_setting, error.what());
    }
}

/// On a loop's timer, worked off by the housekeeping thread.
void Server::Implementation::repeat(std::chrono::milliseconds interval, std::function<void()> work) {
    loops.at(0).after(interval, [this, interval, work = std::move(work)] {
        if (!housekeeping.submit(work)) return;
        repeat(interval, work);
    });
}

void Server::Implementation::sweep_now_and_then() {
    repeat(std::chrono::seconds{60}, [this] { statistics.flush(); });
    repeat(read_marks_interval, [this] { rooms.flush_read_marks(); });
    // An owner who edits a word list sees it work at once; one with an error leaves the old lists in force.
    if (!config.lexicons.empty())
        repeat(std::chrono::seconds{2}, [this] {
            if (auto read = judge->reload_if_changed(); !read) base::log::error(read.error().message);
        });
    repeat(config.cleanup_interval, [this] {
        sessions.sweep();
        sanctions.sweep();
    });
}

void Server::Implementation::start_tunnel() {
    auto const announced = [this](std::string const& url) {
        {
            std::lock_guard lock(tunnel_mutex);
            tunnel_url = url;
        }
        console::say("shared at " + url);
        console::show_qr_code(url);
    };
    auto const ended = [this] {
        {
            std::lock_guard lock(tunnel_mutex);
            tunnel_url.clear();
        }
        base::log::warn("cloudflared ended: the public address is gone");
    };
    try {
        tunnel = std::make_unique<Tunnel>(listener.port(), announced, ended);
    } catch (Failure const& failure) {
        // Whoever is in the room can still use the local address.
        console::say(failure.what());
    }
}

void Server::Implementation::stop() {
    if (std::exchange(stopped, true)) return;
    tunnel.reset();
    site.begin_draining();
    listener.stop_accepting();
    listener.drain(drain_grace);
    workers.stop();
    housekeeping.stop();
    loops.stop();
    statistics.flush();
    rooms.flush_read_marks();
    if (auto const done = store->checkpoint(); !done)
        base::log::error("the last checkpoint failed, the journal holds all: " + done.error().message);
    // The store outlives the announcer, and commits and probes the disk until it is closed.
    store->detach();
}

Server::Server(Config config) : implementation_(std::make_unique<Implementation>(std::move(config))) {
    implementation_->start();
}
Server::~Server() = default;

std::string Server::address() const {
    auto const& config = implementation_->config;
    return (config.tls_certificate.empty() ? "http://" : "https://") + console::url_host(config.host) + ":" +
           std::to_string(implementation_->listener.port());
}

void Server::announce() {
    auto& server = *implementation_;
    console::say("listening on " + address());

    bool const on_all = server.config.host == "0.0.0.0" || server.config.host == "::";
    auto const scheme = address().substr(0, address().find("//") + 2);
    auto const port = ":" + std::to_string(server.listener.port());
    std::vector<std::string> links;
    if (!server.config.public_url.empty()) links.push_back(server.config.public_url);
    if (on_all)
        for (auto const& local : console::local_addresses()) links.push_back(scheme + console::url_host(local) + port);
    links.push_back(on_all ? scheme + "localhost" + port : address());
    for (auto& link : links)
        if (link.back() == '/') link.pop_back();

    auto const token = server.site.setup_token();
    for (auto const& link : links) {
        if (!token.empty())
            console::say("set up at " + link + "/setup?token=" + token);
        else if (on_all)
            console::say("reachable at " + link);
    }
    if (!token.empty()) console::show_qr_code(links.front() + "/setup?token=" + token);
    if (server.config.tunnel) server.start_tunnel();
}

void Server::stop() { implementation_->stop(); }

int serve(Config config) {
    // Blocked before any thread starts, so that all inherit it and this thread alone takes signals.
    sigset_t signals;
    sigemptyset(&signals);
    for (int const number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    // Errors that a call returns are enough: a peer that has gone, a file that may not grow.
    for (int const number : {SIGPIPE, SIGXFSZ}) std::signal(number, SIG_IGN);
    raise_descriptor_limit();
    base::log::set_level(config.log_level);
    base::log::set_format(config.log_format);

    Server server(std::move(config));
    server.announce();
    tell_service_manager("READY=1");
    int number = 0;
    sigwait(&signals, &number);
    base::log::info("stopping");
    tell_service_manager("STOPPING=1");
    server.stop();
    return static_cast<int>(Exit::ok);
}

}  // namespace soyuz::app
