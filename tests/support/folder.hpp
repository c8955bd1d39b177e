#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/store.hpp"

namespace soyuz::tests {

/// A folder that goes with it.
struct Folder {
    std::filesystem::path const path;

    explicit Folder(std::filesystem::path const& parent = std::filesystem::temp_directory_path())
        : path(parent / ("soyuz-" + base::random_id())) {
        std::filesystem::create_directories(path);
    }
    ~Folder() {
        std::error_code fault;
        std::filesystem::remove_all(path, fault);
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
};

/// The real store, in `folder`.
inline std::unique_ptr<store::Store> open_store(std::filesystem::path const& folder, base::Clock const& clock) {
    store::Options options;
    options.folder = folder;
    auto opened = store::Store::open(options, clock);
    if (auto const* const failure = std::get_if<store::OpenFailure>(&opened))
        throw std::runtime_error(failure->message);
    return std::move(std::get<0>(opened));
}

}  // namespace soyuz::tests
