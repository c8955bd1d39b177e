#include "moderation/conduct/sanctions.hpp"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "base/log.hpp"
#include "store/commit_later.hpp"
#include "store/store.hpp"

namespace soyuz::moderation {

namespace {

using base::Json;
using base::Timestamp;

std::string collection_of(Sanction const& sanction) {
    if (sanction.kind == Sanction::Kind::mute) return "mutes";
    return sanction.until ? "temp_bans" : "perma_banned";
}

std::string document(Sanction const& sanction) {
    Json json{{"user", sanction.user.value},
              {"reason", sanction.reason},
              {"by", sanction.by},
              {"since", base::to_rfc3339(sanction.since)}};
    if (sanction.until) json["until"] = base::to_rfc3339(*sanction.until);
    return base::to_text(json);
}

std::optional<Sanction> parse(Sanction::Kind kind, std::string const& id, Json const& json) {
    if (!json.is_object()) return std::nullopt;
    Sanction sanction;
    sanction.kind = kind;
    sanction.user = base::UserId{id};
    base::Members const fields{json};
    sanction.reason = fields.text("reason");
    sanction.by = fields.text("by");
    sanction.since = fields.time("since").value_or(Timestamp{});
    if (fields.find("until") != nullptr) {
        sanction.until = fields.time("until");
        // An unreadable end must not make a short sanction permanent.
        if (!sanction.until) return std::nullopt;
    }
    return sanction;
}

}  // namespace

struct Sanctions::Implementation {
    using Map = std::unordered_map<base::UserId, Sanction>;

    Implementation(store::Store& where, base::Clock const& time, Hooks listeners)
        : store(where), clock(time), hooks(std::move(listeners)) {
        load("perma_banned", Sanction::Kind::ban, permanent);
        load("temp_bans", Sanction::Kind::ban, timed);
        load("mutes", Sanction::Kind::mute, mutes);
    }

    void load(std::string const& collection, Sanction::Kind kind, Map& map) {
        store.each_document(collection, [&](std::string const& id, Json const& value) {
            auto sanction = parse(kind, id, value);
            if (!sanction) {
                base::log::warn("unreadable sanction left out", {{"collection", collection}, {"id", id}});
                return;
            }
            map.insert_or_assign(sanction->user, std::move(*sanction));
        });
    }

    Map& map_of(Sanction const& sanction) {
        if (sanction.kind == Sanction::Kind::mute) return mutes;
        return sanction.until ? timed : permanent;
    }

    bool in_force(Sanction const& sanction) const { return !sanction.until || *sanction.until > clock.now(); }

    std::optional<Sanction> find(Map const& map, base::UserId const& user) const {
        auto const found = map.find(user);
        if (found == map.end() || !in_force(found->second)) return std::nullopt;
        return found->second;
    }

    store::Store& store;
    base::Clock const& clock;
    Hooks const hooks;
    /// Held while memory changes and the change is queued, so that both have the same order; never while waiting.
    std::mutex changing;
    mutable std::shared_mutex mutex;  ///< guards the maps
    Map permanent, timed, mutes;
};

Sanctions::Sanctions(store::Store& store, base::Clock const& clock) : Sanctions(store, clock, Hooks{}) {}
Sanctions::Sanctions(store::Store& store, base::Clock const& clock, Hooks hooks)
    : implementation_(std::make_unique<Implementation>(store, clock, std::move(hooks))) {}
Sanctions::~Sanctions() = default;

std::optional<Sanction> Sanctions::ban_of(base::UserId const& user) const {
    auto const& own = *implementation_;
    std::shared_lock const lock{own.mutex};
    if (own.permanent.empty() && own.timed.empty()) return std::nullopt;
    if (auto const found = own.permanent.find(user); found != own.permanent.end()) return found->second;
    return own.find(own.timed, user);
}

std::optional<Sanction> Sanctions::mute_of(base::UserId const& user) const {
    auto const& own = *implementation_;
    std::shared_lock const lock{own.mutex};
    if (own.mutes.empty()) return std::nullopt;
    return own.find(own.mutes, user);
}

std::vector<Sanction> Sanctions::all() const {
    auto const& own = *implementation_;
    std::vector<Sanction> found;
    std::shared_lock const lock{own.mutex};
    for (auto const* map : {&own.permanent, &own.timed, &own.mutes}) {
        for (auto const& [user, sanction] : *map) {
            if (own.in_force(sanction)) found.push_back(sanction);
        }
    }
    std::sort(found.begin(), found.end(), [](auto const& a, auto const& b) { return a.since > b.since; });
    return found;
}

void Sanctions::impose(Sanction sanction, std::optional<std::string> spam_log_line,
                       std::function<void(base::Result<void>)> done) {
    auto& own = *implementation_;
    if (sanction.since == Timestamp{}) sanction.since = own.clock.now();
    store::Batch batch;
    if (spam_log_line) batch.push_back(store::AppendLog{"spam_log", std::move(*spam_log_line)});
    {
        std::lock_guard const order{own.changing};
        bool replaces = true;
        {
            std::unique_lock const lock{own.mutex};
            auto& map = own.map_of(sanction);
            auto const present = own.find(map, sanction.user);
            // What a moderator decided isn't shortened by what happens by itself.
            bool const outlasts = present && (!present->until || (sanction.until && *present->until > *sanction.until));
            replaces = !(sanction.by.empty() && outlasts);
            if (replaces) map.insert_or_assign(sanction.user, sanction);
        }
        if (replaces) batch.push_back(store::Put{collection_of(sanction), sanction.user.value, document(sanction)});
        own.store.commit(std::move(batch), [done = std::move(done)](base::Result<store::Committed> const& result) {
            if (!result) base::log::error("sanction not written; it holds until the server stops");
            if (done) done(result ? base::Result<void>{} : base::Result<void>{result.error()});
        });
    }
    if (own.hooks.imposed) own.hooks.imposed(sanction);
}

base::Result<void> Sanctions::lift(base::UserId const& user, Sanction::Kind kind) {
    auto& own = *implementation_;
    std::vector<Sanction> lifted;
    std::future<base::Result<store::Committed>> outcome;
    {
        std::lock_guard const order{own.changing};
        store::Batch batch;
        bool was_in_force = false;
        {
            std::unique_lock const lock{own.mutex};
            auto const take = [&](Implementation::Map& map) {
                auto const found = map.find(user);
                if (found == map.end()) return;
                was_in_force = was_in_force || own.in_force(found->second);
                batch.push_back(store::Erase{collection_of(found->second), user.value});
                lifted.push_back(std::move(found->second));
                map.erase(found);
            };
            if (kind == Sanction::Kind::ban) {
                take(own.permanent);
                take(own.timed);
            } else {
                take(own.mutes);
            }
        }
        if (!was_in_force) return base::Error{base::Code::not_found, "There is nothing to lift."};
        outcome = store::commit_later(own.store, std::move(batch));
    }
    auto const result = outcome.get();
    if (!result) {
        std::lock_guard const order{own.changing};
        std::unique_lock const lock{own.mutex};
        for (auto& sanction : lifted) own.map_of(sanction).try_emplace(user, sanction);
        return result.error();
    }
    if (own.hooks.lifted) own.hooks.lifted(user, kind);
    return {};
}

void Sanctions::sweep() {
    auto& own = *implementation_;
    std::lock_guard const order{own.changing};
    store::Batch batch;
    {
        std::unique_lock const lock{own.mutex};
        for (auto* map : {&own.timed, &own.mutes}) {
            std::erase_if(*map, [&](auto const& entry) {
                if (own.in_force(entry.second)) return false;
                batch.push_back(store::Erase{collection_of(entry.second), entry.first.value});
                return true;
            });
        }
    }
    if (batch.empty()) return;
    own.store.commit(std::move(batch), [](base::Result<store::Committed> const& result) {
        // Ended ones are harmless on disk: the next start reads them as ended and the next sweep tries again.
        if (!result) base::log::warn("ended sanctions not removed from disk yet");
    });
}

}  // namespace soyuz::moderation
