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
constexpr std::size_t share_of_address = 32;
constexpr std::size_t waiting_without_shares = 4096;
// Of the priorities that the kernel knows; a thread of a page gets about nine times as much of a busy core.
constexpr int niceness = 10;

struct Kind {
    std::string_view name;
    unsigned threads;
    std::size_t waiting;
    char const* too_many;
};
// In the order of Cost, which begins with what is not expensive. A class signs in at once, so hashes may queue for a
// second; a picture holds up to 200 MB while it is decoded.
constexpr std::array<Kind, ExpensiveWork::kinds> all_kinds{{
    {"hashing", 2, 64, "Too many people are signing in just now. Try again in a moment."},
    {"picture", 1, 8, "Too many pictures are being changed just now. Try again in a moment."},
    {"search", 1, 16, "Too many people are searching just now. Try again in a moment."},
    {"upload", 2, 32, "Too many files are being sent just now. Try again in a moment."},
}};

std::size_t place_of(Cost cost) { return static_cast<std::size_t>(cost) - 1; }

// Names of people and addresses are counted in one table.
std::string person_key(std::string const& person) { return "p" + person; }
std::string address_key(std::string const& address) { return "a" + address; }

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

base::Result<std::shared_ptr<ExpensiveWork::Place>> ExpensiveWork::admit(Caller caller) {
    if (!has_shares_) caller = {};
    if (enter(caller)) return std::make_shared<Place>(*this, std::move(caller));
    over_share_.fetch_add(1, std::memory_order_relaxed);
    return Error{Code::rate_limited, "Your last requests are still being worked on. Try again in a moment.", 1s};
}

base::Result<void> ExpensiveWork::submit(Cost cost, std::function<void()> work) {
    if (pools_[place_of(cost)].submit(std::move(work))) return {};
    return Error{Code::overloaded, all_kinds[place_of(cost)].too_many, 2s};
}

void ExpensiveWork::stop() {
    for (auto& pool : pools_) pool.stop();
}

std::array<ExpensiveWork::Figures, ExpensiveWork::kinds> ExpensiveWork::figures() const {
    std::array<Figures, kinds> figures;
    for (std::size_t place = 0; place < kinds; ++place)
        figures[place] = {all_kinds[place].name, pools_[place].waiting(), pools_[place].rejected()};
    return figures;
}

bool ExpensiveWork::enter(Caller const& caller) {
    std::lock_guard const lock{mutex_};
    auto const has_room = [&](std::string const& key, std::size_t share) {
        auto const found = in_flight_.find(key);
        return found == in_flight_.end() || found->second < share;
    };
    if (!caller.person.empty() && !has_room(person_key(caller.person), share_of_person)) return false;
    if (!caller.address.empty() && !has_room(address_key(caller.address), share_of_address)) return false;
    if (!caller.person.empty()) ++in_flight_[person_key(caller.person)];
    if (!caller.address.empty()) ++in_flight_[address_key(caller.address)];
    return true;
}

void ExpensiveWork::leave(Caller const& caller) {
    std::lock_guard const lock{mutex_};
    auto const count_down = [&](std::string const& key) {
        auto const found = in_flight_.find(key);
        if (--found->second == 0) in_flight_.erase(found);
    };
    if (!caller.person.empty()) count_down(person_key(caller.person));
    if (!caller.address.empty()) count_down(address_key(caller.address));
}

}  // namespace soyuz::web
