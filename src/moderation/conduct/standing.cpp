#include "moderation/conduct/standing.hpp"

#include <mutex>

#include <nlohmann/json.hpp>

#include "base/json_members.hpp"
#include "base/json_writer.hpp"

namespace soyuz::moderation {

namespace {

using Json = nlohmann::json;

constexpr char collection[] = "standing";
constexpr std::size_t most_remembered = 100;
constexpr std::chrono::hours day{24};

}  // namespace

Standing::Record Standing::parse(Json const& json) {
    base::Members const fields{json};
    Record record;
    if (auto const* const list = fields.find("violations"); list != nullptr && list->is_array()) {
        for (auto const& item : *list) {
            base::Members const violation{item};
            auto const at = violation.time("at");
            if (!at) continue;
            bool const is_block = violation.text("action") == name(judge::Action::block);
            record.violations.push_back({violation.text("case"), *at,
                                         is_block ? judge::Action::block : judge::Action::flag,
                                         violation.flag("taken_back"), violation.flag("comment")});
        }
    }
    record.warned = static_cast<unsigned>(fields.number("warned"));
    record.forgiven_at = fields.time("forgiven_at").value_or(base::Timestamp{});
    return record;
}

store::Put Standing::document(base::UserId const& author, Record const& record) {
    std::string text;
    base::JsonWriter out{text};
    out.object([&] {
        out.array("violations", [&] {
            for (auto const& violation : record.violations)
                out.object([&] {
                    out("case", violation.case_id), out("at", violation.at), out("action", name(violation.action));
                    if (violation.taken_back) out("taken_back", true);
                    if (violation.is_comment) out("comment", true);
                });
        });
        if (record.warned != 0) out("warned", record.warned);
        if (record.forgiven_at != base::Timestamp{}) out("forgiven_at", record.forgiven_at);
    });
    return {collection, author.value, std::move(text)};
}

unsigned Standing::Record::counted(base::Timestamp since) const {
    return static_cast<unsigned>(std::count_if(violations.begin(), violations.end(), [&](Violation const& violation) {
        return is_counted(violation, since);
    }));
}

Standing::Standing(store::Store& store, base::Clock const& clock) : clock_(clock) {
    store.each_document(collection, [&](std::string const& id, Json const& value) {
        records_.emplace(base::UserId{id}, parse(value));
    });
}

Standing::Figures Standing::of(base::UserId const& author) const {
    Figures figures;
    std::shared_lock const lock{mutex_};
    auto const found = records_.find(author);
    if (found == records_.end()) return figures;
    auto const since = clock_.now() - day;
    for (auto const& violation : found->second.violations) {
        if (violation.taken_back) continue;
        if (violation.at > since) ++figures.violations_24h;
        if (found->second.is_counted(violation, since)) {
            ++figures.counted;
            if (violation.is_comment) ++figures.comments;
            if (!figures.counted_until) figures.counted_until = violation.at + day;
        }
        ++(violation.action == judge::Action::block ? figures.blocked : figures.flagged);
    }
    figures.warned = found->second.warned;
    return figures;
}

std::vector<base::UserId> Standing::beyond(unsigned most) const {
    std::vector<base::UserId> found;
    std::shared_lock const lock{mutex_};
    for (auto const& [author, record] : records_)
        if (record.counted(clock_.now() - day) > most) found.push_back(author);
    return found;
}

void Standing::count(base::UserId const& author, std::string_view case_id, judge::Action action, store::Batch& batch,
                     judge::Occasion::Kind kind) {
    std::unique_lock const lock{mutex_};
    auto& record = records_[author];
    if (action == judge::Action::warn) {
        ++record.warned;
    } else {
        using Kind = judge::Occasion::Kind;
        bool const is_comment = kind == Kind::post || kind == Kind::comment;
        record.violations.push_back({std::string{case_id}, clock_.now(), action, false, is_comment});
        if (record.violations.size() > most_remembered) record.violations.pop_front();
    }
    batch.push_back(document(author, record));
}

void Standing::take_back(base::UserId const& author, std::string_view case_id, bool back, store::Batch& batch) {
    std::unique_lock const lock{mutex_};
    auto const found = records_.find(author);
    if (found == records_.end()) return;
    for (auto& violation : found->second.violations)
        if (violation.case_id == case_id) violation.taken_back = back;
    batch.push_back(document(author, found->second));
}

void Standing::forgive(base::UserId const& author, store::Batch& batch) {
    std::unique_lock const lock{mutex_};
    auto const found = records_.find(author);
    if (found == records_.end()) return;
    found->second.forgiven_at = clock_.now();
    batch.push_back(document(author, found->second));
}

}  // namespace soyuz::moderation
