#include "net/mailbox.hpp"

#include <exception>
#include <string>
#include <utility>

#include <asio/post.hpp>

#include "base/log.hpp"

namespace soyuz::net {

void run_guarded(std::function<void()> const& work) {
    try {
        work();
    } catch (std::exception const& error) {
        base::log::error("work on a loop failed", {{"error", error.what()}});
    } catch (...) {
        base::log::error("work on a loop failed with an unknown exception");
    }
}

bool Mailbox::post(std::function<void()> work) {
    std::lock_guard const lock(mutex_);
    if (context_ == nullptr) return false;
    waiting_.push_back(std::move(work));
    // Only the first of a batch wakes the loop.
    if (waiting_.size() == 1) asio::post(*context_, [this] { run_all(); });
    return true;
}

void Mailbox::close() {
    std::vector<std::function<void()>> dropped;
    std::lock_guard const lock(mutex_);
    context_ = nullptr;
    dropped.swap(waiting_);
}

void Mailbox::run_all() {
    {
        std::lock_guard const lock(mutex_);
        running_.swap(waiting_);
    }
    for (auto& work : running_) {
        run_guarded(work);
        work = nullptr;  // what it owns is released in order, before the next runs
    }
    running_.clear();
}

}  // namespace soyuz::net
