#include "web/site.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "base/workers.hpp"
#include "chat/banned_error.hpp"
#include "chat/settings.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "web/app.hpp"
#include "web/http/answer.hpp"
#include "web/http/dispatch.hpp"
#include "web/http/identity.hpp"

namespace soyuz::web {

using base::Code;
using base::Error;

namespace {

// Room for any form; nobody sends files before it is known who does.
constexpr std::size_t body_of_strangers = 64U << 10U;

net::HttpResponse to_response(Answer const& answer, bool close) {
    return net::simple_response(answer.status, answer.type, answer.body, answer.headers, close);
}

}  // namespace

struct Site::Implementation {
    Implementation(Services services, SiteOptions options, std::map<std::string, SocketPath> socket_paths, Site& site)
        : app(services, std::move(options), site), dispatcher(app), sockets(std::move(socket_paths)) {}

    App app;
    Dispatcher dispatcher;
    std::map<std::string, SocketPath> const sockets;
};

Site::Site(Services services, SiteOptions options, std::map<std::string, SocketPath> sockets)
    : implementation_(std::make_unique<Implementation>(services, std::move(options), std::move(sockets), *this)) {}

Site::~Site() = default;

void Site::handle(net::HttpRequest request, net::Respond respond) {
    // RFC 9110, 15.5.22: where only sockets open, an ordinary request is told so.
    if (implementation_->sockets.contains(std::string{request.path()}))
        return respond(
            net::refusal(426, "Here a WebSocket opens.", {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}}));
    // The refusal needs `respond` too, so it is kept beside the work.
    auto work = [this, request = std::move(request), respond]() mutable {
        implementation_->dispatcher.run(std::move(request), std::move(respond));
    };
    if (implementation_->app.workers.submit(std::move(work))) return;
    implementation_->app.requests.by_class[5].fetch_add(1, std::memory_order_relaxed);
    respond(to_response(error_answer({Code::overloaded, "The server is busy. Try again in a moment."}), false));
}

void Site::decide(net::HttpRequest request, net::Handlers::Decide decide) {
    auto& app = implementation_->app;
    auto const refuse = [&](Error const& error) {
        auto answer = error_answer(error);
        app.requests.sockets_refused.fetch_add(1, std::memory_order_relaxed);
        app.requests.name(request, answer);
        decide(to_response(answer, true));
    };
    try {
        auto const found = implementation_->sockets.find(std::string{request.path()});
        if (found == implementation_->sockets.end()) return refuse({Code::not_found, "No socket opens here."});
        auto const& path = found->second;
        if (app.draining) return refuse({Code::overloaded, "The server is stopping. Try again in a moment."});

        auto const client = app.proxies.client_of(request);
        auto const origin = request.header("origin");
        // Without an Origin it is no browser, and no other site can have made it.
        if (!path.any_origin && !origin.empty() && !is_same_origin(origin, client, app.options.public_url))
            return refuse({Code::forbidden, "Sockets open only from this server's own pages."});

        auto who = path.any_origin ? std::nullopt : identify(request, app.sessions, true).who;
        if (path.needs_session && !who) return refuse({Code::not_signed_in, "Sign in first."});
        if (who) {
            if (auto const ban = app.sanctions.ban_of(who->user->id)) return refuse(chat::banned_error(*ban));
        }
        app.requests.sockets_opened.fetch_add(1, std::memory_order_relaxed);
        decide(path.open(Handshake{std::move(who), client.address, std::string{request.query()}}));
    } catch (std::exception const& failure) {
        base::log::error(std::string{"a handshake failed reason="} + failure.what());
        refuse({Code::internal, "Something went wrong on the server."});
    }
}

net::BodyLimit Site::body_limit(net::HttpRequest const& head) const {
    auto& app = implementation_->app;
    auto const match = app.router.match(head.method, head.path());
    if (match.route == nullptr) return body_of_strangers;
    auto const most = match.route->max_body();
    if (most <= body_of_strangers) return most;
    auto const who = identify(head, app.sessions).who;
    if (!who) return {body_of_strangers, 401, "Sign in first."};
    if (app.sanctions.ban_of(who->user->id)) return {body_of_strangers, 403, "You are banned from this server."};
    return most;
}

bool Site::is_trusted_proxy(std::string const& address) const { return implementation_->app.proxies.trusts(address); }

std::string Site::setup_token() const { return implementation_->app.setup_token(); }

void Site::begin_draining() { implementation_->app.draining = true; }

}  // namespace soyuz::web
