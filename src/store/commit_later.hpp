#pragma once

#include <future>
#include <memory>
#include <utility>

#include "store/store.hpp"

namespace soyuz::store {

/// Gives `start` a function that takes an outcome, as a `done` does, and gives the outcome to wait for.
template <class Outcome>
std::future<Outcome> outcome_of(auto const& start) {
    auto promise = std::make_shared<std::promise<Outcome>>();
    auto future = promise->get_future();
    start([promise](Outcome outcome, auto const&...) { promise->set_value(std::move(outcome)); });
    return future;
}

/// The same, and waits. Blocks on the disk: for workers, never for an event loop or a `done`.
template <class Outcome>
Outcome await(auto const& start) {
    return outcome_of<Outcome>(start).get();
}

/// Queues a batch and gives its outcome to wait for. For those who must queue under a lock, so that the order on disk
/// is the order in memory, and wait after giving the lock back.
inline std::future<Result<Committed>> commit_later(Store& store, Batch batch) {
    return outcome_of<Result<Committed>>([&](auto done) { store.commit(std::move(batch), std::move(done)); });
}

/// Waits for such an outcome where only its error matters.
inline Result<void> wait_for(std::future<Result<Committed>> outcome) {
    auto const result = outcome.get();
    if (!result) return result.error();
    return {};
}

}  // namespace soyuz::store
