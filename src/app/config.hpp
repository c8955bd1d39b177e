#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/store.hpp"

namespace CLI {
class App;
}

namespace soyuz::app {

/// Everything that `soyuz serve` can be told. docs/operations.md explains each.
struct Config {
    std::string host = "127.0.0.1";
    std::uint16_t port = 5000;
    std::filesystem::path data = "data";
    std::filesystem::path uploads = "uploads";
    std::uint64_t upload_reserve = 500'000'000;  ///< bytes of the disk that uploads leave free
    std::string templates;
    std::string assets;
    std::string lexicons;          ///< folder whose word lists win over the built-in ones
    std::string model;             ///< classifier; "": the built-in one
    double toxic_threshold = 0.6;  ///< score from which a text is flagged
    unsigned threads = 0;          ///< 0: one for each core
    std::string public_url;
    std::vector<std::string> trusted_proxies;
    std::vector<std::string> cors_origins;
    bool tunnel = false;
    std::string tls_certificate;
    std::string tls_key;
    std::size_t max_connections = 20'000;
    std::string registration;  ///< "": as the owner has set it
    store::Durability durability = store::Durability::commit;
    std::string log_level = "info";
    std::string log_format = "text";
    bool access_log = false;                ///< a line for each request
    std::vector<std::string> metrics_from;  ///< networks that may read /metrics besides this machine and staff
    bool strict_recovery = false;
    bool rate_limits = true;

    bool no_classifier = false;
    bool demo = false;    ///< accounts with weak passwords, rooms full of messages; on loopback alone
    std::string purpose;  ///< of a first start; "": as its owner says on the set-up page

    bool test_endpoints = false;
    std::chrono::milliseconds engine_ping_interval{25'000};  ///< Engine.IO; changed only with test_endpoints
    std::chrono::milliseconds engine_ping_timeout{20'000};
    std::size_t engine_max_payload = 1'000'000;  ///< bytes of one Engine.IO packet or polling body
    std::chrono::seconds socket_timeout{60};     ///< a socket silent for so long is dropped

    std::string service_key;  ///< of programs that push events of watched streams; "": none may
    std::string jwt_secret;   ///< "": the one in the data folder
    std::chrono::minutes jwt_lifetime{30};
    std::size_t max_username_length = 50;
    std::chrono::seconds cleanup_interval{300};
    std::size_t max_bullying_count = 5;      ///< flagged texts of one person until they may write no more
    std::chrono::seconds gift_interval{15};  ///< between random gifts on a live page that has them; 0: none anywhere
    std::string admin_username, admin_password, admin_email;
};

/// Value of an environment variable; none where it isn't set.
using Environment = std::function<std::optional<std::string>(std::string const& name)>;
Environment process_environment();

/// The options of `serve`, declared on `app`. Make it before parsing; call `finish` after.
///
/// The command line wins over the environment over the file. Throws Failure (78) with one line that names the option.
class ServeOptions {
public:
    explicit ServeOptions(CLI::App& app);
    Config finish(Environment const& environment);

private:
    struct Source {
        std::string option;                  ///< long name without dashes: also the key of the configuration file
        std::vector<std::string> variables;  ///< the first that is set counts
    };
    void take_environment(Environment const& environment);
    void take_file(std::string const& path);
    void validate() const;

    CLI::App& app_;
    Config config_;
    std::string config_file_;
    std::string durability_ = "commit";
    bool no_rate_limits_ = false;
    long jwt_minutes_ = 30;
    long cleanup_seconds_ = 300;
    long gift_seconds_ = 15;
    long socket_timeout_seconds_ = 60;
    long ping_interval_ms_ = 25'000;
    long ping_timeout_ms_ = 20'000;
    std::vector<Source> sources_;
};

/// One line for each variable of another server that means nothing here, with what takes its place.
std::vector<std::string> hints_on(Environment const& environment);

/// Whether the key that was given is shorter than HS256 asks for (RFC 7518, 3.2: 32 bytes).
bool has_weak_jwt_secret(Config const& config);

}  // namespace soyuz::app
