#include "app/server_options.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "app/failure.hpp"
#include "app/version.hpp"
#include "chat/settings.hpp"
#include "dialects/rest/routes.hpp"

namespace soyuz::app {

namespace {

std::vector<std::string> trusted_proxies(Config const& config) {
    auto proxies = config.trusted_proxies;
    // Our own cloudflared connects from this machine.
    if (config.tunnel) proxies.insert(proxies.end(), {"127.0.0.0/8", "::1/128"});
    return proxies;
}

/// The names of this machine: its own, and the address that it was told to listen on.
std::vector<std::string> host_names(Config const& config) {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return {config.host};
    return {config.host, name.data()};
}

}  // namespace

store::Options store_options(Config const& config) {
    store::Options options;
    options.folder = config.data;
    options.durability = config.durability;
    options.strict_recovery = config.strict_recovery;
    // What a kill leaves to be read again at the next start, and what waits in memory for its file, stays small.
    options.checkpoint_journal_bytes = std::size_t{24} << 20U;
    // The folder holds every document that the manual names, also before it holds any data.
    options.collections = {"users", "rooms", "settings", "perma_banned", "temp_bans"};
    return options;
}

chat::Sessions::Options session_options(Config const& config) {
    chat::Sessions::Options options;
    options.jwt_secret = config.jwt_secret.empty() ? store::load_or_make_secret(config.data) : config.jwt_secret;
    options.jwt_lifetime = config.jwt_lifetime;
    return options;
}

chat::Accounts::Limits account_limits(Config const& config, chat::Settings const& settings) {
    chat::Accounts::Limits limits;
    limits.username_characters = config.max_username_length;
    limits.weak_passwords = config.demo;
    limits.logins_per_address = [&config, &settings] {
        return config.rate_limits ? settings.get()->logins_per_address : 0U;
    };
    return limits;
}

web::SiteOptions site_options(Config const& config) {
    web::SiteOptions options;
    options.version = version();
    options.public_url = config.public_url;
    options.host_names = host_names(config);
    options.uploads_folder = config.uploads.string();
    options.upload_reserve = config.upload_reserve;
    options.templates_folder = config.templates;
    options.assets_folder = config.assets;
    options.trusted_proxies = trusted_proxies(config);
    options.cors_origins = config.cors_origins;
    options.access_log = config.access_log;
    options.metrics_from = config.metrics_from;
    options.rate_limits = config.rate_limits;
    options.demo = config.demo;
    options.token_lifetime = config.jwt_lifetime;
    options.service_key = config.service_key;
    options.more_routes = dialects::add_rest_routes;
    return options;
}

realtime::NativeGateway::Options gateway_options(Config const& config) {
    realtime::NativeGateway::Options options;
    options.version = version();
    options.rate_limits = config.rate_limits;
    return options;
}

dialects::Gateway::Options dialect_options(Config const& config) {
    dialects::Gateway::Options options;
    options.rate_limits = config.rate_limits;
    return options;
}

std::unique_ptr<judge::Engine> open_judge(Config const& config) {
    auto judge = judge::Engine::open({.lexicon_folder = config.lexicons,
                                      .model_file = config.model,
                                      .use_model = !config.no_classifier,
                                      .flag_threshold = config.toxic_threshold});
    if (!judge) throw Failure(Exit::bad_setting, judge.error().message);
    return std::move(*judge);
}

chat::Screening::Options screening_options(Config const& config) {
    chat::Screening::Options options;
    options.max_violations = static_cast<unsigned>(config.max_bullying_count);
    options.toxic_threshold = config.toxic_threshold;
    return options;
}

}  // namespace soyuz::app
