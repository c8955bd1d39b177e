#include "net/loop.hpp"

#include <exception>
#include <future>
#include <stdexcept>
#include <string>

#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include "base/log.hpp"
#include "net/loop_implementation.hpp"

namespace soyuz::net {

namespace {

/// Runs `work`; what it throws is logged, because the loop serves thousands of others.
template <class Work>
void guarded(Work& work) {
    try {
        work();
    } catch (std::exception const& error) {
        base::log::error(std::string("Work on a loop failed. error=") + error.what());
    } catch (...) {
        base::log::error("Work on a loop failed with an unknown exception.");
    }
}

}  // namespace

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
        guarded(work);
        work = nullptr;  // what it owns is released in order, before the next runs
    }
    running_.clear();
}

LoopImplementation::LoopImplementation(std::size_t index)
    : index_(index), guard_(context_.get_executor()), mailbox_(std::make_shared<Mailbox>(context_)) {}

LoopImplementation::~LoopImplementation() { mailbox_->close(); }

void LoopImplementation::start() {
    std::promise<void> started;
    auto ready = started.get_future();
    thread_ = std::thread([this, &started] {
        thread_id_ = std::this_thread::get_id();
        started.set_value();
        run();
    });
    ready.wait();
}

void LoopImplementation::run() {
    for (;;) {
        try {
            context_.run();
            return;
        } catch (std::exception const& error) {
            base::log::error(std::string("A loop caught an exception and goes on. error=") + error.what());
        } catch (...) {
            base::log::error("A loop caught an unknown exception and goes on.");
        }
    }
}

void LoopImplementation::ask_to_stop() {
    // Posted twice, so that what the waiting work itself leaves for the end of its turn is done too.
    mailbox_->post([this] { asio::post(context_, [this] { context_.stop(); }); });
}

void LoopImplementation::join() {
    if (thread_.joinable()) thread_.join();
    mailbox_->close();
    stopped_ = true;
}

void LoopImplementation::after(std::chrono::milliseconds delay, std::function<void()> work) {
    // Timers belong to the loop's thread, so the wait is begun there; the moment is fixed here.
    auto const moment = std::chrono::steady_clock::now() + delay;
    post([this, moment, work = std::move(work)]() mutable {
        auto timer = std::make_shared<asio::steady_timer>(context_, moment);
        timer->async_wait([timer, work = std::move(work)](asio::error_code error) mutable {
            if (!error) guarded(work);
        });
    });
}

Loops::Loops(std::size_t count) : implementation_(std::make_unique<Implementation>()) {
    if (count == 0) throw std::invalid_argument("at least one loop is needed");
    for (std::size_t index = 0; index < count; ++index) {
        implementation_->loops.push_back(std::make_unique<LoopImplementation>(index));
    }
    for (auto& loop : implementation_->loops) loop->start();
}

Loops::~Loops() { stop(); }

std::size_t Loops::size() const { return implementation_->loops.size(); }

Loop& Loops::at(std::size_t index) { return *implementation_->loops.at(index); }

void Loops::stop() {
    for (auto& loop : implementation_->loops) loop->ask_to_stop();
    for (auto& loop : implementation_->loops) loop->join();
}

}  // namespace soyuz::net
