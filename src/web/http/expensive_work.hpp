#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
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
/// for them. Of all kinds together a person has two requests in flight, and an address two in work: what else comes
/// from an address waits in a short line of its own (a class that signs in shares one), so that nobody fills the queues
/// for the others. Thread-safe.
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

    /// A request that is in work, up to its answer; counts no more once destroyed, and the next of its address begins.
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

    /// What is done with a place of its own, by the threads of its cost. Or, where too much waits by the time that the
    /// turn of its address comes, without one, with the error overloaded.
    using Work = std::function<void(base::Result<std::shared_ptr<Place>>)>;

    /// Has `work` done by the threads of `cost`, which is not `page`. Errors, which `work` does not hear of:
    /// rate_limited where the caller has its share, overloaded where too much waits.
    base::Result<void> submit(Cost cost, Caller caller, Work work);
    /// Does what waits and takes no more.
    void stop();

    struct Figures {
        std::string_view kind;
        std::size_t waiting = 0;    ///< for a thread, and for the turn of its address
        std::uint64_t refused = 0;  ///< because too much waited
    };
    static constexpr std::size_t kinds = 4;
    std::array<Figures, kinds> figures() const;
    /// Requests of callers that had their share in flight.
    std::uint64_t over_share() const { return over_share_.load(std::memory_order_relaxed); }

private:
    struct Waiting {
        Cost cost;
        Caller caller;
        Work work;
    };
    /// Of one address.
    struct Line {
        std::size_t in_work = 0;
        std::deque<Waiting> waiting;
    };

    bool is_over_share(Cost cost, Caller const& caller) const;
    bool hand_to_pool(Waiting next);
    void leave_person(std::string const& person);
    void leave_address(std::string const& address);
    void leave(Caller const& caller);
    std::optional<Waiting> next_of(std::string const& address);

    bool const has_shares_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::size_t> people_;  ///< requests in flight
    std::unordered_map<std::string, Line> addresses_;
    std::array<std::size_t, kinds> waiting_in_lines_{};
    std::atomic<std::uint64_t> over_share_{0};
    std::array<base::Workers, kinds> pools_;
};

}  // namespace soyuz::web
