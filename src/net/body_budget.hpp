#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace soyuz::net {

/// Memory for request bodies that are being read or handled: so much in all, and so much for one address (IPv6 by its
/// /64), so that nobody fills it for the others. Thread-safe.
class BodyBudget : public std::enable_shared_from_this<BodyBudget> {
public:
    BodyBudget(std::size_t total_bytes, std::size_t address_bytes) : total_(total_bytes), each_(address_bytes) {}

    /// What one request holds of the budget; gives it back when it is destroyed. Not thread-safe.
    class Share {
    public:
        Share(std::shared_ptr<BodyBudget> budget, std::string key) : budget_(std::move(budget)), key_(std::move(key)) {}
        ~Share();
        Share(Share const&) = delete;
        Share& operator=(Share const&) = delete;

        /// Holds `bytes` from now on, no less than before; false, and nothing changes, where that is too much.
        bool grow_to(std::size_t bytes);

    private:
        std::shared_ptr<BodyBudget> budget_;
        std::string key_;
        std::size_t held_ = 0;
    };

    /// `exempt`: an address that stands for many (a trusted proxy) is bounded by the total alone.
    std::shared_ptr<Share> share(std::string const& address, bool exempt);
    std::size_t held() const;

private:
    bool take(std::string const& key, std::size_t bytes);
    void give(std::string const& key, std::size_t bytes);

    std::size_t const total_, each_;
    mutable std::mutex mutex_;
    std::size_t held_ = 0;
    std::unordered_map<std::string, std::size_t> by_address_;
};

}  // namespace soyuz::net
