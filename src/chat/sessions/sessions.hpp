#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/user.hpp"

namespace soyuz::store {
class Store;
}

namespace soyuz::chat {

class Accounts;

using SessionId = base::Id<struct SessionTag>;

/// Who is signed in, and from where.
struct Session {
    SessionId id;
    base::UserId user;
    enum class Kind { browser, token } kind = Kind::browser;
    base::Timestamp created_at{};
    base::Timestamp last_seen{};  ///< kept to the hour
    base::Timestamp expires_at{};
    std::string agent;  ///< what the client called itself, cut to 200 bytes
};

enum class SessionEnd { signed_out, password_changed, role_changed, banned, kicked, account_deleted, expired };

/// Sessions of browsers (a random token in a cookie, stored as its SHA-256) and of programs (a JWT, RFC 7519 with
/// HS256, whose jti is the session's id). Both are kept in the store, survive a restart and can be ended at once.
///
/// Thread-safe. `find_*` never block; the others wait for the disk and are for workers.
class Sessions {
public:
    struct Options {
        std::string jwt_secret;
        std::chrono::minutes jwt_lifetime{30};
        std::chrono::hours browser_lifetime{24 * 30};
        std::size_t per_user = 50;  ///< more: the oldest ends
    };
    Sessions(store::Store& store, Accounts const& accounts, base::Clock const& clock, Options options);
    ~Sessions();

    struct Opened {
        Session session;
        std::string token;  ///< the cookie's value, or the JWT
    };
    base::Result<Opened> open(User const& user, Session::Kind kind, std::string_view agent);

    struct Identity {
        Session session;
        UserPtr user;  ///< as the account is now
    };
    std::optional<Identity> find_by_cookie(std::string_view token) const;
    /// Errors told apart by nobody: a bad signature, an expired or an ended token are all "none".
    std::optional<Identity> find_by_jwt(std::string_view token) const;

    /// What pages must send back with a change: bound to the session, the same for its life.
    std::string csrf_token(SessionId const& id) const;
    bool csrf_token_matches(SessionId const& id, std::string_view token) const;

    /// A ticket for one WebSocket handshake within 30 s; kept in memory only.
    std::string new_ticket(SessionId const& id);
    std::optional<Identity> redeem_ticket(std::string_view ticket);

    std::vector<Session> of(base::UserId const& user) const;
    base::Result<void> end(SessionId const& id, SessionEnd why);
    /// All of a user's but `except`.
    base::Result<void> end_all(base::UserId const& user, SessionEnd why, SessionId const& except = {});
    /// Forgets what has expired; called now and then by a worker.
    void sweep();
    /// Notes that a session is in use; cheap, written at most once an hour.
    void touch(SessionId const& id);

    /// Runs after sessions have ended, so that their sockets are closed. Set before the server starts.
    std::function<void(std::vector<Session> const&, SessionEnd)> on_ended;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace soyuz::chat
