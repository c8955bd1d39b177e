#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>

#include "base/throttle.hpp"
#include "web/files/assets.hpp"
#include "web/files/upload_quota.hpp"
#include "web/files/uploads.hpp"
#include "web/http/call.hpp"
#include "web/http/client_address.hpp"
#include "web/http/expensive_work.hpp"
#include "web/http/open_sockets.hpp"
#include "web/http/origins.hpp"
#include "web/http/request_log.hpp"
#include "web/http/router.hpp"
#include "web/http/visitor_tokens.hpp"
#include "web/pages/pages.hpp"
#include "web/services.hpp"

namespace soyuz::web {

/// All that routes work with: the services, and what the site itself holds. Thread-safe.
struct SiteContext : Services {
    SiteContext(Services const& services, SiteOptions options, SiteHooks hooks);
    ~SiteContext();

    SiteOptions const options;
    SiteHooks const hooks;
    TrustedProxies proxies;
    TrustedProxies const metrics_readers;  ///< networks, that is
    Origins const origins;
    VisitorTokens const visitors;
    Assets const assets;
    Pages const pages;
    Uploads const uploads;
    UploadQuota upload_quota;
    base::Throttle registrations, registration_tries, email_probes;
    base::Throttle reports, checks, avatars;  ///< by user id
    OpenSockets sockets_of_accounts, sockets_of_addresses;
    RequestLog requests;
    HttpContext const http;
    Router const router;
    std::atomic<bool> draining{false};

    /// Refuses with unknown_host what a page elsewhere may have a browser on this machine ask, by a name of its own
    /// that it turned to this machine.
    void check_host(net::HttpRequest const& request) const;
    /// Removes files of messages that were deleted, once that can't be undone any more.
    void remove_dropped_files();
    /// Removes files that nothing names: what a crash between writing a file and its message left.
    void sweep_uploads();
    /// Counts for each person's day what they uploaded before this start.
    void recall_uploads();

    bool is_set_up() const;
    /// "" once there is an owner.
    std::string setup_token() const;
    /// Does `given` open the set-up?
    bool is_setup_token(std::string_view given) const;
    /// The address that links to this server start with, as `client` knows it.
    std::string base_url(Client const& client) const { return origins.base_url(client); }

private:
    std::string const setup_token_;
    base::Timestamp const started_at_;
    mutable std::atomic<bool> is_set_up_{false};  ///< once it is, it stays so: the last owner can't go
};

/// All routes that there are.
Router all_routes(std::function<void(Router&)> const& more = {});

/// Where routes of one subject are added.
void add_account_routes(Router& router);
void add_session_routes(Router& router);
void add_room_routes(Router& router);
void add_message_routes(Router& router);
void add_search_routes(Router& router);
void add_post_routes(Router& router);
void add_file_routes(Router& router);
void add_analytics_routes(Router& router);
void add_case_routes(Router& router);
void add_moderation_routes(Router& router);
void add_settings_routes(Router& router);
void add_status_routes(Router& router);
void add_description_routes(Router& router);
void add_sign_in_pages(Router& router);
void add_chat_pages(Router& router);
void add_post_pages(Router& router);
void add_settings_pages(Router& router);
void add_moderation_pages(Router& router);
void add_one_room_routes(Router& router);
void add_live_routes(Router& router);
void add_live_pulse_routes(Router& router);
void add_live_pages(Router& router);
void add_stream_routes(Router& router);
void add_watch_stream_routes(Router& router);
void add_watch_agent_routes(Router& router);
void add_watch_notification_routes(Router& router);
void add_watch_pages(Router& router);

}  // namespace soyuz::web
