#include "web/site.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "base/address_key.hpp"
#include "base/log.hpp"
#include "base/workers.hpp"
#include "chat/banned_error.hpp"
#include "chat/desk/desk.hpp"
#include "chat/desk/kicks.hpp"
#include "chat/settings.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "web/dispatch.hpp"
#include "web/http/answer.hpp"
#include "web/http/identity.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using base::Error;

namespace {

constexpr std::chrono::seconds retry_socket_after{30};
// Room for any form; nobody sends files before it is known who does.
constexpr std::size_t body_of_strangers = 64U << 10U;

net::HttpResponse to_response(Answer const& answer, bool close) {
    return net::simple_response(answer.status, answer.type, answer.body, answer.headers, close);
}

/// Takes a step of a handshake; `refuse` gets the answer where it is refused or fails.
void unless_refused(auto const& refuse, auto const& step) {
    try {
        step();
    } catch (Refused const& refused) {
        refuse(error_answer(refused.error));
    } catch (std::exception const& failure) {
        base::log::error("a handshake failed", {{"reason", failure.what()}});
        refuse(error_answer({Code::internal, "Something went wrong on the server."}));
    }
}

base::Result<OpenSockets::Place> place_of_account(SiteContext& site, base::UserId const& user) {
    if (!site.options.rate_limits) return OpenSockets::Place{std::make_shared<int>()};
    auto place = site.sockets_of_accounts.open(user.value, site.settings.get()->connections_per_account);
    if (!place)
        return Error{Code::rate_limited,
                     "You are connected as many times as one account may be. Close a page and try again.",
                     retry_socket_after};
    return place;
}

base::Result<OpenSockets::Place> place_of_socket(SiteContext& site, chat::User const* account,
                                                 std::string const& client, std::string const& peer) {
    using Places = std::vector<OpenSockets::Place>;
    auto const places = std::make_shared<Places>();
    if (!site.options.rate_limits) return OpenSockets::Place{places};
    auto const settings = site.settings.get();
    if (account != nullptr) {
        auto place = place_of_account(site, account->id);
        if (!place) return place.error();
        places->push_back(std::move(*place));
    }
    // Connections without a proxy are counted where they are accepted.
    if (site.proxies.trusts(peer) && !site.proxies.trusts(client)) {
        auto place = site.sockets_of_addresses.open(base::address_key(client), settings->connections_per_address);
        if (!place)
            return Error{Code::rate_limited, "Too many connections are open from your address. Try again later.",
                         retry_socket_after};
        places->push_back(std::move(place));
    }
    return OpenSockets::Place{places};
}

}  // namespace

Site::Site(Services services, SiteOptions options, std::map<std::string, SocketPath> sockets, SiteHooks hooks)
    : context_(std::make_unique<SiteContext>(services, std::move(options), std::move(hooks))),
      sockets_(std::move(sockets)) {}

Site::~Site() = default;

void Site::handle(net::HttpRequest request, net::Respond respond) {
    if (auto const* const path = find_socket(request)) {
        if (path->request) return poll(*path, std::move(request), respond);
        // RFC 9110, 15.5.22: where only sockets open, an ordinary request is told so.
        return respond(net::refusal(426, "This path accepts WebSocket connections only.",
                                    {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}}));
    }
    // The refusal needs `respond` too, so it is kept beside the work.
    auto work = [this, request = std::move(request), respond]() mutable {
        dispatch(*context_, std::move(request), std::move(respond));
    };
    if (context_->workers.submit(std::move(work))) return;
    context_->requests.by_class[5].fetch_add(1, std::memory_order_relaxed);
    respond(to_response(error_answer({Code::overloaded, "The server is busy. Try again in a moment."}), false));
}

void Site::decide(net::HttpRequest request, net::Handlers::Decide const& decide) {
    auto const refuse = [&](Answer answer) {
        context_->requests.sockets_refused.fetch_add(1, std::memory_order_relaxed);
        context_->requests.name(request, answer);
        decide(to_response(answer, true));
    };
    unless_refused(refuse, [&] {
        auto accept = open_socket(request);
        context_->requests.sockets_opened.fetch_add(1, std::memory_order_relaxed);
        decide(std::move(accept));
    });
}

SocketPath const* Site::find_socket(net::HttpRequest const& request) const {
    std::string path{request.path()};
    auto found = sockets_.find(path);
    if (found == sockets_.end() && !path.ends_with('/')) {
        path.erase(path.rfind('/') + 1);
        found = sockets_.find(path);
    }
    return found == sockets_.end() ? nullptr : &found->second;
}

Handshake Site::admit(SocketPath const& path, net::HttpRequest const& request) {
    context_->check_host(request);
    if (context_->draining) throw Refused{{Code::overloaded, "The server is stopping. Try again in a moment."}};

    auto const client = context_->proxies.client_of(request);
    auto const origin = request.header("origin");
    // Without an Origin it is no browser, and no other site can have made it.
    bool const is_own = origin.empty() || context_->origins.is_own(origin, client);
    bool const may_read = path.foreign_origins == ForeignOrigins::any ||
                          (path.foreign_origins == ForeignOrigins::readers && context_->origins.may_read(origin));
    if (!is_own && !may_read) throw Refused{{Code::forbidden, "Sockets open only from this server's own pages."}};

    auto identity = identify(request, context_->sessions, path.needs_session);
    // A browser sends the cookie along, whoever's page makes it ask.
    if (!is_own && identity.by_cookie) identity.who.reset();
    auto who = std::move(identity.who);
    if (path.needs_session && !who) throw Refused{{Code::not_signed_in, "Sign in first."}};
    if (who) {
        if (auto const ban = context_->sanctions.exclusion_of(who->user->id)) throw Refused{chat::banned_error(*ban)};
        // A session of polls that is closed has a last word to bring.
        bool const goes_on = path.request && request.query().find("sid=") != std::string_view::npos;
        auto const kicked = context_->desk.kicks().refusal_of(who->user->id);
        if (kicked && !goes_on) throw Refused{*kicked};
    }
    auto const name = request.path().substr(request.path().rfind('/') + 1);
    return {std::move(who), client.address, base::address_key(client.address), std::string{request.query()},
            percent_decode(name).value_or("")};
}

std::variant<net::HttpResponse, net::WebSocketAccept> Site::open_socket(net::HttpRequest const& request) {
    auto const* const path = find_socket(request);
    if (path == nullptr) throw Refused{{Code::not_found, "This path accepts no WebSocket connections."}};
    auto const handshake = admit(*path, request);
    auto const* const account = handshake.who && path->counts_account ? handshake.who->user.get() : nullptr;
    auto const place = place_of_socket(*context_, account, handshake.address, request.peer_address);
    if (!place) throw Refused{place.error()};
    auto opened = path->open(handshake);
    if (auto* const accept = std::get_if<net::WebSocketAccept>(&opened)) accept->held = *place;
    return opened;
}

base::Result<std::shared_ptr<void>> Site::admit_account(chat::User const& user) {
    if (auto const ban = context_->sanctions.exclusion_of(user.id)) return chat::banned_error(*ban);
    if (auto const kicked = context_->desk.kicks().refusal_of(user.id)) return *kicked;
    return place_of_account(*context_, user.id);
}

HeaderList Site::poll_headers(SocketPath const& path, net::HttpRequest const& request) const {
    HeaderList headers{{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
    auto const origin = request.header("origin");
    if (path.foreign_origins == ForeignOrigins::any) {
        headers.emplace_back("Access-Control-Allow-Origin", "*");
    } else if (context_->origins.has_readers()) {
        headers.emplace_back("Vary", "Origin");
        if (context_->origins.may_read(origin))
            headers.emplace_back("Access-Control-Allow-Origin", std::string{origin});
    }
    return headers;
}

void Site::poll(SocketPath const& path, net::HttpRequest request, net::Respond const& respond) {
    auto headers = poll_headers(path, request);
    auto const refuse = [&](Answer answer) {
        // A page of another site is to read why, too.
        for (auto const& [name, value] : headers) answer.with(name, value);
        respond(to_response(answer, true));
    };
    unless_refused(refuse, [&] {
        if (request.method == "OPTIONS") {
            headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
            headers.emplace_back("Access-Control-Allow-Headers", "Authorization, Content-Type");
            headers.emplace_back("Access-Control-Max-Age", "600");
            return respond(net::simple_response(204, "", "", headers));
        }
        auto const handshake = admit(path, request);
        path.request(std::move(request), handshake, std::move(headers), respond);
    });
}

net::BodyLimit Site::body_limit(net::HttpRequest const& head) const {
    if (auto const* const path = find_socket(head); path != nullptr && path->request) return path->max_body;
    auto const match = context_->router.match(head.method, head.path());
    if (match.route == nullptr) return body_of_strangers;
    auto const most = match.route->max_body(*context_);
    if (most <= body_of_strangers) return most;
    if (is_service(*context_, head)) return most;
    auto const who = identify(head, context_->sessions).who;
    if (!who) return {body_of_strangers, 401, "Sign in first."};
    if (context_->sanctions.exclusion_of(who->user->id))
        return {body_of_strangers, 403, "You are banned from this server."};
    return most;
}

bool Site::is_trusted_proxy(std::string const& address) const { return context_->proxies.trusts(address); }

void Site::trust_loopback() { context_->proxies.trust_loopback(); }

std::string Site::setup_token() const { return context_->setup_token(); }

void Site::remove_dropped_files() { context_->remove_dropped_files(); }

void Site::sweep_uploads() { context_->sweep_uploads(); }

void Site::recall_uploads() { context_->recall_uploads(); }

void Site::begin_draining() { context_->draining = true; }

}  // namespace soyuz::web
