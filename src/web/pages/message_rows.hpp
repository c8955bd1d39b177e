#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace soyuz::web {

/// The HTML of messages on the chat page, rendered once for all who see the same. A row's key holds everything that it
/// shows, so that a change makes another key. Thread-safe; keeps about `max_bytes` of those that were used last.
class MessageRows {
public:
    using Row = std::shared_ptr<std::string const>;

    explicit MessageRows(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// Null where it has to be rendered.
    Row find(std::string const& key);
    void keep(std::string key, Row row);

private:
    using Rows = std::unordered_map<std::string, Row>;

    std::size_t const max_bytes_;
    std::mutex mutex_;
    // Two generations: what isn't used while the newer one fills goes with the older one.
    Rows newer_, older_;
    std::size_t newer_bytes_ = 0;
};

}  // namespace soyuz::web
