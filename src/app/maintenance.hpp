#pragma once

#include <chrono>
#include <functional>

#include "app/config.hpp"

namespace soyuz::web {
class Site;
}

namespace soyuz::app {

class ChatServices;

/// What is done now and then as long as the server runs: figures and read marks are written, expired sessions and
/// sanctions end, edited word lists are read, files that nothing names any more are removed. On a loop's timer, worked
/// off by the housekeeping thread.
class Maintenance {
public:
    /// Both are kept; outlives the services' threads.
    Maintenance(Config const& config, ChatServices& services) : config_(config), services_(services) {}

    /// `site` is kept.
    void start(web::Site& site);

private:
    void repeat(std::chrono::milliseconds interval, std::function<void()> work);

    Config const& config_;
    ChatServices& services_;
};

}  // namespace soyuz::app
