#pragma once

#include <atomic>
#include <cstdint>

namespace soyuz::net {

/// A counter that one thread writes and others read.
class Counter {
public:
    void add(std::uint64_t count) {
        value_.store(value_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
    }
    void remove(std::uint64_t count) { add(~count + 1); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

}  // namespace soyuz::net
