// Chats with a running server as many users at once, counts what arrives, and checks that nothing is missing, doubled
// or out of order. Usage: see bench/README.md.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/epoll.h>

#include "chatter.hpp"

using namespace soyuz::bench;
using Clock = std::chrono::steady_clock;

namespace {

struct Plan {
    Target target;
    std::size_t users = 200;
    double rate = 500;          ///< messages a second over all users; 0: keep `in_flight` under way instead
    std::size_t in_flight = 0;  ///< one sender; the next goes out when one of its own has come back
    double seconds = 10;
    std::size_t bytes = 100;
    int process = 0;       ///< of the server, for its CPU time
    std::size_t idle = 0;  ///< open this many connections that do nothing, and tell what each costs
    std::string prefix = "load";
    bool relay = false;  ///< the server knows no users and rooms, and sends what it gets to everybody
};

Plan read_plan(int count, char** words) {
    Plan plan;
    for (int i = 1; i + 1 < count; i += 2) {
        std::string const key = words[i];
        std::string const value = words[i + 1];
        if (key == "--port")
            plan.target.port = static_cast<std::uint16_t>(std::stoi(value));
        else if (key == "--users")
            plan.users = std::stoul(value);
        else if (key == "--rate")
            plan.rate = std::stod(value);
        else if (key == "--in-flight")
            plan.in_flight = std::stoul(value);
        else if (key == "--seconds")
            plan.seconds = std::stod(value);
        else if (key == "--bytes")
            plan.bytes = std::stoul(value);
        else if (key == "--pid")
            plan.process = std::stoi(value);
        else if (key == "--idle")
            plan.idle = std::stoul(value);
        else if (key == "--prefix")
            plan.prefix = value;
        else if (key == "--relay")
            plan.relay = value == "yes";
        else
            throw std::runtime_error("unknown option " + key);
    }
    return plan;
}

std::string string_member(std::string const& json, std::string const& name) {
    auto const key = "\"" + name + "\":\"";
    auto const at = json.find(key);
    if (at == std::string::npos) throw std::runtime_error("no " + name + " in " + json);
    auto const start = at + key.size();
    return json.substr(start, json.find('"', start) - start);
}

std::string sign_up(Plan const& plan, std::size_t index) {
    auto const body =
        R"({"username":")" + plan.prefix + std::to_string(index) + R"(","password":"a long enough password"})";
    auto answer = exchange(plan.target, "POST", "/api/v1/register", "", body);
    if (answer.status == 409) answer = exchange(plan.target, "POST", "/api/v1/login", "", body);
    if (answer.status / 100 != 2) throw std::runtime_error("sign-up: " + answer.body);
    return string_member(answer.body, "access_token");
}

std::uint64_t number_behind(std::string_view text, std::string_view key) {
    auto const at = text.find(key);
    if (at == std::string_view::npos) return 0;
    std::uint64_t number = 0;
    std::from_chars(text.data() + at + key.size(), text.data() + text.size(), number);
    return number;
}

std::uint64_t nanoseconds() {
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now().time_since_epoch()).count());
}

class Load {
public:
    explicit Load(Plan plan) : plan_(std::move(plan)), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        // Hashing passwords takes a while: a few accounts, each on many connections, would hide what members cost,
        // so every connection has its own, but for the idle ones.
        for (std::size_t i = 0; i < plan_.users; ++i) tokens_.push_back(plan_.relay ? "" : sign_up(plan_, i));
    }

    int run() {
        if (plan_.idle > 0) return idle();
        open(plan_.users);
        auto const cpu_before = plan_.process != 0 ? cpu_seconds(plan_.process) : 0;
        auto const start = Clock::now();
        auto const end =
            start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(plan_.seconds));
        for (std::size_t i = 0; i < plan_.in_flight; ++i) post(0);
        while (Clock::now() < end) {
            if (plan_.in_flight == 0) {
                double const passed = std::chrono::duration<double>(Clock::now() - start).count();
                while (static_cast<double>(sent_) < passed * plan_.rate) post(sent_ % chatters_.size());
            }
            turn(1);
        }
        auto const elapsed = std::chrono::duration<double>(Clock::now() - start).count();
        auto const delivered_in_time = delivered_;
        auto const cpu = plan_.process != 0 ? cpu_seconds(plan_.process) - cpu_before : 0;
        draining_ = true;
        for (auto const deadline = Clock::now() + std::chrono::seconds(10);
             delivered_ < sent_ * chatters_.size() && Clock::now() < deadline;)
            turn(10);
        return report(elapsed, delivered_in_time, cpu);
    }

private:
    void open(std::size_t count) {
        chatters_.reserve(count);
        last_seq_.resize(count);
        auto const start = Clock::now();
        for (std::size_t i = 0; i < count; ++i) {
            // 150 connections from each loopback address: below what one address may open.
            auto const source = "127.0." + std::to_string(1 + i / 150 / 250) + "." + std::to_string(1 + i / 150 % 250);
            chatters_.emplace_back(plan_.target, tokens_[i % tokens_.size()], source);
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.u64 = i;
            epoll_ctl(epoll_, EPOLL_CTL_ADD, chatters_.back().descriptor(), &event);
            if (!plan_.relay) chatters_.back().send_text(R"({"type":"join","room":"lobby","ref":1})");
        }
        std::printf("connects a second: %.0f\n",
                    static_cast<double>(count) / std::chrono::duration<double>(Clock::now() - start).count());
        while (!plan_.relay && joined_ < count) turn(100);
    }

    int idle() {
        auto const before = resident_bytes(plan_.process);
        open(plan_.idle);
        auto const after = resident_bytes(plan_.process);
        std::printf("idle connections: %zu\nresident bytes of each: %.0f\n", plan_.idle,
                    static_cast<double>(after - before) / static_cast<double>(plan_.idle));
        return 0;
    }

    void post(std::size_t index) {
        auto text = "@" + std::to_string(nanoseconds()) + "@ " + std::to_string(sent_) + " ";
        while (text.size() < plan_.bytes) text += "the river runs past the old mill and over the stones ";
        text.resize(std::max(plan_.bytes, std::size_t{40}));
        chatters_[index].send_text(R"({"type":"message","room":"lobby","text":")" + text + R"("})");
        ++sent_;
    }

    void turn(int timeout_ms) {
        std::array<epoll_event, 512> events{};
        int const count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
        for (int i = 0; i < count; ++i) {
            auto const index = static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
            bool const open = chatters_[index].read([&](std::string_view text) { take(index, text); });
            if (!open) {
                ++closed_;
                epoll_ctl(epoll_, EPOLL_CTL_DEL, chatters_[index].descriptor(), nullptr);
            }
        }
        for (auto& chatter : chatters_)
            if (chatter.has_unsent()) chatter.flush();
    }

    void take(std::size_t index, std::string_view text) {
        auto const stamp = number_behind(text, "\"text\":\"@");
        if (stamp == 0) {
            if (text.find("\"type\":\"ack\"") != std::string_view::npos &&
                text.find("\"ref\":1") != std::string_view::npos)
                ++joined_;
            if (text.find("\"type\":\"error\"") != std::string_view::npos && errors_++ < 3)
                std::printf("error: %.*s\n", static_cast<int>(text.size()), text.data());
            return;
        }
        auto const seq = number_behind(text, "\"seq\":");
        if (!plan_.relay && last_seq_[index] != 0 && seq != last_seq_[index] + 1) ++out_of_order_;
        last_seq_[index] = seq;
        ++delivered_;
        // One in 16 deliveries is timed: the clock would cost more than the rest.
        if (delivered_ % 16 == 0) latencies_.push_back(nanoseconds() - stamp);
        if (plan_.in_flight > 0 && index == 0 && !draining_) post(0);
    }

    int report(double elapsed, std::uint64_t delivered_in_time, double cpu) {
        std::sort(latencies_.begin(), latencies_.end());
        auto const at = [&](double share) {
            if (latencies_.empty()) return 0.0;
            auto const index = static_cast<std::size_t>(share * static_cast<double>(latencies_.size() - 1));
            return static_cast<double>(latencies_[index]) / 1e6;
        };
        auto const missing = sent_ * chatters_.size() - delivered_;
        std::printf("messages: %llu (%.0f a second)\ndeliveries: %llu (%.0f a second)\n",
                    static_cast<unsigned long long>(sent_), static_cast<double>(sent_) / elapsed,
                    static_cast<unsigned long long>(delivered_), static_cast<double>(delivered_in_time) / elapsed);
        if (cpu > 0)
            std::printf("server CPU: %.0f %%\ndeliveries per server-CPU-second: %.0f\n", 100 * cpu / elapsed,
                        static_cast<double>(delivered_in_time) / cpu);
        std::printf("latency ms: p50 %.2f p99 %.2f p99.9 %.2f max %.2f\n", at(.5), at(.99), at(.999), at(1));
        std::printf("missing: %lld, out of order: %llu, errors: %llu, closed: %llu\n", static_cast<long long>(missing),
                    static_cast<unsigned long long>(out_of_order_), static_cast<unsigned long long>(errors_),
                    static_cast<unsigned long long>(closed_));
        return missing == 0 && out_of_order_ == 0 && errors_ == 0 && closed_ == 0 ? 0 : 1;
    }

    Plan plan_;
    int epoll_;
    std::vector<std::string> tokens_;
    std::vector<Chatter> chatters_;
    std::vector<std::uint64_t> last_seq_;
    std::vector<std::uint64_t> latencies_;
    std::uint64_t sent_ = 0, delivered_ = 0, joined_ = 0, errors_ = 0, out_of_order_ = 0, closed_ = 0;
    bool draining_ = false;
};

}  // namespace

int main(int count, char** words) {
    try {
        return Load(read_plan(count, words)).run();
    } catch (std::exception const& failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return 2;
    }
}
