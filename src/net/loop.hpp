#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace soyuz::net {

/// One event loop, run by exactly one thread. `post` and `after` are thread-safe.
class Loop {
public:
    virtual ~Loop() = default;
    /// Place among the loops, 0 … count - 1.
    virtual std::size_t index() const = 0;
    /// Runs `work` on the loop's thread in a later turn. Work posted by one thread runs in its order.
    virtual void post(std::function<void()> work) = 0;
    /// Runs `work` on the loop's thread after `delay`; forgotten when the loop stops.
    virtual void after(std::chrono::milliseconds delay, std::function<void()> work) = 0;
    virtual bool is_current_thread() const = 0;
};

/// The loops and their threads.
class Loops {
public:
    /// Starts `count` threads with a loop each.
    explicit Loops(std::size_t count);
    /// Stops them: work that was posted before is done first.
    ~Loops();
    Loops(Loops const&) = delete;
    Loops& operator=(Loops const&) = delete;

    std::size_t size() const;
    Loop& at(std::size_t index);
    void stop();

    struct Implementation;
    Implementation& implementation() { return *implementation_; }

private:
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace soyuz::net
