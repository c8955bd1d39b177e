#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"
#include "base/workers.hpp"
#include "web/http/cost.hpp"

namespace soyuz::web {

/// Work that takes tens of milliseconds of a core or of the disk: hashes of passwords, pictures, searches, uploads.
///
/// Each kind has one or two threads, which give way to those that answer pages, and a short queue; nobody else waits
/// for them. Of all kinds together a person has two requests in flight and an address 32 (a class shares one), so that
/// nobody fills the queues for the others. Thread-safe.
class ExpensiveWork {
public:
    /// `has_shares`: without them (a server without limits) only the queues are bounded, and longer.
    explicit ExpensiveWork(bool has_shares);
    ExpensiveWork(ExpensiveWork const&) = delete;
    ExpensiveWork& operator=(ExpensiveWork const&) = delete;

    /// Whose share a request is counted for; what is "" has none.
    struct Caller {
        std::string person;
        std::string address;
    };

    /// A request in flight, from its admission to its answer; counts no more once destroyed.
    class Place {
    public:
        Place(ExpensiveWork& of, Caller caller) : of_(of), caller_(std::move(caller)) {}
        ~Place() { of_.leave(caller_); }
        Place(Place const&) = delete;
        Place& operator=(Place const&) = delete;

    private:
        ExpensiveWork& of_;
        Caller const caller_;
    };

    /// Errors: rate_limited where the caller has its share in flight already.
    base::Result<std::shared_ptr<Place>> admit(Caller caller);
    /// Has `work` done by the threads of `cost`, which is not `page`. Errors: overloaded where too much waits.
    base::Result<void> submit(Cost cost, std::function<void()> work);
    /// Does what waits and takes no more.
    void stop();

    struct Figures {
        std::string_view kind;
        std::size_t waiting = 0;
        std::uint64_t refused = 0;  ///< because too much waited
    };
    static constexpr std::size_t kinds = 4;
    std::array<Figures, kinds> figures() const;
    /// Requests of callers that had their share in flight.
    std::uint64_t over_share() const { return over_share_.load(std::memory_order_relaxed); }

private:
    bool enter(Caller const& caller);
    void leave(Caller const& caller);

    bool const has_shares_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::size_t> in_flight_;  ///< by person and by address
    std::atomic<std::uint64_t> over_share_{0};
    std::array<base::Workers, kinds> pools_;
};

}  // namespace soyuz::web
