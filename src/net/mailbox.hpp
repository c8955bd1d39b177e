#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include <asio/io_context.hpp>

namespace soyuz::net {

/// Runs `work`; what it throws is logged, because the loop serves thousands of others.
void run_guarded(std::function<void()> const& work);

/// Work for one loop from any thread. Outlives its loop, so that an answer which comes too late is dropped
/// instead of reaching into freed memory. Thread-safe.
class Mailbox {
public:
    explicit Mailbox(asio::io_context& context) : context_(&context) {}

    /// False, and nothing happens, once the loop has stopped.
    bool post(std::function<void()> work);
    void close();

private:
    friend class AsioLoop;
    void run_all();

    std::mutex mutex_;
    asio::io_context* context_;
    std::vector<std::function<void()>> waiting_;
    std::vector<std::function<void()>> running_;  ///< only the loop's thread touches it
};

}  // namespace soyuz::net
