#include "app/config.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <catch2/catch.hpp>
#include <unistd.h>

#include "app/failure.hpp"

using namespace soyuz;
using app::Config;
using app::Exit;
using app::Failure;

namespace {

using Variables = std::map<std::string, std::string>;

Config read(std::vector<std::string> words, Variables const& variables = {}) {
    CLI::App cli;
    app::ServeOptions options(cli);
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    cli.parse(reversed);
    return options.finish([&](std::string const& name) -> std::optional<std::string> {
        auto const at = variables.find(name);
        return at == variables.end() ? std::nullopt : std::optional{at->second};
    });
}

class File {
public:
    explicit File(std::string const& text)
        : path_(std::filesystem::temp_directory_path() / ("soyuz-config-" + std::to_string(::getpid()))) {
        std::ofstream(path_) << text;
    }
    ~File() { std::filesystem::remove(path_); }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

}  // namespace

TEST_CASE("the command line wins over the environment over the file over the default") {
    File const file("port = 7003\nhost = \"127.0.0.3\"\nregistration = \"closed\"\n");
    struct Case {
        std::vector<std::string> words;
        Variables variables;
        int port;
    };
    std::vector<std::string> const config{"--config", file.path()};
    for (auto const& [words, variables, port] : {
             Case{{}, {}, 5000},
             Case{config, {}, 7003},
             Case{config, {{"SOYUZ_PORT", "7002"}}, 7002},
             Case{{"--config", file.path(), "--port", "7001"}, {{"SOYUZ_PORT", "7002"}}, 7001},
             Case{{"--port", "7001"}, {{"SOYUZ_PORT", "7002"}}, 7001},
             Case{{}, {{"APP_PORT", "7004"}}, 7004},
             Case{{}, {{"APP_PORT", "7004"}, {"SOYUZ_PORT", "7002"}}, 7002},
             Case{{}, {{"SOYUZ_PORT", ""}}, 5000},
             Case{{}, {{"SOYUZ_CONFIG", file.path()}}, 7003},
         }) {
        CAPTURE(words, variables);
        CHECK(read(words, variables).port == port);
    }
    CHECK(read(config).host == "127.0.0.3");
    CHECK(read(config).registration == "closed");
}

TEST_CASE("flags and lists are read from each source alike") {
    File const file("tunnel = true\nno-rate-limits = true\ntrusted-proxy = [\"10.0.0.0/8\", \"192.168.1.1\"]\n");
    auto const from_file = read({"--config", file.path()});
    CHECK(from_file.tunnel);
    CHECK_FALSE(from_file.rate_limits);
    CHECK(from_file.trusted_proxies == std::vector<std::string>{"10.0.0.0/8", "192.168.1.1"});

    auto const from_environment =
        read({"--config", file.path()}, {{"SOYUZ_TUNNEL", "false"}, {"SOYUZ_TRUSTED_PROXY", "::1/128,10.1.0.0/16"}});
    CHECK_FALSE(from_environment.tunnel);
    CHECK(from_environment.trusted_proxies == std::vector<std::string>{"::1/128", "10.1.0.0/16"});

    auto const from_words =
        read({"--trusted-proxy", "127.0.0.1", "--trusted-proxy", "10.0.0.0/8", "--tunnel", "--durability", "interval"});
    CHECK(from_words.trusted_proxies == std::vector<std::string>{"127.0.0.1", "10.0.0.0/8"});
    CHECK(from_words.tunnel);
    CHECK(from_words.durability == store::Durability::interval);
}

TEST_CASE("blanks in lists, line ends behind values and a byte order mark are no part of a setting") {
    File const file("\xEF\xBB\xBFport = 7003\ntrusted-proxy = [\" 10.0.0.0/8\", \"192.168.1.1 \"]\n");
    CHECK(read({"--config", file.path()}).port == 7003);
    std::vector<std::string> const networks{"10.0.0.0/8", "192.168.1.1"};
    CHECK(read({"--config", file.path()}).trusted_proxies == networks);
    CHECK(read({"--trusted-proxy", "10.0.0.0/8, 192.168.1.1"}).trusted_proxies == networks);
    CHECK(read({}, {{"SOYUZ_TRUSTED_PROXY", " 10.0.0.0/8 ,192.168.1.1,\n"}}).trusted_proxies == networks);
    CHECK(read({}, {{"SOYUZ_METRICS_FROM", "10.0.0.0/8, 192.168.1.1"}}).metrics_from == networks);
    CHECK(read({}, {{"SOYUZ_CORS_ORIGIN", "https://a.example, https://b.example"}}).cors_origins ==
          std::vector<std::string>{"https://a.example", "https://b.example"});

    auto const config = read({}, {{"SOYUZ_PORT", "7004\r\n"},
                                  {"JWT_SECRET_KEY", std::string(40, 'k') + "\n"},
                                  {"DEFAULT_ADMIN_USERNAME", "principal\n"},
                                  {"DEFAULT_ADMIN_PASSWORD", " correct horse \n"}});
    CHECK(config.port == 7004);
    CHECK(config.jwt_secret == std::string(40, 'k'));
    CHECK(config.admin_username == "principal");
    // Blanks may be meant.
    CHECK(config.admin_password == " correct horse ");
    CHECK(read({"--jwt-secret", std::string(40, 'k') + "\n"}).jwt_secret == std::string(40, 'k'));
}

TEST_CASE("the names that other servers used are honoured") {
    auto const config = read({}, {{"JWT_SECRET_KEY", std::string(40, 'k')},
                                  {"JWT_EXPIRE_MINUTES", "5"},
                                  {"MAX_CONNECTIONS", "77"},
                                  {"MAX_USERNAME_LENGTH", "20"},
                                  {"CLEANUP_INTERVAL", "60"},
                                  {"MAX_BULLYING_COUNT", "7"},
                                  {"GIFT_INTERVAL_SECS", "0"},
                                  {"DEFAULT_ADMIN_USERNAME", "principal"},
                                  {"DEFAULT_ADMIN_PASSWORD", "correct horse battery"},
                                  {"DEFAULT_ADMIN_EMAIL", "p@example.org"}});
    CHECK(config.jwt_secret == std::string(40, 'k'));
    CHECK(config.jwt_lifetime == std::chrono::minutes{5});
    CHECK(config.max_connections == 77);
    CHECK(config.max_username_length == 20);
    CHECK(config.cleanup_interval == std::chrono::seconds{60});
    CHECK(config.max_bullying_count == 7);
    CHECK(config.gift_interval == std::chrono::seconds{0});
    CHECK(config.admin_username == "principal");
    CHECK(config.admin_password == "correct horse battery");
    CHECK(config.admin_email == "p@example.org");
}

TEST_CASE("Engine.IO's timing is set together with the test endpoints") {
    auto const config = read({"--test-endpoints", "--ping-interval-ms", "300", "--ping-timeout-ms", "200",
                              "--max-payload", "1000000", "--socket-timeout", "4"});
    CHECK(config.engine_ping_interval == std::chrono::milliseconds{300});
    CHECK(config.engine_ping_timeout == std::chrono::milliseconds{200});
    CHECK(config.engine_max_payload == 1'000'000);
    CHECK(config.socket_timeout == std::chrono::seconds{4});
}

TEST_CASE("a short key for tokens is taken, but known to be weak") {
    for (auto const& [key, is_weak] : {
             std::pair{std::string{}, false},
             std::pair{std::string{"short"}, true},
             std::pair{std::string(31, 'k'), true},
             std::pair{std::string(32, 'k'), false},
         }) {
        Variables variables;
        if (!key.empty()) variables.emplace("JWT_SECRET_KEY", key);
        auto const config = read({}, variables);
        INFO(key);
        CHECK(config.jwt_secret == key);
        CHECK(has_weak_jwt_secret(config) == is_weak);
    }
}

TEST_CASE("a bad setting is named in one line") {
    File const unknown_key("prot = 7003\n");
    File const* const file = &unknown_key;
    struct Case {
        std::vector<std::string> words;
        Variables variables;
        std::string named;
    };
    for (auto const& [words, variables, named] : {
             Case{{"--test-endpoints", "--host", "0.0.0.0"}, {}, "--test-endpoints"},
             Case{{"--trusted-proxy", "everyone"}, {}, "--trusted-proxy"},
             Case{{"--trusted-proxy", "10.0.0.0/33"}, {}, "--trusted-proxy"},
             Case{{"--cors-origin", "*"}, {}, "--cors-origin"},
             Case{{"--public-url", "chat.example.org"}, {}, "--public-url"},
             Case{{"--tls-cert", "cert.pem"}, {}, "--tls-key"},
             Case{{"--templates", "/no/such/folder"}, {}, "/no/such/folder"},
             Case{{"--config", "/no/such/file"}, {}, "/no/such/file"},
             Case{{"--config", file->path()}, {}, "prot"},
             Case{{"--ping-interval-ms", "300"}, {}, "--ping-interval-ms"},
             Case{{}, {{"SOYUZ_MAX_PAYLOAD", "1000000"}}, "--max-payload"},
             Case{{}, {{"MAX_BULLYING_COUNT", "0"}}, "MAX_BULLYING_COUNT"},
             Case{{}, {{"GIFT_INTERVAL_SECS", "-1"}}, "GIFT_INTERVAL_SECS"},
             Case{{}, {{"SOYUZ_PORT", "abc"}}, "SOYUZ_PORT"},
             Case{{}, {{"APP_PORT", "70000"}}, "APP_PORT"},
             Case{{}, {{"SOYUZ_REGISTRATION", "maybe"}}, "SOYUZ_REGISTRATION"},
             Case{{}, {{"SOYUZ_TUNNEL", "perhaps"}}, "SOYUZ_TUNNEL"},
         }) {
        CAPTURE(words, variables);
        try {
            read(words, variables);
            FAIL("it was accepted");
        } catch (Failure const& failure) {
            CHECK(failure.code == Exit::bad_setting);
            CHECK_THAT(failure.what(), Catch::Contains(named));
            CHECK_THAT(failure.what(), !Catch::Contains("\n"));
        }
    }
}

TEST_CASE("what the command line itself gets wrong is told before anything starts") {
    for (auto const& words : std::vector<std::vector<std::string>>{{"--no-such-option"},
                                                                   {"--port", "abc"},
                                                                   {"--port", "70000"},
                                                                   {"--port", "-1"},
                                                                   {"--registration", "maybe"},
                                                                   {"--threads", "1000"},
                                                                   {"stray"}}) {
        CAPTURE(words);
        CHECK_THROWS_AS(read(words), CLI::ParseError);
    }
}
