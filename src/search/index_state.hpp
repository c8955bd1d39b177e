#pragma once

#include <deque>
#include <map>
#include <set>
#include <shared_mutex>

#include "search/catalogue.hpp"
#include "search/fresh.hpp"
#include "search/vocabulary.hpp"

namespace soyuz::search {

/// What of the index is in memory, and the lock that guards it: held to look and to change, never while the disk is
/// waited for, but by the indexer's thread, which then holds it shared.
struct IndexState {
    mutable std::shared_mutex mutex;
    Catalogue catalogue;
    std::deque<Vocabulary> vocabularies;  ///< by shard
    Fresh fresh;
    std::set<std::size_t> outdated;  ///< shards whose tables hold what was changed or erased
    bool is_ready = false;

    void clear() {
        catalogue = {};
        vocabularies.clear();
        fresh = {};
        outdated.clear();
        is_ready = false;
    }
};

}  // namespace soyuz::search
