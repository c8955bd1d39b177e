// Posts as fast as acknowledgements come back, or at a fixed rate, and tells how many were acknowledged and how long
// each took. Usage: see bench/README.md.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <sys/epoll.h>
#include <sys/resource.h>

#include "chatter.hpp"

using namespace soyuz::bench;
using Clock = std::chrono::steady_clock;

namespace {

struct Plan {
    Target target;
    std::size_t senders = 8;
    std::size_t in_flight = 64;  ///< of each sender
    double rate = 0;             ///< messages a second over all senders instead
    std::size_t listeners = 0;   ///< connections that follow the room
    double seconds = 5;
    std::uint64_t messages = 0;  ///< stop after so many; 0: after `seconds`
    std::size_t bytes = 100;
    int process = 0;  ///< of the server, for its CPU time and memory
};

Plan read_plan(int count, char** words) {
    Plan plan;
    if (count % 2 != 0) throw std::runtime_error("every option takes a value");
    for (int i = 0; i < count; i += 2) {
        std::string const key = words[i];
        std::string const value = words[i + 1];
        if (key == "--port")
            plan.target.port = static_cast<std::uint16_t>(std::stoi(value));
        else if (key == "--senders")
            plan.senders = std::stoul(value);
        else if (key == "--in-flight")
            plan.in_flight = std::stoul(value);
        else if (key == "--rate")
            plan.rate = std::stod(value);
        else if (key == "--listeners")
            plan.listeners = std::stoul(value);
        else if (key == "--seconds")
            plan.seconds = std::stod(value);
        else if (key == "--messages")
            plan.messages = std::stoull(value);
        else if (key == "--bytes")
            plan.bytes = std::stoul(value);
        else if (key == "--pid")
            plan.process = std::stoi(value);
        else
            throw std::runtime_error("unknown option " + key);
    }
    if (plan.senders == 0) throw std::runtime_error("there must be a sender");
    return plan;
}

std::uint64_t nanoseconds() {
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now().time_since_epoch()).count());
}

double own_cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    auto const seconds = [](timeval const& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// What people write, so that a verdict costs what it costs in a room.
constexpr std::array<std::string_view, 8> phrases{
    "the river runs past the old mill and over the stones ",  "did anybody solve the third exercise yet? ",
    "I think the loop ends one step too early, see line 42 ", "thanks, that helped a lot, now it compiles ",
    "kal ki class kis waqt hai, sir ne kuch bataya? ",        "the bus was late again so I missed the beginning ",
    "can you share the slides from Tuesday please ",          "well played, that was a close match in the end "};

class Posts {
public:
    explicit Posts(Plan plan) : plan_(std::move(plan)), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        auto const count = plan_.senders + plan_.listeners;
        chatters_.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            auto const source = "127.0.7." + std::to_string(1 + i / 100);
            chatters_.emplace_back(
                plan_.target, sign_up(plan_.target, "poster" + std::to_string(std::min(i, plan_.senders))), source);
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.u64 = i;
            epoll_ctl(epoll_, EPOLL_CTL_ADD, chatters_.back().descriptor(), &event);
            if (i >= plan_.senders) chatters_.back().send_text(R"({"type":"join","room":"lobby","ref":1})");
        }
        while (joined_ < plan_.listeners) turn(100);
    }

    int run() {
        auto const cpu_before = plan_.process != 0 ? cpu_seconds(plan_.process) : 0;
        auto const own_before = own_cpu_seconds();
        auto const start = Clock::now();
        auto const passed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
        auto const is_over = [&] {
            return plan_.messages > 0 ? acknowledged_ >= plan_.messages : passed() >= plan_.seconds;
        };
        if (plan_.rate == 0) {
            for (std::size_t i = 0; i < plan_.senders; ++i)
                for (std::size_t n = 0; n < plan_.in_flight; ++n) post(i);
        }
        while (!is_over() && !closed_) {
            if (plan_.rate > 0) {
                while (static_cast<double>(sent_) < passed() * plan_.rate) post(sent_ % plan_.senders);
            }
            turn(1);
        }
        auto const elapsed = passed();
        auto const in_time = acknowledged_;
        auto const cpu = plan_.process != 0 ? cpu_seconds(plan_.process) - cpu_before : 0;
        auto const own = own_cpu_seconds() - own_before;
        draining_ = true;
        for (auto const deadline = Clock::now() + std::chrono::seconds(10);
             acknowledged_ + errors_ < sent_ && Clock::now() < deadline && !closed_;)
            turn(10);
        return report(elapsed, in_time, cpu, own);
    }

private:
    void post(std::size_t index) {
        text_ = R"({"type":"message","room":"lobby","ref":)";
        append_number(nanoseconds());
        text_ += R"(,"text":")";
        auto const start = text_.size();
        append_number(++sent_);
        text_ += ' ';
        for (auto n = sent_; text_.size() < start + plan_.bytes; ++n) text_ += phrases[n % phrases.size()];
        text_.resize(start + std::max<std::size_t>(plan_.bytes, 8));
        text_ += "\"}";
        chatters_[index].queue_text(text_);
    }

    void append_number(std::uint64_t number) {
        char digits[20];
        text_.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
    }

    void turn(int timeout_ms) {
        for (auto& chatter : chatters_)
            if (chatter.has_unsent()) chatter.flush();
        std::array<epoll_event, 512> events{};
        int const count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
        now_ = nanoseconds();
        for (int i = 0; i < count; ++i) {
            auto const index = static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
            if (!chatters_[index].read([&](std::string_view text) { take(index, text); })) closed_ = true;
        }
    }

    void take(std::size_t index, std::string_view text) {
        constexpr std::string_view ack = R"({"type":"ack","ref":)";
        if (text.starts_with(ack)) {
            if (index >= plan_.senders) {
                ++joined_;
                return;
            }
            std::uint64_t stamp = 0;
            std::from_chars(text.data() + ack.size(), text.data() + text.size(), stamp);
            ++acknowledged_;
            latencies_.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(now_ - stamp, UINT32_MAX)));
            if (plan_.rate == 0 && !draining_) post(index);
            return;
        }
        if (index >= plan_.senders && text.starts_with(R"({"type":"message")")) ++delivered_;
        if (text.starts_with(R"({"type":"error")") && errors_++ < 3)
            std::printf("error: %.*s\n", static_cast<int>(text.size()), text.data());
    }

    int report(double elapsed, std::uint64_t in_time, double cpu, double own) {
        std::sort(latencies_.begin(), latencies_.end());
        auto const at = [&](double share) {
            if (latencies_.empty()) return 0.0;
            return latencies_[static_cast<std::size_t>(share * static_cast<double>(latencies_.size() - 1))] / 1e6;
        };
        std::printf("acknowledged: %llu (%.0f a second)\n", static_cast<unsigned long long>(in_time),
                    static_cast<double>(in_time) / elapsed);
        if (plan_.process != 0)
            std::printf("server CPU: %.0f %%, %.2f us a post; resident MB: %.1f\n", 100 * cpu / elapsed,
                        cpu * 1e6 / static_cast<double>(std::max<std::uint64_t>(in_time, 1)),
                        static_cast<double>(resident_bytes(plan_.process)) / 1e6);
        std::printf("client CPU: %.0f %%\n", 100 * own / elapsed);
        std::printf("latency ms: p50 %.3f p99 %.3f p99.9 %.3f max %.3f\n", at(.5), at(.99), at(.999), at(1));
        auto const missing = sent_ - acknowledged_ - errors_;
        std::printf("delivered: %llu, unanswered: %llu, errors: %llu\n", static_cast<unsigned long long>(delivered_),
                    static_cast<unsigned long long>(missing), static_cast<unsigned long long>(errors_));
        return missing == 0 && errors_ == 0 && !closed_ ? 0 : 1;
    }

    Plan plan_;
    int epoll_;
    std::vector<Chatter> chatters_;
    std::vector<std::uint32_t> latencies_;
    std::string text_;
    std::uint64_t now_ = 0;
    std::uint64_t sent_ = 0, acknowledged_ = 0, delivered_ = 0, joined_ = 0, errors_ = 0;
    bool draining_ = false;
    bool closed_ = false;
};

}  // namespace

int main(int count, char** words) {
    try {
        return Posts(read_plan(count - 1, words + 1)).run();
    } catch (std::exception const& failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return 2;
    }
}
