#include "moderation/conduct/standing.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json_members.hpp"

namespace soyuz::moderation {

namespace {

using Json = nlohmann::json;

constexpr char collection[] = "standing";
constexpr std::size_t most_remembered = 100;
constexpr std::chrono::hours day{24};

struct Violation {
    std::string case_id;
    base::Timestamp at{};
    judge::Action action = judge::Action::flag;
    bool taken_back = false;
};

struct Record {
    std::deque<Violation> violations;  ///< oldest first
    unsigned warned = 0;
    base::Timestamp forgiven_at{};
};

Record parse(Json const& json) {
    base::Members const fields{json};
    Record record;
    if (auto const* const list = fields.find("violations"); list != nullptr && list->is_array()) {
        for (auto const& item : *list) {
            if (!item.is_object()) continue;
            base::Members const violation{item};
            auto const at = violation.time("at");
            if (!at) continue;
            bool const is_block = violation.text("action") == name(judge::Action::block);
            record.violations.push_back({violation.text("case"), *at,
                                         is_block ? judge::Action::block : judge::Action::flag,
                                         violation.flag("taken_back")});
        }
    }
    record.warned = static_cast<unsigned>(fields.number("warned"));
    record.forgiven_at = fields.time("forgiven_at").value_or(base::Timestamp{});
    return record;
}

store::Put document(base::UserId const& author, Record const& record) {
    Json json{{"violations", Json::array()}};
    for (auto const& one : record.violations) {
        Json line{{"case", one.case_id}, {"at", base::to_rfc3339(one.at)}, {"action", name(one.action)}};
        if (one.taken_back) line["taken_back"] = true;
        json["violations"].push_back(std::move(line));
    }
    if (record.warned != 0) json["warned"] = record.warned;
    if (record.forgiven_at != base::Timestamp{}) json["forgiven_at"] = base::to_rfc3339(record.forgiven_at);
    return {collection, author.value, json.dump()};
}

unsigned counted(Record const& record) {
    return static_cast<unsigned>(
        std::count_if(record.violations.begin(), record.violations.end(),
                      [&](Violation const& one) { return !one.taken_back && one.at > record.forgiven_at; }));
}

}  // namespace

struct Standing::Implementation {
    base::Clock const& clock;
    mutable std::shared_mutex mutex;  ///< guards the records
    std::unordered_map<base::UserId, Record> records;
};

Standing::Standing(store::Store& store, base::Clock const& clock) : implementation_(new Implementation{clock, {}, {}}) {
    store.each_document(collection, [&](std::string const& id, Json const& value) {
        if (value.is_object()) implementation_->records.emplace(base::UserId{id}, parse(value));
    });
}
Standing::~Standing() = default;

Standing::Figures Standing::of(base::UserId const& author) const {
    auto const& own = *implementation_;
    Figures figures;
    std::shared_lock const lock{own.mutex};
    auto const found = own.records.find(author);
    if (found == own.records.end()) return figures;
    auto const since = own.clock.now() - day;
    for (auto const& one : found->second.violations) {
        if (one.taken_back) continue;
        if (one.at > since) ++figures.violations_24h;
        ++(one.action == judge::Action::block ? figures.blocked : figures.flagged);
    }
    figures.counted = counted(found->second);
    figures.warned = found->second.warned;
    return figures;
}

std::vector<base::UserId> Standing::beyond(unsigned most) const {
    auto const& own = *implementation_;
    std::vector<base::UserId> found;
    std::shared_lock const lock{own.mutex};
    for (auto const& [author, record] : own.records)
        if (counted(record) > most) found.push_back(author);
    return found;
}

void Standing::count(base::UserId const& author, std::string_view case_id, judge::Action action, store::Batch& batch) {
    auto& own = *implementation_;
    std::unique_lock const lock{own.mutex};
    auto& record = own.records[author];
    if (action == judge::Action::warn) {
        ++record.warned;
    } else {
        record.violations.push_back({std::string{case_id}, own.clock.now(), action, false});
        if (record.violations.size() > most_remembered) record.violations.pop_front();
    }
    batch.push_back(document(author, record));
}

void Standing::take_back(base::UserId const& author, std::string_view case_id, bool back, store::Batch& batch) {
    auto& own = *implementation_;
    std::unique_lock const lock{own.mutex};
    auto const found = own.records.find(author);
    if (found == own.records.end()) return;
    for (auto& one : found->second.violations)
        if (one.case_id == case_id) one.taken_back = back;
    batch.push_back(document(author, found->second));
}

void Standing::forgive(base::UserId const& author, store::Batch& batch) {
    auto& own = *implementation_;
    std::unique_lock const lock{own.mutex};
    auto const found = own.records.find(author);
    if (found == own.records.end()) return;
    found->second.forgiven_at = own.clock.now();
    batch.push_back(document(author, found->second));
}

}  // namespace soyuz::moderation
