#include "moderation/cases/cleared_texts.hpp"

#include <algorithm>
#include <mutex>

#include <nlohmann/json.hpp>
#include <sodium.h>

#include "base/json_members.hpp"
#include "base/json_writer.hpp"
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

ClearedTexts::ClearedTexts(store::Store& store, std::size_t most) : most_(most) {
    store.each_document(collection, [&](std::string const& id, Json const& value) {
        if (value.is_object()) texts_.emplace(id, base::Members{value}.time("at").value_or(base::Timestamp{}));
    });
}

bool ClearedTexts::contains(std::string_view text) const { return contains_key(same_text_key(text)); }

bool ClearedTexts::contains_key(std::string const& text_key) const {
    {
        std::shared_lock const lock{mutex_};
        if (texts_.empty()) return false;
    }
    auto const hash = hash_of(text_key);
    std::shared_lock const lock{mutex_};
    return texts_.contains(hash);
}

void ClearedTexts::add(std::string_view text, std::string_view case_id, base::Timestamp at, store::Batch& batch) {
    auto const hash = hash_of(same_text_key(text));
    std::string document;
    base::JsonWriter out{document};
    out.object([&] { out("text", text), out("case", case_id), out("at", at); });
    std::unique_lock const lock{mutex_};
    texts_.insert_or_assign(hash, at);
    batch.push_back(store::Put{collection, hash, std::move(document)});
    if (texts_.size() <= most_) return;
    auto const oldest = std::min_element(
        texts_.begin(), texts_.end(), [](auto const& left, auto const& right) { return left.second < right.second; });
    batch.push_back(store::Erase{collection, oldest->first});
    texts_.erase(oldest);
}

void ClearedTexts::remove(std::string_view text, store::Batch& batch) {
    auto const hash = hash_of(same_text_key(text));
    std::unique_lock const lock{mutex_};
    if (texts_.erase(hash) > 0) batch.push_back(store::Erase{collection, hash});
}

std::size_t ClearedTexts::size() const {
    std::shared_lock const lock{mutex_};
    return texts_.size();
}

}  // namespace soyuz::moderation
