#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/loop.hpp"
#include "net/websocket.hpp"

namespace soyuz::tests {

/// A loop that runs when the test says so, on the test's thread; timers run when the test lets time pass.
class FakeLoop final : public net::Loop {
public:
    explicit FakeLoop(std::size_t index = 0) : index_(index) {}

    std::size_t index() const override { return index_; }
    void post(std::function<void()> work) override {
        std::lock_guard lock(mutex_);
        posted_.push_back(std::move(work));
        ++posts;
    }
    void after(std::chrono::milliseconds delay, std::function<void()> work) override {
        std::lock_guard lock(mutex_);
        timers_.emplace_back(delay, std::move(work));
    }
    bool is_current_thread() const override { return runner_.load() == std::this_thread::get_id(); }

    /// Does what was posted, also what is posted meanwhile.
    void run() {
        runner_ = std::this_thread::get_id();
        for (auto work = next(); work; work = next()) work();
        runner_ = std::thread::id{};
    }
    /// Runs `work` as if on the loop.
    void run(std::function<void()> const& work) {
        runner_ = std::this_thread::get_id();
        work();
        run();
    }
    /// Runs the timers of at most `delay` that wait now; those that they start wait for the next call.
    void let_pass(std::chrono::milliseconds delay) {
        std::vector<std::function<void()>> due;
        {
            std::lock_guard lock(mutex_);
            std::erase_if(timers_, [&](auto& timer) {
                if (timer.first > delay) return false;
                due.push_back(std::move(timer.second));
                return true;
            });
        }
        for (auto const& work : due) run(work);
    }

    std::size_t posts = 0;

private:
    std::function<void()> next() {
        std::lock_guard lock(mutex_);
        if (posted_.empty()) return nullptr;
        auto work = std::move(posted_.front());
        posted_.pop_front();
        return work;
    }

    std::size_t const index_;
    std::mutex mutex_;
    std::deque<std::function<void()>> posted_;
    std::vector<std::pair<std::chrono::milliseconds, std::function<void()>>> timers_;
    std::atomic<std::thread::id> runner_{};
};

/// Payload of a text frame as a server sends it (RFC 6455, 5.2: without a mask), or of several in a row.
inline std::vector<std::string> payloads(std::string const& bytes) {
    std::vector<std::string> texts;
    for (std::size_t at = 0; at < bytes.size();) {
        auto const byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
        auto size = byte(at + 1);
        at += 2;
        if (size == 126) {
            size = byte(at) << 8U | byte(at + 1);
            at += 2;
        } else if (size == 127) {
            size = 0;
            for (int i = 0; i < 8; ++i) size = size << 8U | byte(at++);
        }
        texts.push_back(bytes.substr(at, size));
        at += size;
    }
    return texts;
}

/// Keeps what it is given.
class FakeSocket final : public net::WebSocket {
public:
    explicit FakeSocket(net::Loop& loop) : loop_(loop) {}

    net::Loop& loop() override { return loop_; }
    bool send(net::SharedFrame const& frame, net::Importance importance) override {
        if (close_code != 0) return false;
        if (is_behind && importance == net::Importance::droppable) return false;
        ++sends;
        for (auto& text : payloads(*frame)) sent.push_back(std::move(text));
        return true;
    }
    void close(std::uint16_t code, std::string_view reason) override {
        if (close_code != 0) return;
        close_code = code;
        close_reason = reason;
    }
    std::size_t unsent_bytes() const override { return unsent; }

    std::vector<std::string> take() { return std::exchange(sent, {}); }

    std::vector<std::string> sent;
    std::size_t sends = 0;
    std::size_t unsent = 0;
    std::uint16_t close_code = 0;
    std::string close_reason;
    bool is_behind = false;

private:
    net::Loop& loop_;
};

}  // namespace soyuz::tests
