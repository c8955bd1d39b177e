#include "web/app.hpp"

#include <sodium.h>

#include "base/random.hpp"
#include "chat/accounts/accounts.hpp"

namespace soyuz::web {

App::App(Services services, SiteOptions site_options, Site& owner)
    : Services(services),
      site(owner),
      options(std::move(site_options)),
      proxies(options.trusted_proxies),
      assets(options.assets_folder),
      pages(assets, options.templates_folder),
      uploads(options.uploads_folder),
      registrations(services.clock, std::chrono::minutes{10}),
      registration_tries(services.clock, std::chrono::minutes{10}),
      requests(options.access_log),
      metrics_readers(options.metrics_from),
      reports(services.clock, std::chrono::minutes{10}),
      checks(services.clock, std::chrono::minutes{1}),
      avatars(services.clock, std::chrono::minutes{10}),
      setup_token_(base::random_token(24)) {
    add_account_routes(router, *this);
    add_session_routes(router, *this);
    add_room_routes(router, *this);
    add_message_routes(router, *this);
    add_file_routes(router, *this);
    add_analytics_routes(router, *this);
    add_case_routes(router, *this);
    add_moderation_routes(router, *this);
    add_settings_routes(router, *this);
    add_status_routes(router, *this);
    add_description_routes(router, *this);
    add_sign_in_pages(router, *this);
    add_chat_pages(router, *this);
    add_settings_pages(router, *this);
    add_moderation_pages(router, *this);
    add_one_room_routes(router, *this);
}

std::string App::setup_token() const { return accounts.count() == 0 ? setup_token_ : ""; }

bool App::is_setup_token(std::string_view given) const {
    return accounts.count() == 0 && given.size() == setup_token_.size() &&
           sodium_memcmp(given.data(), setup_token_.data(), given.size()) == 0;
}

std::string App::base_url(Client const& client) const {
    if (!options.public_url.empty())
        return options.public_url.ends_with('/') ? options.public_url.substr(0, options.public_url.size() - 1)
                                                 : options.public_url;
    return client.origin();
}

}  // namespace soyuz::web
