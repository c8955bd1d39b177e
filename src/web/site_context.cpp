#include "web/site_context.hpp"

#include <utility>

#include <sodium.h>

#include "base/random.hpp"
#include "chat/accounts/accounts.hpp"

namespace soyuz::web {

namespace {

using std::chrono::minutes;

Router all_routes() {
    Router router;
    for (auto* const add : {add_account_routes, add_session_routes, add_room_routes, add_message_routes,
                            add_file_routes, add_analytics_routes, add_case_routes, add_moderation_routes,
                            add_settings_routes, add_status_routes, add_description_routes, add_sign_in_pages,
                            add_chat_pages, add_settings_pages, add_moderation_pages, add_one_room_routes})
        add(router);
    return router;
}

}  // namespace

SiteContext::SiteContext(Services const& given, SiteOptions site_options, SiteHooks site_hooks)
    : store(given.store),
      accounts(given.accounts),
      sessions(given.sessions),
      rooms(given.rooms),
      messages(given.messages),
      changes(given.changes),
      settings(given.settings),
      screening(given.screening),
      desk(given.desk),
      cases(given.cases),
      standing(given.standing),
      rule_book(given.rule_book),
      statistics(given.statistics),
      sanctions(given.sanctions),
      presence(given.presence),
      workers(given.workers),
      expensive(given.expensive),
      clock(given.clock),
      options(std::move(site_options)),
      hooks(std::move(site_hooks)),
      proxies(options.trusted_proxies),
      metrics_readers(options.metrics_from),
      origins(options.public_url, options.cors_origins, options.host_names),
      visitors(sessions.derived_key("visitors")),
      assets(options.assets_folder),
      pages(assets, settings, options),
      uploads(options.uploads_folder),
      registrations(clock, minutes{10}),
      registration_tries(clock, minutes{10}),
      reports(clock, minutes{10}),
      checks(clock, minutes{1}),
      avatars(clock, minutes{10}),
      requests(options.access_log),
      http{sessions, visitors, origins, requests, options.rate_limits},
      router(all_routes()),
      setup_token_(base::random_token(24)) {}

void SiteContext::check_host(net::HttpRequest const& request) const {
    if (!is_loopback(request.peer_address) || origins.is_own_host(request.header("host"))) return;
    if (proxies.trusts(request.peer_address) && came_through_proxy(request)) return;
    throw Refused{{base::Code::unknown_host,
                   "This server does not know the name that you called it by. Whoever runs it can give that name with "
                   "--public-url."}};
}

std::string SiteContext::setup_token() const { return accounts.count() == 0 ? setup_token_ : ""; }

bool SiteContext::is_setup_token(std::string_view given) const {
    return accounts.count() == 0 && given.size() == setup_token_.size() &&
           sodium_memcmp(given.data(), setup_token_.data(), given.size()) == 0;
}

}  // namespace soyuz::web
