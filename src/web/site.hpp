#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "chat/sessions/sessions.hpp"
#include "net/http_message.hpp"
#include "net/listener.hpp"
#include "web/services.hpp"

/// What HTTP means here: pages, the API, uploads, and who may open a socket.
namespace soyuz::web {

struct SiteContext;

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// A handshake whose session and Origin have been found good.
struct Handshake {
    std::optional<chat::Sessions::Identity> who;  ///< none only on paths that need no session
    std::string address;                          ///< the client's, behind a trusted proxy too
    std::string limit_key;                        ///< what limits per address count it by
    std::string query;
    std::string rest;  ///< what follows a path that ends with a slash, decoded
};

/// Which pages of other sites may open a socket. The cookie never counts for them.
enum class ForeignOrigins {
    none,
    readers,  ///< those that --cors-origin names
    any,      ///< for conformance tests only
};

/// A path where sockets open; one that ends with a slash is that of all paths with one segment more. Connected by
/// `app`, so that web knows no gateway.
struct SocketPath {
    bool needs_session = true;
    ForeignOrigins foreign_origins = ForeignOrigins::none;
    bool counts_account = true;  ///< else whoever opens the socket asks `Site::admit_account`
    std::function<std::variant<net::HttpResponse, net::WebSocketAccept>(Handshake const&)> open;
    /// Where set, plain requests of at most `max_body` bytes are taken too (long polling), on the connection's loop;
    /// `headers` belong to every answer.
    std::function<void(net::HttpRequest, Handshake const&, HeaderList headers, net::Respond)> request = {};
    std::size_t max_body = 0;
};

/// Thread-safe.
class Site {
public:
    Site(Services services, SiteOptions options, std::map<std::string, SocketPath> sockets, SiteHooks hooks = {});
    ~Site();

    /// Answers a request on a worker. For net's handlers: never blocks; 503 with Retry-After when workers are full.
    void handle(net::HttpRequest request, net::Respond respond);
    /// Checks session and Origin of an upgrade; answers at once, on the caller's thread.
    void decide(net::HttpRequest request, net::Handlers::Decide const& decide);
    /// Largest body that the route of `head` takes from who sends it: uploads are for those who are signed in.
    net::BodyLimit body_limit(net::HttpRequest const& head) const;
    /// Believe what proxies on this machine say of where a request came from: from now on a tunnel's is among them.
    void trust_loopback();
    /// Takes a place among the sockets of an account that is known only after the handshake. Errors as of a handshake:
    /// banned, rate_limited. Thread-safe; never blocks.
    base::Result<std::shared_ptr<void>> admit_account(chat::User const& user);
    bool is_trusted_proxy(std::string const& address) const;

    /// While there is no owner: the token of the set-up link, made again at each start; "" otherwise.
    std::string setup_token() const;
    /// For housekeeping: removes files of deleted messages, and those that nothing names. Block on the disk.
    void remove_dropped_files();
    void sweep_uploads();
    /// Counts for the day of each person what they uploaded before this start; once. Blocks on the disk.
    void recall_uploads();
    /// 503 from /healthz from now on.
    void begin_draining();

private:
    SocketPath const* find_socket(net::HttpRequest const& request) const;
    Handshake admit(SocketPath const& path, net::HttpRequest const& request);
    HeaderList poll_headers(SocketPath const& path, net::HttpRequest const& request) const;
    std::variant<net::HttpResponse, net::WebSocketAccept> open_socket(net::HttpRequest const& request);
    void poll(SocketPath const& path, net::HttpRequest request, net::Respond const& respond);

    // Behind a pointer: it holds pages and templates, which nobody outside has to see.
    std::unique_ptr<SiteContext> const context_;
    std::map<std::string, SocketPath> const sockets_;
};

}  // namespace soyuz::web
