#include "web/site_context.hpp"

#include <string>
#include <unordered_set>
#include <utility>

#include <sodium.h>

#include "base/log.hpp"
#include "base/random.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/messages/messages.hpp"
#include "chat/rooms/rooms.hpp"
#include "live/stages.hpp"
#include "moderation/rules/rule_book.hpp"
#include "web/http/limits.hpp"

namespace soyuz::web {

using std::chrono::minutes;

Router all_routes(std::function<void(Router&)> const& more) {
    Router router;
    for (auto* const add : {add_account_routes,     add_session_routes,
                            add_room_routes,        add_message_routes,
                            add_search_routes,      add_post_routes,
                            add_file_routes,        add_analytics_routes,
                            add_case_routes,        add_moderation_routes,
                            add_settings_routes,    add_status_routes,
                            add_description_routes, add_sign_in_pages,
                            add_chat_pages,         add_post_pages,
                            add_settings_pages,     add_moderation_pages,
                            add_one_room_routes,    add_live_routes,
                            add_live_pulse_routes,  add_live_pages,
                            add_stream_routes,      add_watch_stream_routes,
                            add_watch_agent_routes, add_watch_notification_routes,
                            add_watch_pages})
        add(router);
    if (more) more(router);
    return router;
}

SiteContext::SiteContext(Services const& given, SiteOptions site_options, SiteHooks site_hooks)
    : Services(given),
      options(std::move(site_options)),
      hooks(std::move(site_hooks)),
      proxies(options.trusted_proxies),
      metrics_readers(options.metrics_from),
      origins(options.public_url, options.cors_origins, options.host_names),
      visitors(sessions.derived_key("visitors")),
      assets(options.assets_folder),
      pages(assets, settings, options),
      uploads(options.uploads_folder, options.upload_reserve),
      upload_quota(clock, options.upload_bytes_a_day),
      registrations(clock, limits::span),
      registration_tries(clock, limits::span),
      email_probes(clock, limits::span),
      reports(clock, limits::span),
      checks(clock, minutes{1}),
      avatars(clock, limits::span),
      requests(options.access_log),
      http{sessions, visitors, origins, requests, options.rate_limits},
      router(all_routes(options.more_routes)),
      setup_token_(base::random_token(24)),
      started_at_(clock.now()) {
    rooms.on_removed = [this](base::RoomId const& room) {
        rule_book.forget(room);
        stages.forget(room);
        messages.attachments.forget(room);
        uploads.remove_of(room);
    };
}

SiteContext::~SiteContext() { rooms.on_removed = nullptr; }

void SiteContext::remove_dropped_files() {
    for (auto const& file : messages.take_dropped_files())
        if (!messages.attachments.find(Uploads::room_of(file), file)) uploads.remove(file);
}

void SiteContext::sweep_uploads() {
    std::unordered_set<std::string> pictures;
    for (auto const& user : accounts.all()) pictures.insert(user->avatar);
    std::size_t removed = 0;
    uploads.each_older(limits::orphan_age, [&](std::string const& name) {
        auto const room = Uploads::room_of(name);
        bool const is_named = room.empty() ? pictures.contains(name) : messages.attachments.find(room, name) != nullptr;
        if (!is_named) uploads.remove(name);
        removed += is_named ? 0 : 1;
        return !draining;
    });
    if (removed > 0) base::log::info("uploads that nothing named were removed", {{"files", std::to_string(removed)}});
}

void SiteContext::recall_uploads() {
    uploads.each_younger(std::chrono::hours{24}, [&](std::string const& name) {
        auto const room = Uploads::room_of(name);
        auto const message = room.empty() ? nullptr : messages.attachments.find(room, name);
        if (!message || message->sent_at >= started_at_) return !draining;
        for (auto const& attachment : message->attachments)
            if (attachment.file == name)
                upload_quota.recall(message->sender->id, attachment.bytes, clock.now() - message->sent_at);
        return !draining;
    });
}

bool SiteContext::is_set_up() const {
    if (!is_set_up_ && accounts.has_owner()) is_set_up_ = true;
    return is_set_up_;
}

void SiteContext::check_host(net::HttpRequest const& request) const {
    if (!is_loopback(request.peer_address) || origins.is_own_host(request.header("host"))) return;
    if (proxies.trusts(request.peer_address) && came_through_proxy(request)) return;
    throw Refused{{base::Code::unknown_host,
                   "This server does not know the name that you called it by. Whoever runs it can give that name with "
                   "--public-url."}};
}

std::string SiteContext::setup_token() const { return is_set_up() ? "" : setup_token_; }

bool SiteContext::is_setup_token(std::string_view given) const {
    return !is_set_up() && given.size() == setup_token_.size() &&
           sodium_memcmp(given.data(), setup_token_.data(), given.size()) == 0;
}

}  // namespace soyuz::web
