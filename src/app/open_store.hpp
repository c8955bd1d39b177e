#pragma once

#include <filesystem>
#include <memory>

#include "base/clock.hpp"
#include "store/store.hpp"

namespace soyuz::app {

/// Opens a data folder. Throws Failure: cannot_create (73) when another server holds it or it can't be written, damaged
/// (65) when it is damaged beyond setting aside or written by a newer version.
std::unique_ptr<store::Store> open_store(store::Options options, base::Clock const& clock);

}  // namespace soyuz::app
