#include "moderation/rules/rule_book.hpp"

#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "moderation/rules/room_rules.hpp"
#include "store/commit_later.hpp"

namespace soyuz::moderation {

namespace {

constexpr char collection[] = "room_rules";

}  // namespace

struct RuleBook::Implementation {
    store::Store& store;
    Changed const changed;
    std::mutex changing;              ///< one change at a time, also while it is written
    mutable std::shared_mutex mutex;  ///< guards the rules
    std::unordered_map<base::RoomId, std::shared_ptr<RoomRules const>> rules;
};

RuleBook::RuleBook(store::Store& store, Changed changed)
    : implementation_(new Implementation{store, std::move(changed), {}, {}, {}}) {
    store.each_document(collection, [&](std::string const& id, nlohmann::json const& value) {
        auto read = changed_rules({}, value, "moderation");
        if (!read) {
            base::log::warn("unreadable rules of a room; the server's hold there", {{"room", id}});
            return;
        }
        implementation_->rules.emplace(base::RoomId{id}, std::make_shared<RoomRules const>(std::move(*read)));
    });
}
RuleBook::~RuleBook() = default;

std::shared_ptr<RoomRules const> RuleBook::of(base::RoomId const& room) const {
    auto const& own = *implementation_;
    std::shared_lock const lock{own.mutex};
    auto const found = own.rules.find(room);
    return found == own.rules.end() ? nullptr : found->second;
}

base::Result<void> RuleBook::set(base::RoomId const& room, RoomRules rules) {
    auto& own = *implementation_;
    auto const made = std::make_shared<RoomRules const>(std::move(rules));
    std::lock_guard const order{own.changing};
    auto const text = base::to_text(to_json(*made));
    auto const written = store::wait_for(store::commit_later(own.store, {store::Put{collection, room.value, text}}));
    if (!written) return written;
    {
        std::unique_lock const lock{own.mutex};
        own.rules[room] = made;
    }
    if (own.changed) own.changed(room, *made);
    return {};
}

void RuleBook::forget(base::RoomId const& room) {
    auto& own = *implementation_;
    {
        std::unique_lock const lock{own.mutex};
        if (own.rules.erase(room) == 0) return;
    }
    own.store.commit({store::Erase{collection, room.value}}, [](auto const&) {});
}

void RuleBook::each(std::function<void(base::RoomId const&, RoomRules const&)> const& visit) const {
    auto const& own = *implementation_;
    std::unordered_map<base::RoomId, std::shared_ptr<RoomRules const>> copy;
    {
        std::shared_lock const lock{own.mutex};
        copy = own.rules;
    }
    for (auto const& [room, rules] : copy) visit(room, *rules);
}

}  // namespace soyuz::moderation
