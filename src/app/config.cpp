#include "app/config.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <set>
#include <utility>

#include <CLI/CLI.hpp>
#include <arpa/inet.h>

#include "app/console.hpp"
#include "app/failure.hpp"
#include "base/text.hpp"

namespace soyuz::app {

namespace {

Failure bad(std::string const& line) { return {Exit::bad_setting, line}; }

bool is_network(std::string const& text) {
    auto const slash = text.find('/');
    std::string const address = text.substr(0, slash);
    unsigned char bytes[16];
    bool const is_4 = inet_pton(AF_INET, address.c_str(), bytes) == 1;
    bool const is_6 = inet_pton(AF_INET6, address.c_str(), bytes) == 1;
    if (!is_4 && !is_6) return false;
    if (slash == std::string::npos) return true;
    auto const length = text.substr(slash + 1);
    if (length.empty() || length.size() > 3 || length.find_first_not_of("0123456789") != std::string::npos)
        return false;
    return std::stoi(length) <= (is_4 ? 32 : 128);
}

bool is_web_address(std::string const& url) {
    for (std::string_view const scheme : {"http://", "https://"})
        if (url.starts_with(scheme) && url.size() > scheme.size() && url.find_first_of(" \t\"<>") == std::string::npos)
            return true;
    return false;
}

std::string variable_of(std::string const& option) {
    std::string name = "SOYUZ_";
    for (char const c : option) name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

/// Files and editors leave a line end behind what was written into them.
std::string without_line_end(std::string text) {
    text.erase(text.find_last_not_of("\r\n") + 1);
    return text;
}

/// One line of what CLI11 has to say.
std::string one_line(std::string text) {
    for (char& c : text)
        if (c == '\n') c = ' ';
    return text;
}

}  // namespace

Environment process_environment() {
    return [](std::string const& name) -> std::optional<std::string> {
        char const* const value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>{value};
    };
}

ServeOptions::ServeOptions(CLI::App& app) : app_(app) {
    auto const add = [&](std::string const& option, auto& value, std::string const& help,
                         std::vector<std::string> older_variables = {}) {
        older_variables.insert(older_variables.begin(), variable_of(option));
        sources_.push_back({option, std::move(older_variables)});
        return app.add_option("--" + option, value, help);
    };
    auto const add_flag = [&](std::string const& option, bool& value, std::string const& help,
                              std::vector<std::string> older_variables = {}) {
        older_variables.insert(older_variables.begin(), variable_of(option));
        sources_.push_back({option, std::move(older_variables)});
        return app.add_flag("--" + option, value, help);
    };
    // Without this a vector would take whatever words follow it.
    auto const each_once = [](CLI::Option* option) { option->expected(1)->take_all()->delimiter(','); };

    app.option_defaults()->group("Network");
    app.add_option("--config", config_file_, "File of settings, one `name = value` a line");
    add("host", config_.host, "Address to listen on")->capture_default_str();
    add("port", config_.port, "Port to listen on; 0 picks a free one", {"APP_PORT"})->capture_default_str();
    add_flag("tunnel", config_.tunnel, "Share the server through cloudflared");
    add("public-url", config_.public_url, "Address that people use, for links");
    each_once(
        add("trusted-proxy", config_.trusted_proxies, "Network whose forwarded addresses are believed (repeatable)"));
    each_once(add("cors-origin", config_.cors_origins, "Origin whose pages may call the API (repeatable)"));
    add("tls-cert", config_.tls_certificate, "Certificate chain, PEM", {"SSL_CERT_PATH"});
    add("tls-key", config_.tls_key, "Key of the certificate, PEM", {"SSL_KEY_PATH"});
    add("max-connections", config_.max_connections, "Connections in all", {"MAX_CONNECTIONS"})
        ->check(CLI::Range(1, 10'000'000));
    add("socket-timeout", socket_timeout_seconds_, "Seconds after which a silent socket is dropped")
        ->check(CLI::Range(2, 3'600));
    add("threads", config_.threads, "Event loops; 0: one for each core")->check(CLI::Range(0, 64));

    app.option_defaults()->group("Data");
    add("data", config_.data, "Folder of accounts, rooms and messages")->capture_default_str();
    add("uploads", config_.uploads, "Folder of pictures and files")->capture_default_str();
    add("upload-reserve", config_.upload_reserve, "Bytes of the disk that uploads leave free")->capture_default_str();
    add("durability", durability_, "What an acknowledgement waits for")->check(CLI::IsMember({"commit", "interval"}));
    add_flag("strict-recovery", config_.strict_recovery, "Refuse to start on damaged data");
    add("cleanup-interval", cleanup_seconds_, "Seconds between sweeps of what has expired", {"CLEANUP_INTERVAL"})
        ->check(CLI::Range(1, 86'400));

    app.option_defaults()->group("People");
    add("registration", config_.registration, "Who may sign up")->check(CLI::IsMember({"open", "invite", "closed"}));
    add("purpose", config_.purpose, "Settings of a first start without a set-up page")
        ->check(CLI::IsMember({"friends", "class", "stream", "community"}));
    add_flag("demo", config_.demo, "Make accounts and rooms to try things with (loopback only)");
    add("admin-username", config_.admin_username, "Owner made on the first start", {"DEFAULT_ADMIN_USERNAME"});
    add("admin-password", config_.admin_password, "Their password", {"DEFAULT_ADMIN_PASSWORD"});
    add("admin-email", config_.admin_email, "Their e-mail address", {"DEFAULT_ADMIN_EMAIL"});
    add("max-username-length", config_.max_username_length, "Longest user name", {"MAX_USERNAME_LENGTH"})
        ->check(CLI::Range(3, 50));
    add("service-key", config_.service_key, "Key of programs that push events of watched streams");
    add("jwt-secret", config_.jwt_secret, "Key that signs tokens, better 32 bytes or more",
        {"JWT_SECRET_KEY", "SECRET_KEY", "FLASK_SECRET_KEY"});
    add("jwt-expire-minutes", jwt_minutes_, "How long a token lasts", {"JWT_EXPIRE_MINUTES"})
        ->check(CLI::Range(1, 525'600));

    app.option_defaults()->group("Moderation");
    add("toxic-threshold", config_.toxic_threshold, "Score from which a text is flagged", {"TOXIC_THRESHOLD"})
        ->check(CLI::Range(0.05, 0.89));
    add("max-bullying-count", config_.max_bullying_count, "Flagged texts of one person until they may write no more",
        {"MAX_BULLYING_COUNT"})
        ->check(CLI::Range(1, 1'000'000));
    add_flag("no-classifier", config_.no_classifier, "Judge texts by lists and patterns alone", {"DISABLE_DETOXIFY"});
    add("lexicons", config_.lexicons, "Folder of word lists that win over the built-in ones");
    add("model", config_.model, "Text classifier in place of the built-in one");

    app.option_defaults()->group("Pages");
    add("templates", config_.templates, "Folder of page templates that wins over the built-in ones");
    add("assets", config_.assets, "Folder of scripts and styles that wins over the built-in ones");
    add("gift-interval-secs", gift_seconds_, "Seconds between random gifts on a live page; 0: none",
        {"GIFT_INTERVAL_SECS"})
        ->check(CLI::Range(0, 86'400));

    app.option_defaults()->group("Console and figures");
    add("log-level", config_.log_level, "How much the console says")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
    add("log-format", config_.log_format, "How the console says it")->check(CLI::IsMember({"text", "json"}));
    add_flag("access-log", config_.access_log, "Write a line for each request");
    each_once(add("metrics-from", config_.metrics_from, "Network that may read /metrics (repeatable)"));

    app.option_defaults()->group("Tests");
    add_flag("test-endpoints", config_.test_endpoints, "Add the endpoints of conformance tests (loopback only)");
    add("ping-interval-ms", ping_interval_ms_, "Engine.IO's time between pings; only with --test-endpoints")
        ->check(CLI::Range(50, 3'600'000));
    add("ping-timeout-ms", ping_timeout_ms_, "Engine.IO's time for an answer; only with --test-endpoints")
        ->check(CLI::Range(50, 3'600'000));
    add("max-payload", config_.engine_max_payload, "Engine.IO's largest payload, bytes; only with --test-endpoints")
        ->check(CLI::Range(1'000, 100'000'000));
    add_flag("no-rate-limits", no_rate_limits_, "Lift the limits on rates, for tests");
    app.option_defaults()->group("Options");
}

Config ServeOptions::finish(Environment const& environment) {
    // Each source fills only what the ones before it have left open.
    take_environment(environment);
    if (config_file_.empty()) config_file_ = environment("SOYUZ_CONFIG").value_or("");
    if (!config_file_.empty()) take_file(config_file_);
    for (auto* list : {&config_.trusted_proxies, &config_.cors_origins, &config_.metrics_from}) {
        for (auto& each : *list) each = base::trim(each);
        std::erase(*list, "");
    }
    for (auto* secret : {&config_.jwt_secret, &config_.admin_password, &config_.service_key})
        *secret = without_line_end(std::move(*secret));
    config_.durability = durability_ == "commit" ? store::Durability::commit : store::Durability::interval;
    config_.rate_limits = !no_rate_limits_;
    config_.jwt_lifetime = std::chrono::minutes{jwt_minutes_};
    config_.cleanup_interval = std::chrono::seconds{cleanup_seconds_};
    config_.gift_interval = std::chrono::seconds{gift_seconds_};
    config_.socket_timeout = std::chrono::seconds{socket_timeout_seconds_};
    config_.engine_ping_interval = std::chrono::milliseconds{ping_interval_ms_};
    config_.engine_ping_timeout = std::chrono::milliseconds{ping_timeout_ms_};
    validate();
    return config_;
}

void ServeOptions::take_environment(Environment const& environment) {
    for (auto const& source : sources_) {
        auto* const option = app_.get_option("--" + source.option);
        if (option->count() > 0) continue;
        for (auto const& variable : source.variables) {
            auto const value = without_line_end(environment(variable).value_or(""));
            if (value.empty()) continue;
            try {
                option->add_result(value);
                option->run_callback();
            } catch (CLI::Error const& error) {
                throw bad(variable + ": " + one_line(error.what()));
            }
            break;
        }
    }
}

void ServeOptions::take_file(std::string const& path) {
    std::ifstream file(path);
    if (!file) throw bad("--config: " + path + " can't be read");
    // Some editors mark UTF-8 by a byte order mark, which belongs to no key.
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    std::array<char, mark.size()> begin{};
    file.read(begin.data(), begin.size());
    if (std::string_view{begin.data(), begin.size()} != mark) {
        file.clear();
        file.seekg(0);
    }
    std::vector<CLI::ConfigItem> items;
    try {
        items = CLI::ConfigTOML().from_config(file);
    } catch (CLI::Error const& error) {
        throw bad(path + ": " + one_line(error.what()));
    }
    std::set<std::string> known;
    for (auto const& source : sources_) known.insert(source.option);
    for (auto const& item : items) {
        if (item.name == "++" || item.name == "--") continue;  // marks of sections
        if (!item.parents.empty() || !known.contains(item.name)) throw bad(path + ": unknown key " + item.fullname());
        auto* const option = app_.get_option("--" + item.name);
        if (option->count() > 0) continue;
        try {
            for (auto const& input : item.inputs) option->add_result(input);
            option->run_callback();
        } catch (CLI::Error const& error) {
            throw bad(path + ": " + item.name + ": " + one_line(error.what()));
        }
    }
}

void ServeOptions::validate() const {
    if (config_.host.empty()) throw bad("--host: an address is needed");
    if (config_.test_endpoints && !console::is_loopback(config_.host))
        throw bad("--test-endpoints: only when listening on a loopback address, not on " + config_.host);
    if (config_.demo && !console::is_loopback(config_.host))
        throw bad("--demo: only when listening on a loopback address, not on " + config_.host);
    if (!config_.test_endpoints)
        for (auto const* name : {"ping-interval-ms", "ping-timeout-ms", "max-payload"})
            if (app_.get_option(std::string{"--"} + name)->count() > 0)
                throw bad(std::string{"--"} + name + ": only together with --test-endpoints");
    for (auto const& network : config_.trusted_proxies)
        if (!is_network(network)) throw bad("--trusted-proxy: " + network + " is no network like 10.0.0.0/8");
    for (auto const& network : config_.metrics_from)
        if (!is_network(network)) throw bad("--metrics-from: " + network + " is no network like 10.0.0.0/8");
    for (auto const& origin : config_.cors_origins)
        if (!is_web_address(origin)) throw bad("--cors-origin: " + origin + " is no origin like https://example.org");
    if (!config_.public_url.empty() && !is_web_address(config_.public_url))
        throw bad("--public-url: " + config_.public_url + " is no address like https://chat.example.org");
    if (config_.tls_certificate.empty() != config_.tls_key.empty())
        throw bad("--tls-cert and --tls-key: one needs the other");
    if (config_.tunnel && !config_.tls_certificate.empty())
        throw bad("--tunnel: the tunnel brings its own https; leave --tls-cert out");
    for (auto const* folder : {&config_.templates, &config_.assets, &config_.lexicons})
        if (!folder->empty() && !std::filesystem::is_directory(*folder)) throw bad(*folder + " is no folder");
    if (config_.admin_username.empty() != config_.admin_password.empty())
        throw bad("--admin-username and --admin-password: one needs the other");
}

std::vector<std::string> hints_on(Environment const& environment) {
    static constexpr std::pair<char const*, char const*> replaced[]{
        {"DATABASE_URL", "all data is in the folder of --data"},
        {"SQLALCHEMY_DATABASE_URI", "all data is in the folder of --data"},
        {"DB_ECHO", "--log-level debug says more"},
        {"DASH_PORT", "pages and API share --port"},
        {"MONITOR_PORT", "pages and API share --port"},
        {"FLASK_ENV", "--log-level debug says more"},
        {"FLASK_DEBUG", "--log-level debug says more"},
        {"REDIS_URL", "one process keeps sessions and sockets by itself"},
    };
    std::vector<std::string> hints;
    for (auto const& [name, place] : replaced)
        if (environment(name)) hints.push_back(std::string{name} + " means nothing here: " + place);
    return hints;
}

bool has_weak_jwt_secret(Config const& config) {
    constexpr std::size_t enough = 32;
    return !config.jwt_secret.empty() && config.jwt_secret.size() < enough;
}

}  // namespace soyuz::app
