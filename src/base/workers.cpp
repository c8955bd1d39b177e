#include "base/workers.hpp"

#include <exception>
#include <utility>

#include <pthread.h>
#include <sys/resource.h>

#include "base/log.hpp"

namespace soyuz::base {

Workers::Workers(std::string const& name, std::size_t threads, std::size_t max_waiting, int niceness)
    : max_waiting_(max_waiting) {
    for (std::size_t i = 0; i < threads; ++i) {
        threads_.emplace_back([this, niceness] { run(niceness); });
        pthread_setname_np(threads_.back().native_handle(), name.substr(0, 15).c_str());
    }
}

Workers::~Workers() { stop(); }

bool Workers::submit(std::function<void()> work) {
    {
        std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= max_waiting_) {
            rejected_.fetch_add(1, std::memory_order_relaxed);
            return false;
        }
        queue_.push_back(std::move(work));
    }
    something_waits_.notify_one();
    return true;
}

void Workers::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    something_waits_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

std::size_t Workers::waiting() const {
    std::lock_guard lock(mutex_);
    return queue_.size();
}

void Workers::run(int niceness) {
    // On Linux it is a thread's own; where it is not granted, the work is done all the same.
    if (niceness > 0) (void)::setpriority(PRIO_PROCESS, 0, niceness);
    std::unique_lock lock(mutex_);
    while (true) {
        something_waits_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        auto work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        try {
            work();
        } catch (std::exception const& failure) {
            log::error("a worker caught an exception", {{"error", failure.what()}});
        }
        work = nullptr;
        lock.lock();
    }
}

}  // namespace soyuz::base
