#include "moderation/rules/rule_book.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "moderation/rules/room_rules.hpp"
#include "store/commit_later.hpp"

namespace soyuz::moderation {

namespace {

constexpr char collection[] = "room_rules";

}  // namespace

RuleBook::RuleBook(store::Store& store, Changed changed) : store_(store), changed_(std::move(changed)) {
    store.each_document(collection, [&](std::string const& id, nlohmann::json const& value) {
        auto read = changed_rules({}, value, "moderation");
        if (!read) {
            base::log::warn("unreadable rules of a room; the server's hold there", {{"room", id}});
            return;
        }
        rules_.emplace(base::RoomId{id}, std::make_shared<RoomRules const>(std::move(*read)));
    });
}

std::shared_ptr<RoomRules const> RuleBook::of(base::RoomId const& room) const {
    std::shared_lock const lock{mutex_};
    auto const found = rules_.find(room);
    return found == rules_.end() ? nullptr : found->second;
}

base::Result<void> RuleBook::set(base::RoomId const& room, RoomRules rules) {
    auto const made = std::make_shared<RoomRules const>(std::move(rules));
    std::lock_guard const order{changing_};
    auto const text = base::to_text(to_json(*made));
    auto const written = store::wait_for(store::commit_later(store_, {store::Put{collection, room.value, text}}));
    if (!written) return written;
    {
        std::unique_lock const lock{mutex_};
        rules_[room] = made;
    }
    if (changed_) changed_(room, *made);
    return {};
}

void RuleBook::forget(base::RoomId const& room) {
    {
        std::unique_lock const lock{mutex_};
        if (rules_.erase(room) == 0) return;
    }
    store_.commit({store::Erase{collection, room.value}}, [](auto const&) {});
}

void RuleBook::each(std::function<void(base::RoomId const&, RoomRules const&)> const& visit) const {
    std::unordered_map<base::RoomId, std::shared_ptr<RoomRules const>> copy;
    {
        std::shared_lock const lock{mutex_};
        copy = rules_;
    }
    for (auto const& [room, rules] : copy) visit(room, *rules);
}

}  // namespace soyuz::moderation
