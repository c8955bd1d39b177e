#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/sessions/tickets.hpp"
#include "chat/user.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

class Accounts;

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

/// A session as it is kept.
struct SessionRecord {
    Session session;
    std::string digest;            ///< of the cookie's token; "" for JWTs, which carry their own proof
    std::uint64_t generation = 0;  ///< of the refresh token in force; 0 where there is none
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
        std::chrono::hours refresh_lifetime{24 * 30};  ///< from the last time that it was used
        std::size_t per_user = 50;                     ///< more: the oldest ends
    };
    Sessions(store::Store& store, Accounts const& accounts, base::Clock const& clock, Options options);

    struct Identity {
        Session session;
        UserPtr user;  ///< as the account is now
    };

    struct Opened {
        Session session;
        std::string token;               ///< the cookie's value, or the JWT
        std::string refresh_token = {};  ///< "" where none was asked for
    };
    base::Result<Opened> open(User const& user, Session::Kind kind, std::string_view agent);
    /// For a program that stays: a JWT as ever, and a refresh token that gives the next one.
    base::Result<Opened> open_with_refresh(User const& user, std::string_view agent);
    /// A new JWT and a new refresh token; the old one is used up. Whoever comes with one that was used before has
    /// stolen it, or was stolen from: the session ends. Errors: not_signed_in.
    base::Result<Opened> refresh(std::string_view refresh_token);
    /// Of the token in force; none otherwise.
    std::optional<Identity> find_by_refresh_token(std::string_view refresh_token) const;

    std::optional<Identity> find_by_cookie(std::string_view token) const;
    /// Errors told apart by nobody: a bad signature, an expired or an ended token are all "none".
    std::optional<Identity> find_by_jwt(std::string_view token) const;

    /// What pages must send back with a change: bound to the session, the same for its life.
    std::string csrf_token(SessionId const& id) const;
    bool csrf_token_matches(SessionId const& id, std::string_view token) const;

    /// 32 bytes for another use of the secret, the same after a restart.
    std::string derived_key(std::string_view use) const;

    /// A ticket for one WebSocket handshake within 30 s; kept in memory only.
    std::string new_ticket(SessionId const& id) { return tickets_.issue(id); }
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
    base::Result<Opened> open(User const& user, Session::Kind kind, std::string_view agent, std::uint64_t generation);
    std::string jwt_of(User const& user, Session const& session) const;

    // The caller of these four holds `mutex_`; alone for the first two.
    void show(SessionRecord record);
    std::optional<Session> hide(SessionId const& id);
    std::optional<Session> live(SessionId const& id) const;
    /// The sessions that must go so that one more of this user fits: the expired ones, then the oldest.
    std::vector<SessionId> surplus_of(base::UserId const& user) const;

    std::optional<Identity> identity(std::optional<Session> session) const;
    /// Ends them at once in memory and queues that for the disk. The caller holds `changing_`.
    std::future<base::Result<store::Committed>> erase(std::vector<SessionId> const& ids, std::vector<Session>& ended);

    store::Store& store_;
    Accounts const& accounts_;
    base::Clock const& clock_;
    Options const options_;
    Tickets tickets_;

    /// Held while memory changes and the change is queued, so that both have the same order; never while waiting.
    std::mutex changing_;
    mutable std::shared_mutex mutex_;  ///< guards what follows
    std::unordered_map<SessionId, SessionRecord> records_;
    std::unordered_map<std::string, SessionId> by_digest_;
    std::unordered_map<base::UserId, std::set<SessionId>> by_user_;
};

}  // namespace soyuz::chat
