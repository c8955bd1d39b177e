#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.hpp"
#include "chat/sessions/sessions.hpp"
#include "net/http_message.hpp"
#include "net/listener.hpp"

namespace soyuz::base {
class Exposition;
class Workers;
}  // namespace soyuz::base
namespace soyuz::store {
class Store;
}
namespace soyuz::moderation {
class Cases;
class RuleBook;
class Sanctions;
class Standing;
class Statistics;
}  // namespace soyuz::moderation
namespace soyuz::chat {
class Accounts;
class Desk;
class Messages;
class Presence;
class Rooms;
class Screening;
class Settings;
}  // namespace soyuz::chat

/// What HTTP means here: pages, the API, uploads, and who may open a socket.
namespace soyuz::web {

class ExpensiveWork;

/// What routes work with; all of it outlives the site.
struct Services {
    store::Store& store;
    chat::Accounts& accounts;
    chat::Sessions& sessions;
    chat::Rooms& rooms;
    chat::Messages& messages;
    chat::Settings& settings;
    chat::Screening& screening;
    chat::Desk& desk;
    moderation::Cases& cases;
    moderation::Standing& standing;
    moderation::RuleBook& rule_book;
    moderation::Statistics& statistics;
    moderation::Sanctions& sanctions;
    chat::Presence const& presence;
    base::Workers& workers;
    ExpensiveWork& expensive;
    base::Clock const& clock;
};

struct SiteOptions {
    std::string version;
    std::string public_url;  ///< "" where none was given: links follow the request's Host
    std::string uploads_folder;
    std::string templates_folder;              ///< "" for the embedded ones
    std::string assets_folder;                 ///< "" for the embedded ones
    std::vector<std::string> trusted_proxies;  ///< CIDR; only from these are forwarded addresses believed
    std::vector<std::string> cors_origins;
    bool access_log = false;                ///< a line for each request
    std::vector<std::string> metrics_from;  ///< CIDR; may read /metrics besides this machine and staff
    bool rate_limits = true;
    std::chrono::minutes token_lifetime{30};
};

/// A handshake whose session and Origin have been found good.
struct Handshake {
    std::optional<chat::Sessions::Identity> who;  ///< none only on paths that need no session
    std::string address;                          ///< the client's, behind a trusted proxy too
    std::string query;
};

/// A path where sockets open. Connected by `app`, so that web knows no gateway.
struct SocketPath {
    bool needs_session = true;
    bool any_origin = false;  ///< for conformance tests only
    std::function<net::WebSocketAccept(Handshake const&)> open;
};

/// Thread-safe once started.
class Site {
public:
    Site(Services services, SiteOptions options, std::map<std::string, SocketPath> sockets);
    ~Site();

    /// Answers a request on a worker. For net's handlers: never blocks; 503 with Retry-After when workers are full.
    void handle(net::HttpRequest request, net::Respond respond);
    /// Checks session and Origin of an upgrade; answers at once, on the caller's thread.
    void decide(net::HttpRequest request, net::Handlers::Decide decide);
    /// Largest body that the route of `head` takes from who sends it: uploads are for those who are signed in.
    net::BodyLimit body_limit(net::HttpRequest const& head) const;
    bool is_trusted_proxy(std::string const& address) const;

    /// While no account exists: the token of the set-up link, made anew with each start; "" otherwise.
    std::string setup_token() const;
    /// What /healthz and /metrics add from other rooms, set before the server starts.
    std::function<void(nlohmann::json&)> health;
    std::function<void(base::Exposition&)> metrics_text;
    /// `in_full`: for those who run the server; else only what a page may show to anybody.
    std::function<void(nlohmann::json&, bool in_full)> metrics_json;
    /// Shown on the admin page: the tunnel's address, "" while there is none.
    std::function<std::string()> tunnel_url;
    /// 503 from /healthz from now on.
    void begin_draining();

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace soyuz::web
