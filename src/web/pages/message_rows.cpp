#include "web/pages/message_rows.hpp"

#include <utility>

namespace soyuz::web {

MessageRows::Row MessageRows::find(std::string const& key) {
    std::unique_lock lock{mutex_};
    if (auto const found = newer_.find(key); found != newer_.end()) return found->second;
    auto const found = older_.find(key);
    if (found == older_.end()) return nullptr;
    auto row = found->second;
    lock.unlock();
    keep(key, row);
    return row;
}

void MessageRows::keep(std::string key, Row row) {
    auto const bytes = 2 * key.size() + row->size();
    Rows forgotten;
    std::lock_guard const lock{mutex_};
    if (!newer_.try_emplace(std::move(key), std::move(row)).second) return;
    newer_bytes_ += bytes;
    if (newer_bytes_ < max_bytes_ / 2) return;
    forgotten = std::exchange(older_, std::exchange(newer_, {}));
    newer_bytes_ = 0;
}

}  // namespace soyuz::web
