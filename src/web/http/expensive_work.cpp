#include "web/http/expensive_work.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace soyuz::web {

using base::Code;
using base::Error;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t share_of_person = 2;
constexpr std::size_t share_of_address = 2;
constexpr std::size_t waiting_without_shares = 4096;
// Of the priorities that the kernel knows; a thread of a page gets about nine times as much of a busy core.
constexpr int niceness = 10;

struct Kind {
    std::string_view name;
    unsigned threads;
    std::size_t waiting;
    std::size_t waiting_of_address;
    char const* too_many;
};
// In the order of Cost, which begins with what is not expensive. A class signs in at once, so hashes may queue for a
// second, behind one address too; a picture holds up to 200 MB while it is decoded.
constexpr std::array<Kind, ExpensiveWork::kinds> all_kinds{{
    {"hashing", 2, 64, 40, "Too many people are signing in just now. Try again in a moment."},
    {"picture", 1, 8, 6, "Too many pictures are being changed just now. Try again in a moment."},
    {"search", 1, 16, 12, "Too many people are searching just now. Try again in a moment."},
    {"upload", 2, 32, 30, "Too many files are being sent just now. Try again in a moment."},
}};

std::size_t place_of(Cost cost) { return static_cast<std::size_t>(cost) - 1; }

Error too_many(Cost cost) { return {Code::overloaded, all_kinds[place_of(cost)].too_many, 2s}; }

template <std::size_t... places>
std::array<base::Workers, sizeof...(places)> make_pools(bool has_shares, std::index_sequence<places...>) {
    auto const threads = [](Kind const& kind) {
        return std::min(kind.threads, std::max(1U, std::thread::hardware_concurrency()));
    };
    return {base::Workers{std::string{all_kinds[places].name}, threads(all_kinds[places]),
                          has_shares ? all_kinds[places].waiting : waiting_without_shares, niceness}...};
}

}  // namespace

ExpensiveWork::ExpensiveWork(bool has_shares)
    : has_shares_(has_shares), pools_(make_pools(has_shares, std::make_index_sequence<kinds>{})) {}

base::Result<void> ExpensiveWork::submit(Cost cost, Caller caller, Work work) {
    if (!has_shares_) caller = {};
    {
        std::lock_guard const lock{mutex_};
        if (is_over_share(cost, caller)) {
            over_share_.fetch_add(1, std::memory_order_relaxed);
            return Error{Code::rate_limited, "Your last requests are still being worked on. Try again in a moment.",
                         1s};
        }
        if (!caller.person.empty()) ++people_[caller.person];
        if (!caller.address.empty()) {
            auto& line = addresses_[caller.address];
            if (line.in_work >= share_of_address) {
                ++waiting_in_lines_[place_of(cost)];
                line.waiting.push_back({cost, std::move(caller), std::move(work)});
                return {};
            }
            ++line.in_work;
        }
    }
    if (hand_to_pool({cost, caller, std::move(work)})) return {};
    leave(caller);
    return too_many(cost);
}

bool ExpensiveWork::is_over_share(Cost cost, Caller const& caller) const {
    auto const person = people_.find(caller.person);
    if (person != people_.end() && person->second >= share_of_person) return true;
    auto const line = addresses_.find(caller.address);
    if (line == addresses_.end() || line->second.in_work < share_of_address) return false;
    auto const same = std::count_if(line->second.waiting.begin(), line->second.waiting.end(),
                                    [&](Waiting const& each) { return each.cost == cost; });
    return static_cast<std::size_t>(same) >= all_kinds[place_of(cost)].waiting_of_address;
}

/// False where the pool takes no more; nobody hears of it then.
bool ExpensiveWork::hand_to_pool(Waiting next) {
    auto const carried = std::make_shared<Waiting>(std::move(next));
    return pools_[place_of(carried->cost)].submit([this, carried] {
        auto const work = std::move(carried->work);
        work(std::make_shared<Place>(*this, carried->caller));
    });
}

void ExpensiveWork::stop() {
    for (auto& pool : pools_) pool.stop();
}

std::array<ExpensiveWork::Figures, ExpensiveWork::kinds> ExpensiveWork::figures() const {
    std::array<Figures, kinds> figures;
    std::lock_guard const lock{mutex_};
    for (std::size_t place = 0; place < kinds; ++place)
        figures[place] = {all_kinds[place].name, pools_[place].waiting() + waiting_in_lines_[place],
                          pools_[place].rejected()};
    return figures;
}

void ExpensiveWork::leave_person(std::string const& person) {
    auto const found = people_.find(person);
    if (found != people_.end() && --found->second == 0) people_.erase(found);
}

/// What waits longest for a place of this address, which it has then.
std::optional<ExpensiveWork::Waiting> ExpensiveWork::next_of(std::string const& address) {
    auto const found = addresses_.find(address);
    if (found == addresses_.end() || found->second.waiting.empty()) return std::nullopt;
    auto next = std::move(found->second.waiting.front());
    found->second.waiting.pop_front();
    --waiting_in_lines_[place_of(next.cost)];
    return next;
}

void ExpensiveWork::leave(Caller const& caller) {
    auto next = std::optional<Waiting>{};
    {
        std::lock_guard const lock{mutex_};
        leave_person(caller.person);
        next = next_of(caller.address);
        if (!next) leave_address(caller.address);
    }
    // The place of the address goes from one to the next, until one of them is taken by the threads of its kind.
    while (next) {
        auto const refuse = next->work;
        auto const cost = next->cost;
        auto const person = next->caller.person;
        if (hand_to_pool(std::move(*next))) return;
        refuse(too_many(cost));
        std::lock_guard const lock{mutex_};
        leave_person(person);
        next = next_of(caller.address);
        if (!next) leave_address(caller.address);
    }
}

void ExpensiveWork::leave_address(std::string const& address) {
    auto const found = addresses_.find(address);
    if (found != addresses_.end() && --found->second.in_work == 0) addresses_.erase(found);
}

}  // namespace soyuz::web
