#include "chat/sessions/sessions.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/names.hpp"
#include "chat/sessions/jwt.hpp"
#include "store/commit_later.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

using base::Code;
using base::Error;
using base::Json;
using base::Moment;
using base::UserId;

constexpr char collection[] = "sessions";
constexpr std::chrono::seconds ticket_life{30};
constexpr std::size_t max_tickets = 10'000;
constexpr std::size_t max_tickets_of_session = 8;
constexpr std::size_t max_agent_bytes = 200;

struct Record {
    Session session;
    std::string digest;  ///< of the cookie's token; "" for JWTs, which carry their own proof
};

std::string document(Record const& record) {
    auto const& session = record.session;
    Json json{{"user", session.user.value},
              {"kind", session.kind == Session::Kind::browser ? "browser" : "token"},
              {"created_at", base::to_rfc3339(session.created_at)},
              {"last_seen", base::to_rfc3339(session.last_seen)},
              {"expires_at", base::to_rfc3339(session.expires_at)},
              {"agent", session.agent}};
    if (!record.digest.empty()) json["token_sha256"] = record.digest;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Record> parse(std::string const& id, Json const& json) {
    if (!json.is_object()) return std::nullopt;
    auto const text = [&](char const* key) {
        auto const found = json.find(key);
        return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
    };
    Record record;
    record.session.id = SessionId{id};
    record.session.user = UserId{text("user")};
    record.session.kind = text("kind") == "token" ? Session::Kind::token : Session::Kind::browser;
    record.session.agent = text("agent");
    record.digest = text("token_sha256");
    auto const created = base::parse_rfc3339(text("created_at"));
    auto const expires = base::parse_rfc3339(text("expires_at"));
    if (!created || !expires || record.session.user.empty()) return std::nullopt;
    record.session.created_at = *created;
    record.session.expires_at = *expires;
    record.session.last_seen = base::parse_rfc3339(text("last_seen")).value_or(*created);
    return record;
}

struct Ticket {
    SessionId session;
    Moment expires_at;
};

}  // namespace

struct Sessions::Implementation {
    Implementation(store::Store& where, Accounts const& who, base::Clock const& time, Options choices)
        : store(where), accounts(who), clock(time), options(std::move(choices)) {
        store.each_document(collection, [&](std::string const& id, Json const& value) {
            auto record = parse(id, value);
            if (!record) {
                base::log::warn("a session can't be read and is left out id=" + id);
                return;
            }
            auto const user = accounts.find(record->session.user);
            if (user && !user->deleted) show(std::move(*record));
        });
    }

    void show(Record record) {
        if (!record.digest.empty()) by_digest[record.digest] = record.session.id;
        by_user[record.session.user].insert(record.session.id);
        auto id = record.session.id;
        records.insert_or_assign(std::move(id), std::move(record));
    }

    std::optional<Session> hide(SessionId const& id) {
        auto const found = records.find(id);
        if (found == records.end()) return std::nullopt;
        auto session = std::move(found->second.session);
        by_digest.erase(found->second.digest);
        if (auto const own = by_user.find(session.user); own != by_user.end()) {
            own->second.erase(id);
            if (own->second.empty()) by_user.erase(own);
        }
        records.erase(found);
        return session;
    }

    /// The caller holds `mutex`.
    std::optional<Session> live(SessionId const& id) const {
        auto const found = records.find(id);
        if (found == records.end() || found->second.session.expires_at <= clock.now()) return std::nullopt;
        return found->second.session;
    }

    std::optional<Identity> identity(std::optional<Session> session) const {
        if (!session) return std::nullopt;
        auto user = accounts.find(session->user);
        if (!user || user->deleted) return std::nullopt;
        return Identity{std::move(*session), std::move(user)};
    }

    /// The sessions that must go so that one more of this user has room: the expired ones, then the oldest.
    std::vector<SessionId> surplus_of(UserId const& user) const {
        std::vector<std::pair<base::Timestamp, SessionId>> present;
        std::vector<SessionId> surplus;
        auto const own = by_user.find(user);
        if (own == by_user.end()) return surplus;
        for (auto const& id : own->second) {
            if (live(id)) {
                present.emplace_back(records.at(id).session.created_at, id);
            } else {
                surplus.push_back(id);
            }
        }
        std::sort(present.begin(), present.end());
        for (std::size_t at = 0; at + options.per_user <= present.size(); ++at) surplus.push_back(present[at].second);
        return surplus;
    }

    /// Ends them at once in memory and queues that for the disk. The caller holds `changing`.
    std::future<base::Result<store::Committed>> end(std::vector<SessionId> const& ids, std::vector<Session>& ended) {
        store::Batch batch;
        {
            std::unique_lock const lock{mutex};
            for (auto const& id : ids) {
                if (auto session = hide(id)) {
                    batch.push_back(store::Erase{collection, id.value});
                    ended.push_back(std::move(*session));
                }
            }
        }
        if (batch.empty()) return {};
        return store::commit_later(store, std::move(batch));
    }

    store::Store& store;
    Accounts const& accounts;
    base::Clock const& clock;
    Options const options;

    /// Held while memory changes and the change is queued, so that both have the same order; never while waiting.
    std::mutex changing;
    mutable std::shared_mutex mutex;  ///< guards the maps of sessions
    std::unordered_map<SessionId, Record> records;
    std::unordered_map<std::string, SessionId> by_digest;
    std::unordered_map<UserId, std::set<SessionId>> by_user;

    std::mutex tickets_mutex;
    std::unordered_map<std::string, Ticket> tickets;
    std::deque<std::string> tickets_by_age;
    std::unordered_map<SessionId, std::deque<std::string>> tickets_of;

    void drop_ticket(std::string const& name) {
        auto const found = tickets.find(name);
        if (found == tickets.end()) return;
        if (auto const own = tickets_of.find(found->second.session); own != tickets_of.end()) {
            std::erase(own->second, name);
            if (own->second.empty()) tickets_of.erase(own);
        }
        tickets.erase(found);
    }
};

Sessions::Sessions(store::Store& store, Accounts const& accounts, base::Clock const& clock, Options options)
    : implementation_(std::make_unique<Implementation>(store, accounts, clock, std::move(options))) {}
Sessions::~Sessions() = default;

base::Result<Sessions::Opened> Sessions::open(User const& user, Session::Kind kind, std::string_view agent) {
    auto& own = *implementation_;
    auto const now = own.clock.now();
    bool const is_browser = kind == Session::Kind::browser;

    Opened opened;
    opened.session.id = SessionId{base::random_id() + base::random_id()};
    opened.session.user = user.id;
    opened.session.kind = kind;
    opened.session.created_at = now;
    opened.session.last_seen = now;
    opened.session.expires_at = is_browser ? now + own.options.browser_lifetime : now + own.options.jwt_lifetime;
    opened.session.agent = cut_text(agent, max_agent_bytes);
    if (base::has_hidden_characters(opened.session.agent)) opened.session.agent.clear();

    Record record{opened.session, {}};
    if (is_browser) {
        opened.token = base::random_token();
        record.digest = base::token_digest(opened.token);
    } else {
        opened.token =
            sign_jwt({user.username, opened.session.id.value, now, opened.session.expires_at}, own.options.jwt_secret);
    }

    std::vector<Session> ended;
    std::future<base::Result<store::Committed>> outcome;
    {
        std::lock_guard const order{own.changing};
        std::vector<SessionId> surplus;
        {
            std::shared_lock const lock{own.mutex};
            surplus = own.surplus_of(user.id);
        }
        own.end(surplus, ended);
        store::Put put{collection, opened.session.id.value, document(record)};
        {
            std::unique_lock const lock{own.mutex};
            own.show(std::move(record));
        }
        outcome = store::commit_later(own.store, {std::move(put)});
    }
    auto const written = outcome.get();
    if (!ended.empty() && on_ended) on_ended(ended, SessionEnd::expired);

    std::unique_lock const lock{own.mutex};
    if (!written) {
        own.hide(opened.session.id);
        return written.error();
    }
    // Whoever ended all of this user's sessions meanwhile meant this one too.
    if (!own.records.contains(opened.session.id)) return Error{Code::not_signed_in, "The session has ended."};
    return opened;
}

std::optional<Sessions::Identity> Sessions::find_by_cookie(std::string_view token) const {
    auto const& own = *implementation_;
    if (token.empty() || token.size() > 128) return std::nullopt;
    auto const digest = base::token_digest(token);
    std::optional<Session> session;
    {
        std::shared_lock const lock{own.mutex};
        if (auto const found = own.by_digest.find(digest); found != own.by_digest.end())
            session = own.live(found->second);
    }
    return own.identity(std::move(session));
}

std::optional<Sessions::Identity> Sessions::find_by_jwt(std::string_view token) const {
    auto const& own = *implementation_;
    auto const claims = verify_jwt(token, own.options.jwt_secret);
    if (!claims || claims->expires_at <= own.clock.now()) return std::nullopt;
    std::optional<Session> session;
    {
        std::shared_lock const lock{own.mutex};
        session = own.live(SessionId{claims->id});
    }
    if (!session || session->kind != Session::Kind::token) return std::nullopt;
    auto identity = own.identity(std::move(session));
    if (!identity || identity->user->username != claims->subject) return std::nullopt;
    return identity;
}

std::string Sessions::csrf_token(SessionId const& id) const {
    // A prefix that no JWT begins with keeps the two uses of the secret apart.
    return base::base64url(hmac(implementation_->options.jwt_secret, "csrf\n" + id.value));
}

bool Sessions::csrf_token_matches(SessionId const& id, std::string_view token) const {
    return equal_secrets(csrf_token(id), token);
}

std::string Sessions::new_ticket(SessionId const& id) {
    auto& own = *implementation_;
    auto const now = own.clock.moment();
    auto ticket = base::random_token(24);
    std::lock_guard const lock{own.tickets_mutex};
    // All live equally long, so the oldest expire first; redeemed ones are gone already.
    while (!own.tickets_by_age.empty()) {
        auto const oldest = own.tickets.find(own.tickets_by_age.front());
        bool const stays =
            oldest != own.tickets.end() && oldest->second.expires_at > now && own.tickets_by_age.size() < max_tickets;
        if (stays) break;
        own.drop_ticket(own.tickets_by_age.front());
        own.tickets_by_age.pop_front();
    }
    if (auto const mine = own.tickets_of.find(id);
        mine != own.tickets_of.end() && mine->second.size() >= max_tickets_of_session) {
        own.drop_ticket(std::string{mine->second.front()});
    }
    own.tickets.try_emplace(ticket, Ticket{id, now + ticket_life});
    own.tickets_by_age.push_back(ticket);
    own.tickets_of[id].push_back(ticket);
    return ticket;
}

std::optional<Sessions::Identity> Sessions::redeem_ticket(std::string_view ticket) {
    auto& own = *implementation_;
    if (ticket.size() > 64) return std::nullopt;
    std::optional<Ticket> taken;
    {
        std::string const name{ticket};
        std::lock_guard const lock{own.tickets_mutex};
        auto const found = own.tickets.find(name);
        if (found == own.tickets.end()) return std::nullopt;
        taken = found->second;
        own.drop_ticket(name);
    }
    if (taken->expires_at <= own.clock.moment()) return std::nullopt;
    std::optional<Session> session;
    {
        std::shared_lock const lock{own.mutex};
        session = own.live(taken->session);
    }
    return own.identity(std::move(session));
}

std::vector<Session> Sessions::of(UserId const& user) const {
    auto const& own = *implementation_;
    std::vector<Session> found;
    std::shared_lock const lock{own.mutex};
    auto const ids = own.by_user.find(user);
    if (ids == own.by_user.end()) return found;
    for (auto const& id : ids->second) {
        if (auto session = own.live(id)) found.push_back(std::move(*session));
    }
    std::sort(found.begin(), found.end(), [](auto const& a, auto const& b) { return a.last_seen > b.last_seen; });
    return found;
}

base::Result<void> Sessions::end(SessionId const& id, SessionEnd why) {
    auto& own = *implementation_;
    std::vector<Session> ended;
    std::future<base::Result<store::Committed>> outcome;
    {
        std::lock_guard const order{own.changing};
        outcome = own.end({id}, ended);
    }
    if (ended.empty()) return {};
    if (on_ended) on_ended(ended, why);
    return store::wait_for(std::move(outcome));
}

base::Result<void> Sessions::end_all(UserId const& user, SessionEnd why, SessionId const& except) {
    auto& own = *implementation_;
    std::vector<Session> ended;
    std::future<base::Result<store::Committed>> outcome;
    {
        std::lock_guard const order{own.changing};
        std::vector<SessionId> ids;
        {
            std::shared_lock const lock{own.mutex};
            if (auto const found = own.by_user.find(user); found != own.by_user.end()) {
                std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(ids),
                             [&](auto const& id) { return id != except; });
            }
        }
        outcome = own.end(ids, ended);
    }
    if (ended.empty()) return {};
    if (on_ended) on_ended(ended, why);
    return store::wait_for(std::move(outcome));
}

void Sessions::sweep() {
    auto& own = *implementation_;
    auto const now = own.clock.now();
    std::vector<Session> ended;
    std::future<base::Result<store::Committed>> outcome;
    {
        std::lock_guard const order{own.changing};
        std::vector<SessionId> ids;
        {
            std::shared_lock const lock{own.mutex};
            for (auto const& [id, record] : own.records) {
                if (record.session.expires_at <= now) ids.push_back(id);
            }
        }
        outcome = own.end(ids, ended);
    }
    if (ended.empty()) return;
    if (on_ended) on_ended(ended, SessionEnd::expired);
    // What could not be erased is read as expired at the next start.
    if (!store::wait_for(std::move(outcome))) base::log::warn("expired sessions could not be removed from disk yet");
}

void Sessions::touch(SessionId const& id) {
    auto& own = *implementation_;
    auto const now = own.clock.now();
    {
        std::shared_lock const lock{own.mutex};
        auto const found = own.records.find(id);
        if (found == own.records.end() || now - found->second.session.last_seen < std::chrono::hours{1}) return;
    }
    std::lock_guard const order{own.changing};
    std::string text;
    {
        std::unique_lock const lock{own.mutex};
        auto const found = own.records.find(id);
        if (found == own.records.end()) return;
        found->second.session.last_seen = now;
        text = document(found->second);
    }
    own.store.commit({store::Put{collection, id.value, std::move(text)}}, [](auto const&) {});
}

}  // namespace soyuz::chat
