#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "web/http/cost.hpp"

namespace soyuz::base {
struct Error;
}
namespace soyuz::judge {
struct Verdict;
}

namespace soyuz::web {

struct Answer;
class Call;
/// What handlers work with. HTTP itself never looks into it.
struct SiteContext;

/// Who may call a route; each includes those above.
enum class Rights { anyone, signed_in, agent, moderator, admin, owner };

/// What a state-changing request with the session cookie must bring, so that no other site can make it.
enum class CsrfRule {
    session,      ///< the session's token, in X-CSRF-Token or the form field csrf_token
    visitor,      ///< the same; before sign-in the token that belongs to the visitor's cookie
    same_origin,  ///< only an Origin of ours where there is one: JSON sign-in, and clients that know no tokens
};

struct Route {
    using Handler = std::function<void(SiteContext&, Call&)>;

    std::string method;
    std::string pattern;
    Rights rights;
    Handler handler;
    CsrfRule csrf_rule = CsrfRule::session;
    Cost cost = Cost::page;
    std::size_t body_limit = 64U << 10U;
    std::function<std::size_t(SiteContext const&)> body_limit_now;  ///< where the limit is a setting
    bool is_change = false;                                         ///< counts in the caller's budget of changes
    bool for_banned = false;                                        ///< banned users may call it
    std::string summary;  ///< for the API's description, with the schemas' names
    std::string takes, gives;
    std::vector<std::string> queries;  ///< what it reads from the query
    int success = 200;
    /// How errors are said to clients of another family; as everywhere where it is empty.
    std::function<Answer(base::Error const&, judge::Verdict const&)> refusal;

    Route& about(std::string text) { return summary = std::move(text), *this; }
    Route& body(std::string schema) { return takes = std::move(schema), *this; }
    Route& answers(std::string schema, int status = 200) { return gives = std::move(schema), success = status, *this; }
    Route& reads(std::vector<std::string> names) { return queries = std::move(names), *this; }
    Route& csrf(CsrfRule rule) { return csrf_rule = rule, *this; }
    /// The handler runs on the threads of its kind, within the caller's share; beyond it 429, where too much waits 503.
    Route& costs(Cost what) { return cost = what, *this; }
    Route& up_to(std::size_t bytes) { return body_limit = bytes, *this; }
    Route& up_to(std::function<std::size_t(SiteContext const&)> bytes) {
        return body_limit_now = std::move(bytes), *this;
    }
    /// Others are told of what it does: it counts in the caller's budget of changes (chat/change_budget.hpp).
    Route& counts_as_change() { return is_change = true, *this; }
    Route& refuses(std::function<Answer(base::Error const&, judge::Verdict const&)> how) {
        return refusal = std::move(how), *this;
    }
    Route& banned_too() { return for_banned = true, *this; }
    std::size_t max_body(SiteContext const& site) const { return body_limit_now ? body_limit_now(site) : body_limit; }
};

/// Values of a pattern's `{names}`, percent-decoded.
using Parameters = std::vector<std::pair<std::string_view, std::string>>;

/// From method and path to route. Patterns are made of literal segments, `{name}` for one segment, and at the end
/// `{name...}` for all the rest; a literal goes before a name. Filled before the server starts, then only read.
class Router {
public:
    Router();
    ~Router();
    Router(Router&&) noexcept;

    Route& get(std::string pattern, Rights rights, Route::Handler handler);
    Route& post(std::string pattern, Rights rights, Route::Handler handler);
    Route& put(std::string pattern, Rights rights, Route::Handler handler);
    Route& patch(std::string pattern, Rights rights, Route::Handler handler);
    Route& remove(std::string pattern, Rights rights, Route::Handler handler);

    struct Match {
        enum class Kind { found, no_such_path, no_such_method, malformed } kind = Kind::no_such_path;
        Route const* route = nullptr;
        Parameters parameters;
        std::string allow;  ///< the methods of the path, for Allow
    };
    /// `path` is still percent-encoded. HEAD finds the route of GET.
    Match match(std::string_view method, std::string_view path) const;
    std::vector<Route const*> routes() const;

private:
    struct Node;
    Route& add(std::string method, std::string pattern, Rights rights, Route::Handler handler);

    std::unique_ptr<Node> root_;
    std::vector<std::unique_ptr<Route>> routes_;
};

/// Decodes %XX; none where the encoding is broken. `plus_is_space` for forms and queries.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);
/// Encodes all but letters, digits and "-._~".
std::string percent_encode(std::string_view text);
/// The pairs of a query or an URL-encoded form, in order; what can't be decoded is left out.
std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text);

}  // namespace soyuz::web
