// How fast the server alone fans out: one member posts a burst, nobody reads until the kernel holds all of it, and only
// then the receivers drain. So the client leaves the cores to the server. Usage: see bench/README.md.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <sys/ioctl.h>

#include "chatter.hpp"

using namespace soyuz::bench;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t burst = 100;  // some 47 KB for each receiver: its socket's buffer holds that
constexpr std::size_t bursts = 40;
constexpr std::size_t warm_up = 20;  // up to four-digit numbers, so that all later frames have one length
constexpr std::size_t accounts = 10;

int waiting_bytes(int descriptor) {
    int count = 0;
    if (::ioctl(descriptor, FIONREAD, &count) != 0) throw std::runtime_error("FIONREAD failed");
    return count;
}

class Hall {
public:
    Hall(Target const& target, std::size_t receivers) {
        std::vector<std::string> tokens;
        for (std::size_t i = 0; i < accounts; ++i) tokens.push_back(sign_up(target, "burst" + std::to_string(i)));
        for (std::size_t i = 0; i <= receivers; ++i) {
            auto const source = "127.0.1." + std::to_string(1 + i / 150);
            members_.emplace_back(target, tokens[i % accounts], source);
            members_.back().send_text(R"({"type":"join","room":"lobby","ref":1})");
        }
        drain();
    }

    /// Seconds until every receiver's socket holds the burst.
    double run(int bytes) {
        auto const start = Clock::now();
        post();
        for (std::size_t i = 1; i < members_.size();) {
            if (waiting_bytes(members_[i].descriptor()) >= bytes) {
                ++i;
            } else {
                if (Clock::now() - start > std::chrono::seconds(10)) throw std::runtime_error("a burst got lost");
                std::this_thread::sleep_for(std::chrono::microseconds(100));
            }
        }
        std::chrono::duration<double> const taken = Clock::now() - start;
        drain();
        return taken.count();
    }

    /// Posts a burst and tells how many bytes it is for a receiver.
    int calibrate() {
        int before = -1;
        post();
        for (int now = 0; now != before || now == 0;) {
            before = now;
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
            now = waiting_bytes(members_.back().descriptor());
        }
        drain();
        return before;
    }

private:
    void post() {
        for (std::size_t i = 0; i < burst; ++i)
            members_[0].queue_text(R"({"type":"message","room":"lobby","text":"the river runs past the old mill and )"
                                   R"(over the stones, and nobody in the village minds it"})");
        members_[0].flush();
    }

    void drain() {
        for (bool more = true; more;) {
            more = false;
            for (auto& member : members_) member.read([&](std::string_view) { more = true; });
            if (more) std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    }

    std::vector<Chatter> members_;
};

}  // namespace

int main(int count, char** words) {
    try {
        if (count < 3) throw std::runtime_error("usage: bench_bursts PORT RECEIVERS");
        Target target;
        target.port = static_cast<std::uint16_t>(std::stoi(words[1]));
        std::size_t const receivers = std::stoul(words[2]);
        Hall hall(target, receivers);
        for (std::size_t i = 0; i + 1 < warm_up; ++i) hall.calibrate();
        int const bytes = hall.calibrate();
        std::vector<double> seconds;
        for (std::size_t i = 0; i < bursts; ++i) seconds.push_back(hall.run(bytes));
        std::sort(seconds.begin(), seconds.end());
        auto const rate = static_cast<double>(burst * receivers) / seconds[bursts / 2];
        std::printf(R"({"receivers":%zu,"bytes":%d,"burst_ms":%.2f,"deliveries_per_second":%.0f})"
                    "\n",
                    receivers, bytes, seconds[bursts / 2] * 1000, rate);
        return 0;
    } catch (std::exception const& failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return 2;
    }
}
