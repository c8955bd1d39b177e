// Data folders with a long history: makes them, and measures how they open and how pages are read.
//   bench_history fill FOLDER MESSAGES ROOMS
//   bench_history pages FOLDER COUNT
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "chat/messages/records.hpp"
#include "chatter.hpp"
#include "contract/shapes.hpp"
#include "judge/judge.hpp"
#include "store/commit_later.hpp"
#include "support/chat_services.hpp"
#include "support/folder.hpp"

using namespace soyuz;
using Clock = std::chrono::steady_clock;

namespace {

class AllowAll final : public judge::Judge {
    judge::Verdict judge(std::string_view, judge::Occasion const&) const override { return {}; }
};

double own_processor_milliseconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// What the services stand on.
struct Ground {
    explicit Ground(std::filesystem::path const& folder) : store(tests::open_store(folder, clock)) {}

    base::SystemClock clock;
    AllowAll judge;
    std::unique_ptr<store::Store> store;
};

struct House : Ground, tests::ChatServices {
    explicit House(std::filesystem::path const& folder) : Ground(folder), ChatServices(*store, clock, judge) {}
};

std::vector<chat::RoomPtr> rooms_of(House& house, chat::UserPtr const& user, std::size_t count) {
    std::vector<chat::RoomPtr> rooms{house.rooms.lobby()};
    while (rooms.size() < count) {
        auto const name = "room-" + std::to_string(rooms.size());
        if (auto const known = house.rooms.find(name)) {
            rooms.push_back(known);
            continue;
        }
        auto const made = house.rooms.create(*user, {name, name, "", chat::Room::Kind::public_, {}});
        if (!made) throw std::runtime_error("a room: " + made.error().message);
        rooms.push_back(*made);
    }
    return rooms;
}

void fill(std::filesystem::path const& folder, std::size_t messages, std::size_t room_count) {
    auto house = std::make_unique<House>(folder);
    auto user = house->accounts.find_by_name("sara");
    if (!user) {
        auto const made = house->accounts.create({"sara", "correct horse battery", "Sara Khan", "", chat::Role::owner});
        if (!made) throw std::runtime_error("an account: " + made.error().message);
        user = *made;
    }
    auto const rooms = rooms_of(*house, user, room_count);
    // Twenty a second up to now: the last day holds more than a million.
    auto const start = house->clock.now() - std::chrono::milliseconds{50} * messages;
    chat::Message message;
    message.sender = user;
    for (std::size_t written = 0; written < messages;) {
        store::Batch batch;
        for (; written < messages && batch.size() < 500; ++written) {
            message.sent_at = start + std::chrono::milliseconds{50} * written;
            message.client_id = "c" + std::to_string(written);
            message.text = "message number " + std::to_string(written) +
                           " of this history, about as long as what people write when they explain something";
            message.text.resize(40 + written * 7919 % 60);
            std::string body;
            chat::append_body(body, message);
            batch.push_back(store::AppendMessage{rooms[written % rooms.size()]->id, std::move(body)});
        }
        if (auto const done = store::commit_later(*house->store, std::move(batch)).get(); !done)
            throw std::runtime_error(done.error().message);
    }
}

void print_percentiles(char const* name, std::vector<double>& times) {
    std::sort(times.begin(), times.end());
    auto const at = [&](double share) {
        return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
    };
    std::printf("%s ms: p50 %.3f, p99 %.3f, max %.3f\n", name, at(.5), at(.99), at(1));
}

void read_pages(std::filesystem::path const& folder, std::size_t count) {
    auto const before = Clock::now();
    House house{folder};
    std::printf("opened in %.0f ms, resident MB: %.1f\n", milliseconds_since(before),
                static_cast<double>(bench::resident_bytes(getpid())) / 1e6);
    auto const user = house.accounts.find_by_name("sara");
    if (!user) throw std::runtime_error("the folder was not made by fill");
    auto const room = house.rooms.lobby();
    auto const last = house.rooms.last_seq(room->id);
    std::mt19937_64 random{1};
    std::vector<double> times;
    std::vector<double> processor_times;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < count; ++i) {
        auto const seq = std::uniform_int_distribution<base::Seq>{1, last}(random);
        auto const start = Clock::now();
        auto const processor_start = own_processor_milliseconds();
        auto const page = house.messages.history.around(*user, room->id, seq, 50);
        if (!page || page->messages.size() != std::min<std::size_t>(50, last))
            throw std::runtime_error("a page is not complete");
        std::string json;
        for (auto const& message : page->messages) contract::append_message_json(json, *message, house.accounts);
        times.push_back(milliseconds_since(start));
        processor_times.push_back(own_processor_milliseconds() - processor_start);
        bytes += json.size();
    }
    std::printf("pages of 50 in a room of %llu, %zu bytes each\n", static_cast<unsigned long long>(last),
                bytes / count);
    print_percentiles("wall", times);
    print_percentiles("processor", processor_times);
    std::printf("resident MB: %.1f\n", static_cast<double>(bench::resident_bytes(getpid())) / 1e6);
}

}  // namespace

int main(int count, char** words) {
    try {
        std::string_view const command = count > 1 ? words[1] : "";
        if (command == "fill" && count == 5) {
            fill(words[2], std::stoul(words[3]), std::stoul(words[4]));
        } else if (command == "pages" && count == 4) {
            read_pages(words[2], std::max(1UL, std::stoul(words[3])));
        } else {
            std::fprintf(stderr, "usage: bench_history fill FOLDER MESSAGES ROOMS | pages FOLDER COUNT\n");
            return 2;
        }
        return 0;
    } catch (std::exception const& failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return 2;
    }
}
