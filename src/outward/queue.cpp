#include "outward/queue.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "outward/people.hpp"
#include "store/store.hpp"

namespace soyuz::outward {

using namespace std::chrono_literals;

namespace {

constexpr char collection[] = "outward_queue";
constexpr auto looked_at = 1s;
constexpr std::size_t most_remembered = 20'000;

void tell_fault(char const* what, base::Result<store::Committed> const& done) {
    if (!done) base::log::warn(what, {{"reason", done.error().message}});
}

}  // namespace

std::chrono::seconds Queue::cool_down(Urgency urgency) {
    switch (urgency) {
        case Urgency::low: return 30min;
        case Urgency::normal: return 5min;
        case Urgency::high: return 1min;
        case Urgency::urgent: break;
    }
    return 0s;
}

Queue::Queue(store::Store& store, People const& people, base::Clock const& clock, std::vector<Channel*> channels)
    : store_(store), people_(people), clock_(clock), channels_(std::move(channels)) {
    store_.each_document(collection, [this](std::string const& id, nlohmann::json const& value) {
        if (auto letter = Letter::parse(id, value)) letters_.emplace(id, std::move(*letter));
    });
}

Queue::~Queue() { stop(); }

bool Queue::add(Letter letter) {
    auto const now = clock_.now();
    {
        std::lock_guard const lock{mutex_};
        if (added_.size() > most_remembered)
            std::erase_if(added_, [&](auto const& each) { return now - each.second > cool_down(Urgency::low); });
        auto& last = added_[{letter.user.value, letter.channel + ' ' + letter.kind}];
        bool const is_too_soon = last != base::Timestamp{} && now - last < cool_down(letter.urgency);
        if (is_too_soon || letters_.size() >= most) return false;
        last = now;
        letter.id = base::random_id();
        letter.made_at = now;
        letter.due_at = people_.earliest(letter.user, letter.urgency, now);
        store_.commit({store::Put{collection, letter.id, letter.document()}},
                      [](auto const& done) { tell_fault("a letter is not saved before it is sent", done); });
        letters_[letter.id] = std::move(letter);
    }
    changed_.notify_all();
    return true;
}

std::size_t Queue::waiting() const {
    std::lock_guard const lock{mutex_};
    return letters_.size();
}

std::vector<Letter> Queue::due(base::Timestamp now) const {
    std::vector<Letter> found;
    std::lock_guard const lock{mutex_};
    for (auto const& [id, letter] : letters_)
        if (letter.due_at <= now) found.push_back(letter);
    // What is urgent first, then the oldest.
    std::sort(found.begin(), found.end(), [](Letter const& one, Letter const& other) {
        return std::pair{-static_cast<int>(one.urgency), one.made_at} <
               std::pair{-static_cast<int>(other.urgency), other.made_at};
    });
    return found;
}

std::size_t Queue::send_due() {
    std::size_t sent = 0;
    for (auto& letter : due(clock_.now())) {
        {
            std::lock_guard const lock{mutex_};
            if (stopping_) break;
        }
        auto const channel = std::find_if(channels_.begin(), channels_.end(),
                                          [&](auto const* each) { return each->name() == letter.channel; });
        base::Result<void> outcome = base::Error{base::Code::not_found, "There is no such way to tell people."};
        if (channel != channels_.end()) outcome = (*channel)->send(letter);
        sent += outcome ? 1 : 0;
        settle(std::move(letter), outcome);
    }
    return sent;
}

void Queue::drop(std::string const& id) {
    letters_.erase(id);
    store_.commit({store::Erase{collection, id}},
                  [](auto const& done) { tell_fault("a sent letter stays in the queue's file", done); });
}

void Queue::settle(Letter letter, base::Result<void> const& outcome) {
    std::lock_guard const lock{mutex_};
    if (outcome) return drop(letter.id);
    bool const is_over = outcome.error().code == base::Code::not_found || ++letter.tries >= most_tries;
    base::log::warn(is_over ? "a letter was given up" : "a letter could not be sent yet",
                    {{"channel", letter.channel}, {"reason", outcome.error().message}});
    if (is_over) return drop(letter.id);
    letter.due_at = clock_.now() + between_tries;
    store_.commit({store::Put{collection, letter.id, letter.document()}},
                  [](auto const& done) { tell_fault("a letter's tries are not saved", done); });
    letters_[letter.id] = std::move(letter);
}

void Queue::start() {
    thread_ = std::thread{[this] { run(); }};
}

void Queue::run() {
    for (;;) {
        {
            std::unique_lock lock{mutex_};
            if (stopping_) return;
            changed_.wait_for(lock, looked_at);
            if (stopping_) return;
        }
        send_due();
    }
}

void Queue::stop() {
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

}  // namespace soyuz::outward
