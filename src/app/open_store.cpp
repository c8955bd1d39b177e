#include "app/open_store.hpp"

#include <utility>
#include <variant>

#include "app/failure.hpp"

namespace soyuz::app {

std::unique_ptr<store::Store> open_store(store::Options options, base::Clock const& clock) {
    auto opened = store::Store::open(std::move(options), clock);
    if (auto* const opened_store = std::get_if<std::unique_ptr<store::Store>>(&opened)) return std::move(*opened_store);
    auto const& failure = std::get<store::OpenFailure>(opened);
    switch (failure.kind) {
        case store::OpenFailure::Kind::damaged:
        case store::OpenFailure::Kind::newer_version: throw Failure(Exit::damaged, failure.message);
        case store::OpenFailure::Kind::locked:
        case store::OpenFailure::Kind::unusable: break;
    }
    throw Failure(Exit::cannot_create, failure.message);
}

}  // namespace soyuz::app
