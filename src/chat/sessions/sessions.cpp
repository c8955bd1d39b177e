#include "chat/sessions/sessions.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/characters.hpp"
#include "base/json_members.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "base/visible_text.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/sessions/jwt.hpp"
#include "chat/sessions/refresh_token.hpp"
#include "store/commit_later.hpp"

namespace soyuz::chat {

namespace {

using base::Code;
using base::Error;
using base::Json;
using base::UserId;

constexpr char collection[] = "sessions";
constexpr std::size_t max_agent_bytes = 200;

std::string document(SessionRecord const& record) {
    auto const& session = record.session;
    Json json{{"user", session.user.value},
              {"kind", session.kind == Session::Kind::browser ? "browser" : "token"},
              {"created_at", base::to_rfc3339(session.created_at)},
              {"last_seen", base::to_rfc3339(session.last_seen)},
              {"expires_at", base::to_rfc3339(session.expires_at)},
              {"agent", session.agent}};
    if (!record.digest.empty()) json["token_sha256"] = record.digest;
    if (record.generation != 0) json["generation"] = record.generation;
    return base::to_text(json);
}

std::optional<SessionRecord> parse(std::string const& id, Json const& json) {
    base::Members const members{json};
    auto const created = members.time("created_at");
    auto const expires = members.time("expires_at");
    SessionRecord record;
    record.session.id = SessionId{id};
    record.session.user = UserId{members.text("user")};
    if (!created || !expires || record.session.user.empty()) return std::nullopt;
    record.session.kind = members.text("kind") == "token" ? Session::Kind::token : Session::Kind::browser;
    record.session.created_at = *created;
    record.session.last_seen = members.time("last_seen").value_or(*created);
    record.session.expires_at = *expires;
    record.session.agent = members.text("agent");
    record.digest = members.text("token_sha256");
    record.generation = members.number("generation");
    return record;
}

}  // namespace

Sessions::Sessions(store::Store& store, Accounts const& accounts, base::Clock const& clock, Options options)
    : store_(store), accounts_(accounts), clock_(clock), options_(std::move(options)), tickets_(clock) {
    store.each_document(collection, [&](std::string const& id, Json const& value) {
        auto record = parse(id, value);
        if (!record) return base::log::warn("a session can't be read and is left out", {{"id", id}});
        auto const user = accounts.find(record->session.user);
        if (user && !user->deleted) show(std::move(*record));
    });
}

void Sessions::show(SessionRecord record) {
    if (!record.digest.empty()) by_digest_[record.digest] = record.session.id;
    by_user_[record.session.user].insert(record.session.id);
    auto id = record.session.id;
    records_.insert_or_assign(std::move(id), std::move(record));
}

std::optional<Session> Sessions::hide(SessionId const& id) {
    auto const found = records_.find(id);
    if (found == records_.end()) return std::nullopt;
    auto session = std::move(found->second.session);
    by_digest_.erase(found->second.digest);
    if (auto const ids = by_user_.find(session.user); ids != by_user_.end()) {
        ids->second.erase(id);
        if (ids->second.empty()) by_user_.erase(ids);
    }
    records_.erase(found);
    return session;
}

std::optional<Session> Sessions::live(SessionId const& id) const {
    auto const found = records_.find(id);
    if (found == records_.end() || found->second.session.expires_at <= clock_.now()) return std::nullopt;
    return found->second.session;
}

std::optional<Sessions::Identity> Sessions::identity(std::optional<Session> session) const {
    if (!session) return std::nullopt;
    auto user = accounts_.find(session->user);
    if (!user || user->deleted) return std::nullopt;
    return Identity{std::move(*session), std::move(user)};
}

std::vector<SessionId> Sessions::surplus_of(UserId const& user) const {
    std::vector<std::pair<base::Timestamp, SessionId>> present;
    std::vector<SessionId> surplus;
    auto const ids = by_user_.find(user);
    if (ids == by_user_.end()) return surplus;
    for (auto const& id : ids->second) {
        if (live(id)) {
            present.emplace_back(records_.at(id).session.created_at, id);
        } else {
            surplus.push_back(id);
        }
    }
    std::sort(present.begin(), present.end());
    for (std::size_t at = 0; at + options_.per_user <= present.size(); ++at) surplus.push_back(present[at].second);
    return surplus;
}

std::future<base::Result<store::Committed>> Sessions::erase(std::vector<SessionId> const& ids,
                                                            std::vector<Session>& ended) {
    store::Batch batch;
    {
        std::unique_lock const lock{mutex_};
        for (auto const& id : ids) {
            if (auto session = hide(id)) {
                batch.push_back(store::Erase{collection, id.value});
                ended.push_back(std::move(*session));
            }
        }
    }
    if (batch.empty()) return {};
    return store::commit_later(store_, std::move(batch));
}

std::string Sessions::jwt_of(User const& user, Session const& session) const {
    auto const now = clock_.now();
    return sign_jwt({user.username, session.id.value, now, now + options_.jwt_lifetime}, options_.jwt_secret);
}

base::Result<Sessions::Opened> Sessions::open(User const& user, Session::Kind kind, std::string_view agent) {
    return open(user, kind, agent, 0);
}

base::Result<Sessions::Opened> Sessions::open_with_refresh(User const& user, std::string_view agent) {
    return open(user, Session::Kind::token, agent, 1);
}

base::Result<Sessions::Opened> Sessions::open(User const& user, Session::Kind kind, std::string_view agent,
                                              std::uint64_t generation) {
    auto const now = clock_.now();
    bool const is_browser = kind == Session::Kind::browser;

    Opened opened;
    opened.session.id = SessionId{base::random_id() + base::random_id()};
    opened.session.user = user.id;
    opened.session.kind = kind;
    opened.session.created_at = now;
    opened.session.last_seen = now;
    opened.session.expires_at = now + options_.jwt_lifetime;
    if (is_browser) opened.session.expires_at = now + options_.browser_lifetime;
    if (generation != 0) opened.session.expires_at = now + options_.refresh_lifetime;
    opened.session.agent = base::tidy_line(base::cut_text(agent, max_agent_bytes));
    if (base::has_hidden_characters(opened.session.agent)) opened.session.agent.clear();

    SessionRecord record{opened.session, {}, generation};
    if (is_browser) {
        opened.token = base::random_token();
        record.digest = base::token_digest(opened.token);
    } else {
        opened.token = jwt_of(user, opened.session);
    }
    if (generation != 0)
        opened.refresh_token = make_refresh_token({opened.session.id, generation}, options_.jwt_secret);

    std::vector<Session> ended;
    std::future<base::Result<store::Committed>> outcome;
    {
        std::lock_guard const order{changing_};
        std::vector<SessionId> surplus;
        {
            std::shared_lock const lock{mutex_};
            surplus = surplus_of(user.id);
        }
        erase(surplus, ended);
        store::Put put{collection, opened.session.id.value, document(record)};
        {
            std::unique_lock const lock{mutex_};
            show(std::move(record));
        }
        outcome = store::commit_later(store_, {std::move(put)});
    }
    auto const written = outcome.get();
    if (!ended.empty() && on_ended) on_ended(ended, SessionEnd::expired);

    std::unique_lock const lock{mutex_};
    if (!written) {
        hide(opened.session.id);
        return written.error();
    }
    // All of the user's sessions were ended while this one was being written; it ends too.
    if (!records_.contains(opened.session.id)) return Error{Code::not_signed_in, "The session has ended."};
    return opened;
}

base::Result<Sessions::Opened> Sessions::refresh(std::string_view refresh_token) {
    Error const refused{Code::not_signed_in, "Sign in again."};
    auto const claims = verify_refresh_token(refresh_token, options_.jwt_secret);
    if (!claims) return refused;
    Opened opened;
    bool was_used = false;
    std::future<base::Result<store::Committed>> outcome;
    {
        std::lock_guard const order{changing_};
        std::unique_lock const lock{mutex_};
        if (!live(claims->session)) return refused;
        auto& record = records_.at(claims->session);
        was_used = record.generation != claims->generation;
        if (!was_used) {
            ++record.generation;
            record.session.last_seen = clock_.now();
            record.session.expires_at = clock_.now() + options_.refresh_lifetime;
            opened.session = record.session;
            opened.refresh_token = make_refresh_token({claims->session, record.generation}, options_.jwt_secret);
            outcome = store::commit_later(store_, {store::Put{collection, claims->session.value, document(record)}});
        }
    }
    if (was_used) {
        base::log::warn("a refresh token came a second time: its session ends", {{"session", claims->session.value}});
        if (auto const ended = end(claims->session, SessionEnd::signed_out); !ended) return ended.error();
        return refused;
    }
    if (auto const written = store::wait_for(std::move(outcome)); !written) return written.error();
    auto const who = identity(opened.session);
    if (!who) return refused;
    opened.token = jwt_of(*who->user, opened.session);
    return opened;
}

std::optional<Sessions::Identity> Sessions::find_by_refresh_token(std::string_view refresh_token) const {
    auto const claims = verify_refresh_token(refresh_token, options_.jwt_secret);
    if (!claims) return std::nullopt;
    std::optional<Session> session;
    {
        std::shared_lock const lock{mutex_};
        session = live(claims->session);
        if (session && records_.at(claims->session).generation != claims->generation) return std::nullopt;
    }
    return identity(std::move(session));
}

std::optional<Sessions::Identity> Sessions::find_by_cookie(std::string_view token) const {
    if (token.empty() || token.size() > 128) return std::nullopt;
    auto const digest = base::token_digest(token);
    std::optional<Session> session;
    {
        std::shared_lock const lock{mutex_};
        if (auto const found = by_digest_.find(digest); found != by_digest_.end()) session = live(found->second);
    }
    return identity(std::move(session));
}

std::optional<Sessions::Identity> Sessions::find_by_jwt(std::string_view token) const {
    auto const claims = verify_jwt(token, options_.jwt_secret);
    if (!claims || claims->expires_at <= clock_.now()) return std::nullopt;
    std::optional<Session> session;
    {
        std::shared_lock const lock{mutex_};
        session = live(SessionId{claims->id});
    }
    if (!session || session->kind != Session::Kind::token) return std::nullopt;
    auto found = identity(std::move(session));
    if (!found || found->user->username != claims->subject) return std::nullopt;
    return found;
}

std::string Sessions::csrf_token(SessionId const& id) const {
    return base::base64url(derived_key("csrf\n" + id.value));
}

bool Sessions::csrf_token_matches(SessionId const& id, std::string_view token) const {
    return equal_secrets(csrf_token(id), token);
}

std::string Sessions::derived_key(std::string_view use) const {
    // No JWT begins with the letters of a use, which keeps the uses of the secret apart.
    return hmac(options_.jwt_secret, use);
}

std::optional<Sessions::Identity> Sessions::redeem_ticket(std::string_view ticket) {
    auto const id = tickets_.redeem(ticket);
    if (!id) return std::nullopt;
    std::optional<Session> session;
    {
        std::shared_lock const lock{mutex_};
        session = live(*id);
    }
    return identity(std::move(session));
}

std::vector<Session> Sessions::of(UserId const& user) const {
    std::vector<Session> found;
    std::shared_lock const lock{mutex_};
    auto const ids = by_user_.find(user);
    if (ids == by_user_.end()) return found;
    for (auto const& id : ids->second) {
        if (auto session = live(id)) found.push_back(std::move(*session));
    }
    std::sort(found.begin(), found.end(), [](auto const& a, auto const& b) { return a.last_seen > b.last_seen; });
    return found;
}

base::Result<void> Sessions::end(SessionId const& id, SessionEnd why) {
    std::vector<Session> ended;
    std::future<base::Result<store::Committed>> outcome;
    {
        std::lock_guard const order{changing_};
        outcome = erase({id}, ended);
    }
    if (ended.empty()) return {};
    if (on_ended) on_ended(ended, why);
    return store::wait_for(std::move(outcome));
}

base::Result<void> Sessions::end_all(UserId const& user, SessionEnd why, SessionId const& except) {
    std::vector<Session> ended;
    std::future<base::Result<store::Committed>> outcome;
    {
        std::lock_guard const order{changing_};
        std::vector<SessionId> ids;
        {
            std::shared_lock const lock{mutex_};
            if (auto const found = by_user_.find(user); found != by_user_.end()) {
                std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(ids),
                             [&](auto const& id) { return id != except; });
            }
        }
        outcome = erase(ids, ended);
    }
    if (ended.empty()) return {};
    if (on_ended) on_ended(ended, why);
    return store::wait_for(std::move(outcome));
}

void Sessions::sweep() {
    auto const now = clock_.now();
    std::vector<Session> ended;
    std::future<base::Result<store::Committed>> outcome;
    {
        std::lock_guard const order{changing_};
        std::vector<SessionId> ids;
        {
            std::shared_lock const lock{mutex_};
            for (auto const& [id, record] : records_) {
                if (record.session.expires_at <= now) ids.push_back(id);
            }
        }
        outcome = erase(ids, ended);
    }
    if (ended.empty()) return;
    if (on_ended) on_ended(ended, SessionEnd::expired);
    // What could not be erased is expired at the next start, too.
    if (!store::wait_for(std::move(outcome))) base::log::warn("expired sessions could not be removed from disk yet");
}

void Sessions::touch(SessionId const& id) {
    auto const now = clock_.now();
    {
        std::shared_lock const lock{mutex_};
        auto const found = records_.find(id);
        if (found == records_.end() || now - found->second.session.last_seen < std::chrono::hours{1}) return;
    }
    std::lock_guard const order{changing_};
    std::string text;
    {
        std::unique_lock const lock{mutex_};
        auto const found = records_.find(id);
        if (found == records_.end()) return;
        found->second.session.last_seen = now;
        text = document(found->second);
    }
    store_.commit({store::Put{collection, id.value, std::move(text)}}, [](auto const&) {});
}

}  // namespace soyuz::chat
