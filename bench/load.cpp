// Chats with a running server as many users at once, counts what arrives, and checks that nothing is missing, doubled
// or out of order. Usage: see bench/README.md.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <sys/epoll.h>

#include "chatter.hpp"

using namespace soyuz::bench;
using Clock = std::chrono::steady_clock;

namespace {

struct Plan {
    Target target;
    std::size_t users = 200;     ///< connections
    std::size_t accounts = 500;  ///< at most; beyond, connections share them
    double rate = 500;           ///< messages a second over all users; 0: keep `in_flight` under way instead
    std::size_t in_flight = 0;   ///< one sender; the next goes out when one of its own has come back
    double seconds = 10;
    std::size_t bytes = 100;
    int process = 0;       ///< of the server, for its CPU time
    std::size_t idle = 0;  ///< open this many connections that do nothing, and tell what each costs
    std::string prefix = "load";
    /// native, channels: Soyuz on /ws and on /socket.io/. relay: knows no users and rooms, and sends what it gets to
    /// everybody. socketio: the same behind Socket.IO's protocol.
    std::string dialect = "native";
    bool is_native() const { return dialect == "native"; }
    bool is_channels() const { return dialect == "channels"; }
    bool has_accounts() const { return is_native() || is_channels(); }
    bool speaks_socketio() const { return dialect == "socketio" || is_channels(); }
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
        else if (key == "--accounts")
            plan.accounts = std::stoul(value);
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
        else if (key == "--dialect")
            plan.dialect = value;
        else
            throw std::runtime_error("unknown option " + key);
    }
    if (plan.speaks_socketio()) plan.target.path = "/socket.io/?EIO=4&transport=websocket";
    return plan;
}

std::uint64_t number_behind(std::string_view text, std::string_view key) {
    auto const at = text.find(key);
    if (at == std::string_view::npos) return 0;
    std::uint64_t number = 0;
    std::from_chars(text.data() + at + key.size(), text.data() + text.size(), number);
    return number;
}

/// Microseconds in nine digits, which come round every 15 minutes: longer numbers can look like a bank card's.
constexpr std::uint64_t least_stamp = 100'000'000;
constexpr std::uint64_t round_of_stamps = 900'000'000;
std::uint64_t stamp_now() {
    auto const now = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch()).count();
    return least_stamp + static_cast<std::uint64_t>(now) % round_of_stamps;
}
std::uint64_t microseconds_since(std::uint64_t stamp) {
    return (stamp_now() + round_of_stamps - stamp) % round_of_stamps;
}

class Load {
public:
    explicit Load(Plan plan) : plan_(std::move(plan)), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        // Hashing passwords takes a while, so only so many sign up.
        for (std::size_t i = 0; i < std::min(plan_.users, plan_.accounts); ++i)
            tokens_.push_back(plan_.has_accounts() ? sign_up(plan_.target, plan_.prefix + std::to_string(i)) : "");
    }

    int run() {
        if (plan_.idle > 0) return idle();
        open(plan_.users);
        auto const cpu_before = cpu();
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
        auto const spent = cpu() - cpu_before;
        draining_ = true;
        for (auto const deadline = Clock::now() + std::chrono::seconds(10);
             delivered_ < sent_ * chatters_.size() && Clock::now() < deadline;)
            turn(10);
        return report(elapsed, delivered_in_time, spent);
    }

private:
    /// Several at a time, so that it is the server's speed that counts and not the way there and back.
    void open(std::size_t count) {
        constexpr std::size_t at_a_time = 16;
        last_seq_.resize(count);
        std::vector<std::optional<Chatter>> opened(count);
        std::vector<std::string> failures(at_a_time);
        auto const cpu_before = cpu();
        auto const start = Clock::now();
        {
            std::vector<std::jthread> openers;
            for (std::size_t first = 0; first < at_a_time; ++first) {
                openers.emplace_back([&, first] {
                    try {
                        for (auto i = first; i < count; i += at_a_time) opened[i].emplace(connect(i));
                    } catch (std::exception const& failure) {
                        failures[first] = failure.what();
                    }
                });
            }
        }
        for (auto const& failure : failures)
            if (!failure.empty()) throw std::runtime_error(failure);
        connects_a_second_ = static_cast<double>(count) / std::chrono::duration<double>(Clock::now() - start).count();
        connect_cpu_ = cpu() - cpu_before;
        chatters_.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            chatters_.push_back(std::move(*opened[i]));
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.u64 = i;
            epoll_ctl(epoll_, EPOLL_CTL_ADD, chatters_.back().descriptor(), &event);
            if (plan_.is_native()) chatters_.back().send_text(R"({"type":"join","room":"lobby","ref":1})");
            if (plan_.speaks_socketio()) chatters_.back().send_text("40");
        }
        while (plan_.dialect != "relay" && joined_ < count) turn(100);
    }

    Chatter connect(std::size_t index) const {
        // 150 connections from each loopback address: below what one address may open.
        auto const source =
            "127.0." + std::to_string(1 + index / 150 / 250) + "." + std::to_string(1 + index / 150 % 250);
        return {plan_.target, tokens_[index % tokens_.size()], source};
    }

    double cpu() const { return plan_.process != 0 ? cpu_seconds(plan_.process) : 0; }

    int idle() {
        auto const before = resident_bytes(plan_.process);
        open(plan_.idle);
        // Idle is what a connection is some seconds after the last word to it.
        for (auto const settled = Clock::now() + std::chrono::seconds(8); Clock::now() < settled;) turn(100);
        auto const each = static_cast<double>(resident_bytes(plan_.process) - before) / static_cast<double>(plan_.idle);
        std::printf(R"({"connections":%zu,"bytes_each":%.0f,"connects_per_second":%.0f,"connects_per_cpu_second":%.0f})"
                    "\n",
                    plan_.idle, each, connects_a_second_, static_cast<double>(plan_.idle) / connect_cpu_);
        return 0;
    }

    void post(std::size_t index) {
        auto text = "@" + std::to_string(stamp_now()) + "@ " + std::to_string(sent_) + " ";
        while (text.size() < plan_.bytes) text += "the river runs past the old mill and over the stones ";
        text.resize(std::max(plan_.bytes, std::size_t{40}));
        chatters_[index].send_text(command(text));
        ++sent_;
    }

    std::string command(std::string const& text) const {
        if (plan_.is_channels()) return R"(42["new_message",{"channel_id":"lobby","content":")" + text + R"("}])";
        auto const message = R"({"type":"message","room":"lobby","text":")" + text + R"("})";
        return plan_.speaks_socketio() ? "42[\"message\"," + message + "]" : message;
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
        auto const stamp = number_behind(text, plan_.is_channels() ? "\"content\":\"@" : "\"text\":\"@");
        if (stamp == 0) {
            if (text == "2") return chatters_[index].send_text("3");
            if (plan_.is_channels()) return take_of_channels(index, text);
            bool const answered = text.find("\"type\":\"ack\"") != std::string_view::npos &&
                                  text.find("\"ref\":1") != std::string_view::npos;
            joined_ += answered || text.starts_with("40");
            if (text.find("\"type\":\"error\"") != std::string_view::npos && errors_++ < 3)
                std::printf("error: %.*s\n", static_cast<int>(text.size()), text.data());
            return;
        }
        auto const seq = number_behind(text, "\"seq\":");
        if (plan_.has_accounts() && last_seq_[index] != 0 && seq != last_seq_[index] + 1) ++out_of_order_;
        last_seq_[index] = seq;
        ++delivered_;
        // One in 16 deliveries is timed: the clock would cost more than the rest.
        if (delivered_ % 16 == 0) latencies_.push_back(microseconds_since(stamp));
        if (plan_.in_flight > 0 && index == 0 && !draining_) post(0);
    }

    void take_of_channels(std::size_t index, std::string_view text) {
        if (text.starts_with("40")) chatters_[index].send_text(R"(421["join_channel",{"channel_id":"lobby"}])");
        joined_ += text.starts_with(R"(431[{"ok":true)");
        bool const is_refused = text.starts_with("44") || text.starts_with(R"(42["error")");
        if (is_refused && errors_++ < 3) std::printf("error: %.*s\n", static_cast<int>(text.size()), text.data());
    }

    int report(double elapsed, std::uint64_t delivered_in_time, double cpu) {
        std::sort(latencies_.begin(), latencies_.end());
        auto const at = [&](double share) {
            if (latencies_.empty()) return 0.0;
            auto const index = static_cast<std::size_t>(share * static_cast<double>(latencies_.size() - 1));
            return static_cast<double>(latencies_[index]) / 1e3;
        };
        auto const missing = sent_ * chatters_.size() - delivered_;
        std::printf(
            R"({"messages":%llu,"deliveries_per_second":%.0f,"deliveries_per_cpu_second":%.0f,"cpu_percent":%.1f,)"
            R"("p50_ms":%.2f,"p99_ms":%.2f,"p999_ms":%.2f,"max_ms":%.2f,)"
            R"("missing":%lld,"out_of_order":%llu,"errors":%llu,"closed":%llu})"
            "\n",
            static_cast<unsigned long long>(sent_), static_cast<double>(delivered_in_time) / elapsed,
            cpu > 0 ? static_cast<double>(delivered_in_time) / cpu : 0, 100 * cpu / elapsed, at(.5), at(.99), at(.999),
            at(1), static_cast<long long>(missing), static_cast<unsigned long long>(out_of_order_),
            static_cast<unsigned long long>(errors_), static_cast<unsigned long long>(closed_));
        return missing == 0 && out_of_order_ == 0 && errors_ == 0 && closed_ == 0 ? 0 : 1;
    }

    Plan plan_;
    int epoll_;
    std::vector<std::string> tokens_;
    std::vector<Chatter> chatters_;
    std::vector<std::uint64_t> last_seq_;
    std::vector<std::uint64_t> latencies_;
    std::uint64_t sent_ = 0, delivered_ = 0, joined_ = 0, errors_ = 0, out_of_order_ = 0, closed_ = 0;
    double connects_a_second_ = 0, connect_cpu_ = 0;
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
