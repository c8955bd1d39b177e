#include "moderation/cases/cleared_texts.hpp"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include <nlohmann/json.hpp>
#include <sodium.h>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "moderation/cases/case.hpp"

namespace soyuz::moderation {

namespace {

using Json = nlohmann::json;

constexpr char collection[] = "cleared_texts";

std::string hash_of(std::string const& key) {
    unsigned char hash[16];
    crypto_generichash(hash, sizeof hash, reinterpret_cast<unsigned char const*>(key.data()), key.size(), nullptr, 0);
    char hex[2 * sizeof hash + 1];
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return hex;
}

}  // namespace

struct ClearedTexts::Implementation {
    std::size_t most;
    mutable std::shared_mutex mutex;                         ///< guards the texts
    std::unordered_map<std::string, base::Timestamp> texts;  ///< by hash
};

ClearedTexts::ClearedTexts(store::Store& store, std::size_t most) : implementation_(new Implementation{most, {}, {}}) {
    store.each_document(collection, [&](std::string const& id, Json const& value) {
        if (!value.is_object()) return;
        implementation_->texts.emplace(id, base::Members{value}.time("at").value_or(base::Timestamp{}));
    });
}
ClearedTexts::~ClearedTexts() = default;

bool ClearedTexts::contains(std::string_view text) const { return contains_key(same_text_key(text)); }

bool ClearedTexts::contains_key(std::string const& text_key) const {
    auto const& own = *implementation_;
    {
        std::shared_lock const lock{own.mutex};
        if (own.texts.empty()) return false;
    }
    auto const hash = hash_of(text_key);
    std::shared_lock const lock{own.mutex};
    return own.texts.contains(hash);
}

void ClearedTexts::add(std::string_view text, std::string_view case_id, base::Timestamp at, store::Batch& batch) {
    auto& own = *implementation_;
    auto const hash = hash_of(same_text_key(text));
    Json const json{{"text", text}, {"case", case_id}, {"at", base::to_rfc3339(at)}};
    std::unique_lock const lock{own.mutex};
    own.texts.insert_or_assign(hash, at);
    batch.push_back(store::Put{collection, hash, base::to_text(json)});
    if (own.texts.size() <= own.most) return;
    auto const oldest = std::min_element(own.texts.begin(), own.texts.end(),
                                         [](auto const& one, auto const& other) { return one.second < other.second; });
    batch.push_back(store::Erase{collection, oldest->first});
    own.texts.erase(oldest);
}

void ClearedTexts::remove(std::string_view text, store::Batch& batch) {
    auto& own = *implementation_;
    auto const hash = hash_of(same_text_key(text));
    std::unique_lock const lock{own.mutex};
    if (own.texts.erase(hash) > 0) batch.push_back(store::Erase{collection, hash});
}

std::size_t ClearedTexts::size() const {
    std::shared_lock const lock{implementation_->mutex};
    return implementation_->texts.size();
}

}  // namespace soyuz::moderation
