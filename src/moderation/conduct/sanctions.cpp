#include "moderation/conduct/sanctions.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/json_members.hpp"
#include "base/json_writer.hpp"
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
    std::string text;
    base::JsonWriter out{text};
    out.object([&] {
        out("user", sanction.user), out("reason", sanction.reason), out("by", sanction.by);
        out("since", sanction.since);
        if (sanction.until) out("until", *sanction.until);
    });
    return text;
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

/// A mute that came by itself ends by itself.
void limit(Sanction& sanction) {
    if (sanction.kind != Sanction::Kind::mute || !sanction.by.empty()) return;
    auto const end = sanction.since + longest_by_itself;
    if (!sanction.until || *sanction.until > end) sanction.until = end;
}

}  // namespace

Sanctions::Sanctions(store::Store& store, base::Clock const& clock, Hooks hooks)
    : store_(store), clock_(clock), hooks_(std::move(hooks)) {
    load("perma_banned", Sanction::Kind::ban, permanent_);
    load("temp_bans", Sanction::Kind::ban, timed_);
    load("mutes", Sanction::Kind::mute, mutes_);
}

void Sanctions::load(std::string const& collection, Sanction::Kind kind, Map& map) {
    store_.each_document(collection, [&](std::string const& id, Json const& value) {
        auto sanction = parse(kind, id, value);
        if (!sanction) {
            base::log::warn("unreadable sanction left out", {{"collection", collection}, {"id", id}});
            return;
        }
        limit(*sanction);
        map.insert_or_assign(sanction->user, std::move(*sanction));
    });
}

Sanctions::Map& Sanctions::map_of(Sanction const& sanction) {
    if (sanction.kind == Sanction::Kind::mute) return mutes_;
    return sanction.until ? timed_ : permanent_;
}

std::optional<Sanction> Sanctions::find(Map const& map, base::UserId const& user) const {
    auto const found = map.find(user);
    if (found == map.end() || !in_force(found->second)) return std::nullopt;
    return found->second;
}

std::optional<Sanction> Sanctions::ban_of(base::UserId const& user) const {
    std::shared_lock const lock{mutex_};
    if (permanent_.empty() && timed_.empty()) return std::nullopt;
    if (auto const found = permanent_.find(user); found != permanent_.end()) return found->second;
    return find(timed_, user);
}

std::optional<Sanction> Sanctions::exclusion_of(base::UserId const& user) const {
    auto ban = ban_of(user);
    if (ban && ban->is_automatic_ban()) return std::nullopt;
    return ban;
}

std::optional<Sanction> Sanctions::mute_of(base::UserId const& user) const {
    std::shared_lock const lock{mutex_};
    if (mutes_.empty()) return std::nullopt;
    return find(mutes_, user);
}

std::vector<Sanction> Sanctions::all() const {
    std::vector<Sanction> found;
    std::shared_lock const lock{mutex_};
    for (auto const* map : {&permanent_, &timed_, &mutes_}) {
        for (auto const& [user, sanction] : *map) {
            if (in_force(sanction)) found.push_back(sanction);
        }
    }
    std::sort(found.begin(), found.end(), [](auto const& a, auto const& b) { return a.since > b.since; });
    return found;
}

void Sanctions::impose(Sanction sanction, std::optional<std::string> spam_log_line,
                       std::function<void(base::Result<void>)> done) {
    if (sanction.since == Timestamp{}) sanction.since = clock_.now();
    limit(sanction);
    store::Batch batch;
    if (spam_log_line) batch.push_back(store::AppendLog{"spam_log", std::move(*spam_log_line)});
    {
        std::lock_guard const order{changing_};
        bool replaces = true;
        {
            std::unique_lock const lock{mutex_};
            auto& map = map_of(sanction);
            auto const present = find(map, sanction.user);
            // What a moderator decided isn't shortened by what happens by itself.
            bool const outlasts = present && (!present->until || (sanction.until && *present->until > *sanction.until));
            bool const is_weaker = sanction.is_automatic_ban() && present && !present->is_automatic_ban();
            replaces = !(sanction.by.empty() && (outlasts || is_weaker));
            if (replaces) map.insert_or_assign(sanction.user, sanction);
        }
        if (replaces) batch.push_back(store::Put{collection_of(sanction), sanction.user.value, document(sanction)});
        store_.commit(std::move(batch), [done = std::move(done)](base::Result<store::Committed> const& result) {
            if (!result) base::log::error("sanction not written; it holds until the server stops");
            if (done) done(result ? base::Result<void>{} : base::Result<void>{result.error()});
        });
    }
    if (hooks_.imposed) hooks_.imposed(sanction);
}

base::Result<void> Sanctions::lift(base::UserId const& user, Sanction::Kind kind) {
    std::vector<Sanction> lifted;
    std::future<base::Result<store::Committed>> outcome;
    {
        std::lock_guard const order{changing_};
        store::Batch batch;
        bool was_in_force = false;
        {
            std::unique_lock const lock{mutex_};
            auto const take = [&](Map& map) {
                auto const found = map.find(user);
                if (found == map.end()) return;
                was_in_force = was_in_force || in_force(found->second);
                batch.push_back(store::Erase{collection_of(found->second), user.value});
                lifted.push_back(std::move(found->second));
                map.erase(found);
            };
            if (kind == Sanction::Kind::ban) {
                take(permanent_);
                take(timed_);
            } else {
                take(mutes_);
            }
        }
        if (!was_in_force) return base::Error{base::Code::not_found, "There is nothing to lift."};
        outcome = store::commit_later(store_, std::move(batch));
    }
    auto const result = outcome.get();
    if (!result) {
        std::lock_guard const order{changing_};
        std::unique_lock const lock{mutex_};
        for (auto& sanction : lifted) map_of(sanction).try_emplace(user, sanction);
        return result.error();
    }
    if (hooks_.lifted) hooks_.lifted(user, kind);
    return {};
}

void Sanctions::forget_author(std::string_view by) {
    std::lock_guard const order{changing_};
    store::Batch batch;
    {
        std::unique_lock const lock{mutex_};
        for (auto* const map : {&permanent_, &timed_, &mutes_}) {
            for (auto& [user, sanction] : *map) {
                if (sanction.by != by) continue;
                // Not empty: that would say that nobody did it.
                sanction.by = "deleted";
                batch.push_back(store::Put{collection_of(sanction), user.value, document(sanction)});
            }
        }
    }
    if (batch.empty()) return;
    store_.commit(std::move(batch), [](base::Result<store::Committed> const& result) {
        if (!result) base::log::warn("sanctions keep the name of an account that is gone until the next change");
    });
}

void Sanctions::sweep() {
    std::lock_guard const order{changing_};
    store::Batch batch;
    {
        std::unique_lock const lock{mutex_};
        for (auto* map : {&timed_, &mutes_}) {
            std::erase_if(*map, [&](auto const& entry) {
                if (in_force(entry.second)) return false;
                batch.push_back(store::Erase{collection_of(entry.second), entry.first.value});
                return true;
            });
        }
    }
    if (batch.empty()) return;
    store_.commit(std::move(batch), [](base::Result<store::Committed> const& result) {
        // Ended ones are harmless on disk: the next start reads them as ended and the next sweep tries again.
        if (!result) base::log::warn("ended sanctions not removed from disk yet");
    });
}

}  // namespace soyuz::moderation
