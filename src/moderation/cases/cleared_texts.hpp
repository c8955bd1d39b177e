#pragma once

#include <cstddef>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/store.hpp"

namespace soyuz::moderation {

/// Texts that a moderator found to be no violation: they pass in future, from any author. The collection
/// `cleared_texts`; at most `most`, the oldest give way. Thread-safe; look-ups never block. Changes take effect at once
/// and add what must be written to `batch`.
class ClearedTexts {
public:
    explicit ClearedTexts(store::Store& store, std::size_t most = 10'000);

    bool contains(std::string_view text) const;
    bool contains_key(std::string const& text_key) const;
    void add(std::string_view text, std::string_view case_id, base::Timestamp at, store::Batch& batch);
    void remove(std::string_view text, store::Batch& batch);
    std::size_t size() const;

private:
    std::size_t const most_;
    mutable std::shared_mutex mutex_;                         ///< guards the texts
    std::unordered_map<std::string, base::Timestamp> texts_;  ///< by hash
};

}  // namespace soyuz::moderation
