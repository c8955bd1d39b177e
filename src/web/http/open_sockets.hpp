#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace soyuz::web {

/// How many sockets are open for each key: an account, or a client's address. Thread-safe.
class OpenSockets {
public:
    /// A socket counts until its place goes, also after this object's end.
    using Place = std::shared_ptr<void>;

    /// Null where `most` are open for `key` already.
    Place open(std::string const& key, std::size_t most);
    std::size_t count(std::string const& key) const;

private:
    struct State {
        std::mutex mutex;
        std::unordered_map<std::string, std::size_t> counts;
    };
    std::shared_ptr<State> const state_ = std::make_shared<State>();
};

}  // namespace soyuz::web
