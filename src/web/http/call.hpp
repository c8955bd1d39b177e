#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "chat/messages/messages.hpp"
#include "chat/sessions/sessions.hpp"
#include "net/http_message.hpp"
#include "web/http/answer.hpp"
#include "web/http/client_address.hpp"
#include "web/http/csrf_mask.hpp"
#include "web/http/expensive_work.hpp"
#include "web/http/identity.hpp"
#include "web/http/multipart.hpp"
#include "web/http/router.hpp"

namespace soyuz::web {

class Origins;
class RequestLog;
class VisitorTokens;

/// What of the server every request needs; outlives them all.
struct HttpContext {
    chat::Sessions& sessions;
    VisitorTokens const& visitors;
    Origins const& origins;
    RequestLog& log;
    bool has_limits;  ///< authors are limited
};

/// What of a request outlives its handler: enough to answer it from any thread.
struct Exchange {
    Exchange(HttpContext const& http_context, net::HttpRequest heard, net::Respond answer_to)
        : http(http_context),
          request(std::move(heard)),
          respond(std::move(answer_to)),
          begun(std::chrono::steady_clock::now()) {}

    HttpContext const& http;
    net::HttpRequest const request;
    net::Respond const respond;
    std::chrono::steady_clock::time_point const begun;
    Client client;
    bool close = false;    ///< the connection, after the answer
    bool is_page = false;  ///< errors are shown to a person
    std::vector<std::string> cookies_to_set;
    /// Of a request that costs more than a page; given back when the answer leaves.
    mutable std::shared_ptr<ExpensiveWork::Place> place;

    /// Puts on what every answer carries (security headers, cookies, compression) and sends it, from any thread. Only
    /// the first answer counts.
    void send(Answer answer) const;

private:
    mutable std::atomic<bool> sent_{false};
};

/// One request on its way through its handler. Lives on one thread at a time.
class Call {
public:
    Call(std::shared_ptr<Exchange> exchange, Route const* route, Parameters parameters);

    HttpContext const& http() const { return exchange_->http; }
    net::HttpRequest const& request() const { return exchange_->request; }
    Client const& client() const { return exchange_->client; }
    Route const* route() const { return route_; }

    /// A `{name}` of the pattern.
    std::string const& parameter(std::string_view name) const;
    /// A value of the query; none where it is absent.
    std::optional<std::string> query(std::string_view name) const;
    std::optional<unsigned long long> query_number(std::string_view name) const;  ///< refuses anything but a number
    std::string_view cookie(std::string_view name) const;
    /// The JSON object in the body. Refuses: wrong_type, bad_request.
    nlohmann::json json() const;
    /// A field of an URL-encoded or multipart form; "" where it is absent. These three read the body when they are
    /// first called, which is after rights were checked. Refuse: bad_request for a malformed multipart body.
    std::string form(std::string_view name) const;
    bool has_form(std::string_view name) const;
    /// The file of a multipart form; null where there is none.
    Part const* file(std::string_view name) const;

    /// The caller; null for visitors.
    chat::Sessions::Identity const* identity() const { return identity_.who ? &*identity_.who : nullptr; }
    bool signed_in_by_cookie() const { return identity_.by_cookie; }
    chat::User const& user() const { return *identity_.who->user; }
    chat::UserPtr const& user_pointer() const { return identity_.who->user; }
    chat::Author author() const;
    /// Finds out who calls; nobody is known before.
    void identify();

    /// What a form on the page must send back: the session's token, or the visitor's, whose cookie is set when new.
    std::string csrf_token();
    /// The same as pages hold it.
    std::string masked_csrf_token() { return mask_token(csrf_token()); }
    /// Either of the two.
    bool csrf_token_is_good() const;

    void set_cookie(std::string text) { exchange_->cookies_to_set.push_back(std::move(text)); }
    void answer(Answer answer) { answer_ = std::move(answer); }
    void answer(nlohmann::json const& value, int status = 200) { answer_ = json_answer(value, status); }
    /// For answers that come after the handler has returned: the holder of the exchange sends it.
    std::shared_ptr<Exchange const> later();

    std::optional<Answer>& given() { return answer_; }
    bool is_later() const { return later_; }
    Exchange& exchange() { return *exchange_; }

private:
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    std::vector<Part> const& parts() const;
    std::string const* find_urlencoded(std::string_view name) const;

    std::shared_ptr<Exchange> exchange_;
    Route const* route_;
    Parameters parameters_;
    mutable std::optional<std::vector<Part>> parts_;
    mutable std::optional<Pairs> query_, form_;
    Identity identity_;
    std::string visitor_;
    std::optional<Answer> answer_;
    bool later_ = false;
};

}  // namespace soyuz::web
