#pragma once

#include <future>
#include <memory>
#include <utility>

#include "store/store.hpp"

namespace soyuz::store {

/// Queues a batch and gives its outcome to wait for. For those who must queue under a lock, so that the order on disk
/// is the order in memory, and wait after giving the lock back.
inline std::future<Result<Committed>> commit_later(Store& store, Batch batch) {
    auto outcome = std::make_shared<std::promise<Result<Committed>>>();
    auto future = outcome->get_future();
    store.commit(std::move(batch), [outcome](Result<Committed> result) { outcome->set_value(std::move(result)); });
    return future;
}

/// Waits for such an outcome where only its error matters.
inline Result<void> wait_for(std::future<Result<Committed>> outcome) {
    auto const result = outcome.get();
    if (!result) return result.error();
    return {};
}

}  // namespace soyuz::store
