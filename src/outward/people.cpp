#include "outward/people.hpp"

#include <future>
#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "base/log.hpp"
#include "store/commit_later.hpp"
#include "store/store.hpp"

namespace soyuz::outward {

using base::Code;
using base::Error;
using base::Json;
using base::Result;
using namespace std::chrono_literals;

namespace {

constexpr char collection[] = "outward_people";
constexpr int minutes_of_day = 24 * 60;
constexpr auto code_lives = 10min;

Wishes parse(Json const& json) {
    base::Members const fields{json};
    Wishes wishes;
    wishes.mail = fields.flag("mail");
    wishes.telegram = fields.flag("telegram");
    wishes.chat = fields.text("chat");
    wishes.quiet_from = static_cast<unsigned>(fields.number("quiet_from") % minutes_of_day);
    wishes.quiet_to = static_cast<unsigned>(fields.number("quiet_to") % minutes_of_day);
    if (auto const* const offset = fields.find("minutes_from_utc"); offset != nullptr && offset->is_number_integer())
        wishes.minutes_from_utc = offset->get<int>();
    return wishes;
}

}  // namespace

Json Wishes::json() const {
    return {{"mail", mail},         {"telegram", telegram},
            {"chat", chat},         {"quiet_from", quiet_from},
            {"quiet_to", quiet_to}, {"minutes_from_utc", minutes_from_utc}};
}

People::People(store::Store& store, base::Clock const& clock) : store_(store), clock_(clock) {
    store_.each_document(collection, [this](std::string const& id, Json const& value) {
        wishes_.emplace(base::UserId{id}, parse(value));
    });
}

Wishes People::of(base::UserId const& user) const {
    std::lock_guard const lock{mutex_};
    auto const found = wishes_.find(user);
    return found == wishes_.end() ? Wishes{} : found->second;
}

void People::keep(base::UserId const& user, Wishes const& wishes) {
    wishes_[user] = wishes;
    store_.commit({store::Put{collection, user.value, base::to_text(wishes.json())}}, [](auto const& done) {
        if (!done) base::log::warn("how somebody is told is not saved", {{"reason", done.error().message}});
    });
}

Result<void> People::change(base::UserId const& user, Json const& members) {
    Error fault{Code::invalid_value, "Some of it can't be taken."};
    std::future<Result<store::Committed>> written;
    {
        std::lock_guard const lock{mutex_};
        auto wishes = wishes_[user];
        auto const take_flag = [&](char const* name, bool& into) {
            auto const found = members.find(name);
            if (found == members.end()) return;
            if (!found->is_boolean()) fault.fields[name] = "This must be true or false.";
            into = found->is_boolean() && found->get<bool>();
        };
        auto const take_number = [&](char const* name, int least, int most, auto& into) {
            auto const found = members.find(name);
            if (found == members.end()) return;
            bool const is_good = found->is_number_integer() && *found >= least && *found <= most;
            if (!is_good) fault.fields[name] = "This is no such time.";
            if (is_good) into = found->get<std::remove_reference_t<decltype(into)>>();
        };
        take_flag("mail", wishes.mail);
        take_flag("telegram", wishes.telegram);
        take_number("quiet_from", 0, minutes_of_day - 1, wishes.quiet_from);
        take_number("quiet_to", 0, minutes_of_day - 1, wishes.quiet_to);
        take_number("minutes_from_utc", -minutes_of_day, minutes_of_day, wishes.minutes_from_utc);
        if (!fault.fields.empty()) return fault;
        wishes_[user] = wishes;
        written = store::commit_later(store_, {store::Put{collection, user.value, base::to_text(wishes.json())}});
    }
    return store::wait_for(std::move(written));
}

void People::forget(base::UserId const& user) {
    std::lock_guard const lock{mutex_};
    if (wishes_.erase(user) == 0) return;
    store_.commit({store::Erase{collection, user.value}}, [](auto const&) {});
}

std::string People::code_for(base::UserId const& user) {
    auto const now = clock_.moment();
    auto code = base::random_id();
    std::lock_guard const lock{mutex_};
    std::erase_if(codes_, [&](auto const& each) { return each.second.until <= now || each.second.user == user; });
    codes_[code] = {user, now + code_lives};
    return code;
}

std::optional<base::UserId> People::link(std::string_view code, std::string chat) {
    std::lock_guard const lock{mutex_};
    auto const found = codes_.find(code);
    if (found == codes_.end() || found->second.until <= clock_.moment()) return std::nullopt;
    auto const user = found->second.user;
    codes_.erase(found);
    // A chat tells one account.
    for (auto& [other, wishes] : wishes_) {
        if (wishes.chat != chat || other == user) continue;
        auto changed = wishes;
        changed.chat.clear();
        changed.telegram = false;
        keep(other, changed);
    }
    auto wishes = wishes_[user];
    wishes.chat = std::move(chat);
    wishes.telegram = true;
    keep(user, wishes);
    return user;
}

base::UserId People::user_of(std::string_view chat) const {
    std::lock_guard const lock{mutex_};
    for (auto const& [user, wishes] : wishes_)
        if (!chat.empty() && wishes.chat == chat) return user;
    return {};
}

void People::set_telegram(base::UserId const& user, bool on) {
    std::lock_guard const lock{mutex_};
    auto wishes = wishes_[user];
    wishes.telegram = on;
    keep(user, wishes);
}

base::Timestamp People::earliest(base::UserId const& user, Urgency urgency, base::Timestamp now) const {
    auto const wishes = of(user);
    if (urgency == Urgency::urgent || wishes.quiet_from == wishes.quiet_to) return now;
    auto const since = std::chrono::floor<std::chrono::minutes>(now.time_since_epoch()).count();
    auto const local = (since + wishes.minutes_from_utc) % minutes_of_day;
    auto const minute = static_cast<unsigned>(local < 0 ? local + minutes_of_day : local);
    auto const until_end = [&] { return (wishes.quiet_to + minutes_of_day - minute) % minutes_of_day; };
    bool const is_quiet = wishes.quiet_from < wishes.quiet_to ? minute >= wishes.quiet_from && minute < wishes.quiet_to
                                                              : minute >= wishes.quiet_from || minute < wishes.quiet_to;
    return is_quiet ? now + std::chrono::minutes{until_end()} : now;
}

}  // namespace soyuz::outward
