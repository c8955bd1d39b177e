#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "web/files/assets.hpp"
#include "web/files/uploads.hpp"
#include "web/http/address_window.hpp"
#include "web/http/client_address.hpp"
#include "web/http/expensive_work.hpp"
#include "web/http/request_log.hpp"
#include "web/http/router.hpp"
#include "web/http/visitor_tokens.hpp"
#include "web/pages/pages.hpp"
#include "web/site.hpp"

namespace soyuz::web {

/// All that routes work with. Thread-safe once the routes are added.
struct App : Services {
    App(Services services, SiteOptions options, Site& site);

    Site& site;
    SiteOptions const options;
    TrustedProxies const proxies;
    VisitorTokens const visitors;
    Assets const assets;
    Pages const pages;
    Uploads const uploads;
    AddressWindow registrations, registration_tries;
    RequestLog requests;
    TrustedProxies const metrics_readers;    ///< networks, that is
    AddressWindow reports, checks, avatars;  ///< by user id
    Router router;
    std::atomic<bool> draining{false};

    /// "" once there is an account.
    std::string setup_token() const;
    /// Does `given` open the set-up?
    bool is_setup_token(std::string_view given) const;
    /// The address that links to this server start with, as `client` knows it.
    std::string base_url(Client const& client) const;

private:
    std::string const setup_token_;
};

/// Where routes of one subject are added; called once, before the server starts.
void add_account_routes(Router& router, App& app);
void add_session_routes(Router& router, App& app);
void add_room_routes(Router& router, App& app);
void add_message_routes(Router& router, App& app);
void add_file_routes(Router& router, App& app);
void add_analytics_routes(Router& router, App& app);
void add_case_routes(Router& router, App& app);
void add_moderation_routes(Router& router, App& app);
void add_settings_routes(Router& router, App& app);
void add_status_routes(Router& router, App& app);
void add_description_routes(Router& router, App& app);
void add_sign_in_pages(Router& router, App& app);
void add_chat_pages(Router& router, App& app);
void add_settings_pages(Router& router, App& app);
void add_moderation_pages(Router& router, App& app);
void add_one_room_routes(Router& router, App& app);

}  // namespace soyuz::web
