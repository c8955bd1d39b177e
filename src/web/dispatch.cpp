#include "web/dispatch.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/address_key.hpp"
#include "base/log.hpp"
#include "chat/banned_error.hpp"
#include "chat/change_budget.hpp"
#include "judge/judge.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "net/http_rules.hpp"
#include "web/http/call.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using base::Error;

namespace {

bool is_safe_method(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

chat::Role least_role(Rights rights) {
    switch (rights) {
        case Rights::agent: return chat::Role::agent;
        case Rights::moderator: return chat::Role::moderator;
        case Rights::admin: return chat::Role::admin;
        case Rights::owner: return chat::Role::owner;
        default: return chat::Role::guest;
    }
}

/// Does the client want the connection closed after this answer (RFC 9112, 9.3)?
bool wants_close(net::HttpRequest const& request) {
    auto const connection = request.joined("Connection");
    if (net::list_has(connection, "close")) return true;
    return request.minor_version == 0 && !net::list_has(connection, "keep-alive");
}

/// Is this a path for programs, whose errors are JSON?
bool is_api_path(std::string_view path) {
    return path.starts_with("/api/") || path.starts_with("/assets/") || path.starts_with("/auth/simple_") ||
           path == "/auth/update_profile" || path == "/auth/register" || path == "/auth/login" || path == "/auth/me" ||
           path == "/get_profile" || path == "/healthz" || path == "/metrics" || path == "/openapi.json";
}

/// Was the request made by a page of another site? Browsers say so in Origin, newer ones in Sec-Fetch-Site too.
bool is_foreign(Call const& call) {
    auto const origin = call.request().header("origin");
    if (!origin.empty()) {
        if (call.http().origins.is_own(origin, call.client())) return false;
        // Origins that were let in may call with tokens of their own, never with our cookie.
        return call.signed_in_by_cookie() || !call.http().origins.may_read(origin);
    }
    return call.request().header("sec-fetch-site") == "cross-site";
}

/// A change that a browser may have been made to send: its cookie comes along by itself.
bool may_be_forged(Call const& call) {
    bool const by_token = call.identity() != nullptr && !call.signed_in_by_cookie();
    return !is_safe_method(call.request().method) && !by_token;
}

void check_origin(Call const& call) {
    if (may_be_forged(call) && is_foreign(call))
        throw Refused{{Code::bad_csrf_token, "This request came from another site."}};
}

void check_rights(SiteContext& site, Call const& call, Route const& route) {
    auto const* const identity = call.identity();
    if (identity != nullptr && !route.for_banned) {
        if (auto const ban = site.sanctions.exclusion_of(identity->user->id)) throw Refused{chat::banned_error(*ban)};
    }
    if (route.rights == Rights::anyone) return;
    if (identity == nullptr) throw Refused{{Code::not_signed_in, "Sign in first."}};
    if (identity->user->role < least_role(route.rights))
        throw Refused{{Code::forbidden, "You don't have the right to do this."}};
}

/// Does the request bring the token that its route asks for? Comes last of the checks: the token may stand in the body,
/// which strangers have no business in.
bool has_token(Call const& call, Route const& route) {
    bool const needs_token =
        route.csrf_rule == CsrfRule::visitor || (route.csrf_rule == CsrfRule::session && call.signed_in_by_cookie());
    return !needs_token || !may_be_forged(call) || call.csrf_token_is_good();
}

void check_budget(SiteContext& site, Call const& call, Route const& route) {
    if (!route.is_change || !site.options.rate_limits || call.identity() == nullptr) return;
    if (auto const error = site.changes.take(call.user().id)) throw Refused{*error};
}

/// An error in the form that the caller can read.
Answer refusal(SiteContext& site, Call& call, Error const& error) {
    if (call.route() != nullptr && call.route()->refusal) return call.route()->refusal(error, {});
    if (!call.exchange().is_page) return error_answer(error);
    if (error.code == Code::not_signed_in && is_safe_method(call.request().method))
        return redirect("/login?next=" + percent_encode(call.request().target));
    if (error.code == Code::banned) return redirect("/banned");
    return site.pages.error_page(call, error);
}

Answer preflight(Call const& call, std::string const& allow) {
    auto answer = no_content();
    answer.with("Allow", allow);
    if (call.http().origins.may_read(call.request().header("origin"))) {
        answer.with("Access-Control-Allow-Methods", allow);
        answer.with("Access-Control-Allow-Headers", "Authorization, Content-Type");
        answer.with("Access-Control-Max-Age", "600");
    }
    return answer;
}

void handle(SiteContext& site, Call& call) {
    call.route()->handler(site, call);
    if (call.given() || call.is_later()) return;
    base::log::error("a route gave no answer", {{"pattern", call.route()->pattern}});
    throw Refused{{Code::internal, "Something went wrong on the server."}};
}

/// Takes a step of a request and sends the answer, unless that comes later. `allow`: the methods of its path, where it
/// has no other fault.
void answer(SiteContext& site, Call& call, std::function<void()> const& step, std::string const& allow = "") {
    try {
        step();
    } catch (Refused const& refused) {
        auto answer = refusal(site, call, refused.error);
        if (!allow.empty()) answer.with("Allow", allow);
        call.answer(std::move(answer));
    } catch (std::exception const& failure) {
        auto const& request = call.request();
        auto answer = error_answer({Code::internal, "Something went wrong on the server."});
        auto const id = request_id(request);
        answer.with("X-Request-Id", id);
        base::log::error(
            "a route failed",
            {{"request_id", id}, {"method", request.method}, {"path", request.path()}, {"reason", failure.what()}});
        call.answer(std::move(answer));
    }
    // A handler that put its answer off and then failed gives none later, so the refusal is sent now.
    if (call.given()) call.exchange().send(std::move(*call.given()));
}

/// Has the handler run on the threads of its cost, within the caller's share.
void hand_over(SiteContext& site, Call& call) {
    auto const& address = call.client().address;
    // A proxy that names no client stands for many.
    ExpensiveWork::Caller const caller{call.identity() != nullptr ? call.user().id.value : "",
                                       site.proxies.trusts(address) ? "" : base::address_key(address)};
    auto const carried = std::make_shared<Call>(call);
    or_refuse(site.expensive.submit(call.route()->cost, caller, [&site, carried](auto place) {
        answer(site, *carried, [&] {
            carried->exchange().place = or_refuse(std::move(place));
            handle(site, *carried);
        });
    }));
    call.later();
}

/// Where the path is a page's but for slashes at its end: the page's.
std::optional<std::string_view> page_before_slashes(SiteContext const& site, net::HttpRequest const& request) {
    auto const path = request.path();
    auto const page = path.substr(0, path.find_last_not_of('/') + 1);
    bool const is_page = page.size() < path.size() && !is_api_path(page) && is_safe_method(request.method) &&
                         site.router.match("GET", page).kind == Router::Match::Kind::found;
    return is_page ? std::optional{page} : std::nullopt;
}

void walk(SiteContext& site, Call& call, Router::Match const& match) {
    using Kind = Router::Match::Kind;
    // Staff may call it without limits.
    if (call.request().path() != "/healthz") site.check_host(call.request());
    // RFC 9110, 9.3.7: "*" asks about the server as a whole.
    if (call.request().method == "OPTIONS" && call.request().target == "*")
        return call.answer(preflight(call, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
    if (match.kind == Kind::malformed) throw Refused{{Code::bad_request, "The path is not encoded as it should be."}};
    if (match.kind == Kind::no_such_path) {
        auto const page = page_before_slashes(site, call.request());
        if (!page) throw Refused{{Code::not_found, "There is nothing here."}};
        std::string target{*page};
        if (!call.request().query().empty()) target += '?' + std::string{call.request().query()};
        return call.answer(redirect(target));
    }
    if (match.kind == Kind::no_such_method) {
        if (call.request().method == "OPTIONS") return call.answer(preflight(call, match.allow));
        throw Refused{{Code::method_not_allowed, "This method is not allowed here."}};
    }
    call.identify();
    check_origin(call);
    check_rights(site, call, *match.route);
    if (!has_token(call, *match.route)) {
        // A form to sign in that was left open elsewhere meanwhile: there is nothing left to do for it.
        if (match.route->csrf_rule == CsrfRule::visitor && call.identity() != nullptr)
            return call.answer(redirect("/chat"));
        throw Refused{{Code::bad_csrf_token, "This page has been open for too long. Load it again and try once more."}};
    }
    check_budget(site, call, *match.route);
    if (match.route->cost == Cost::page) return handle(site, call);
    hand_over(site, call);
}

}  // namespace

void dispatch(SiteContext& site, net::HttpRequest request, net::Respond respond) {
    auto const exchange = std::make_shared<Exchange>(site.http, std::move(request), std::move(respond));
    auto const& heard = exchange->request;
    exchange->client = site.proxies.client_of(heard);
    exchange->close = wants_close(heard);
    exchange->is_page = !is_api_path(heard.path());

    auto match = site.router.match(heard.method, heard.path());
    Call call{exchange, match.route, std::move(match.parameters)};
    auto const is_wrong_method = match.kind == Router::Match::Kind::no_such_method;
    answer(
        site, call, [&] { walk(site, call, match); }, is_wrong_method ? match.allow : "");
}

}  // namespace soyuz::web
