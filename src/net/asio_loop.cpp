#include "net/asio_loop.hpp"

#include <future>
#include <string>

#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include "base/log.hpp"

namespace soyuz::net {

AsioLoop::AsioLoop(std::size_t index)
    : index_(index), guard_(context_.get_executor()), mailbox_(std::make_shared<Mailbox>(context_)) {}

AsioLoop::~AsioLoop() { mailbox_->close(); }

void AsioLoop::start() {
    std::promise<void> started;
    auto ready = started.get_future();
    thread_ = std::thread([this, &started] {
        thread_id_ = std::this_thread::get_id();
        started.set_value();
        run();
    });
    ready.wait();
}

void AsioLoop::run() {
    for (;;) {
        try {
            context_.run();
            return;
        } catch (std::exception const& error) {
            base::log::error("a loop caught an exception and goes on", {{"error", error.what()}});
        } catch (...) {
            base::log::error("a loop caught an unknown exception and goes on");
        }
    }
}

void AsioLoop::ask_to_stop() {
    // Posted twice, so that what the waiting work itself leaves for the end of its turn is done too.
    mailbox_->post([this] { asio::post(context_, [this] { context_.stop(); }); });
}

void AsioLoop::join() {
    if (thread_.joinable()) thread_.join();
    mailbox_->close();
}

void AsioLoop::after(std::chrono::milliseconds delay, std::function<void()> work) {
    // Timers belong to the loop's thread, so the wait is begun there; the moment is fixed here.
    auto const moment = std::chrono::steady_clock::now() + delay;
    post([this, moment, work = std::move(work)]() mutable {
        auto timer = std::make_shared<asio::steady_timer>(context_, moment);
        timer->async_wait([timer, work = std::move(work)](asio::error_code error) mutable {
            if (!error) run_guarded(work);
        });
    });
}

}  // namespace soyuz::net
