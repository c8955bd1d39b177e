#include "web/http/expensive_work.hpp"

#include <algorithm>
#include <condition_variable>
#include <latch>
#include <map>
#include <mutex>

#include "web/house.hpp"
#include "web/pictures.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;
using web::Cost;
using web::ExpensiveWork;

namespace {

/// Keeps the threads of one kind busy until it is destroyed.
class Busy {
public:
    Busy(ExpensiveWork& expensive, Cost cost, int threads) {
        auto const begun = std::make_shared<std::latch>(threads);
        for (int i = 0; i < threads; ++i)
            REQUIRE(expensive.submit(cost, {}, [begun, end = end_](auto const&) {
                begun->count_down();
                end->wait();
            }));
        begun->wait();
    }
    ~Busy() { end_->count_down(); }

private:
    std::shared_ptr<std::latch> end_ = std::make_shared<std::latch>(1);
};

void nothing(base::Result<std::shared_ptr<ExpensiveWork::Place>> const&) {}

std::string code_of(auto const& result) { return result ? "" : std::string{base::code_name(result.error().code)}; }

/// Requests that hold their places until they are told to end; numbered from 1, refused ones too.
class Held {
public:
    explicit Held(ExpensiveWork& expensive) : expensive_(expensive) {}
    ~Held() {
        std::map<int, Place> held;
        {
            std::lock_guard const lock{mutex_};
            is_over_ = true;
            held.swap(places_);
        }
        held.clear();
        expensive_.stop();
    }

    /// "", or the code of the error.
    std::string begin(Cost cost, ExpensiveWork::Caller caller) {
        auto const address = caller.address;
        auto const number = ++asked_;
        auto const taken = expensive_.submit(cost, std::move(caller), [this, number, address](auto place) {
            std::lock_guard const lock{mutex_};
            ++heard_;
            changed_.notify_all();
            if (!place) {
                refused_.push_back(code_of(place));
                return;
            }
            begun_.push_back(number);
            most_[address] = std::max(most_[address], ++now_[address]);
            addresses_[number] = address;
            if (!is_over_) places_[number] = *std::move(place);
        });
        return code_of(taken);
    }
    void end(int number) {
        Place place;
        {
            std::unique_lock lock{mutex_};
            changed_.wait(lock, [&] { return places_.contains(number); });
            place = std::move(places_[number]);
            places_.erase(number);
            --now_[addresses_[number]];
        }
    }
    void end_oldest() {
        wait_for(1);
        end(begun().front());
    }
    /// Waits until so many were begun or refused; the numbers of those begun, in order.
    std::vector<int> wait_for(std::size_t many) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return heard_ >= many; });
        auto sorted = begun_;
        std::sort(sorted.begin(), sorted.end());
        return sorted;
    }
    std::vector<int> begun() {
        std::lock_guard const lock{mutex_};
        return begun_;
    }
    std::vector<std::string> refused() {
        std::lock_guard const lock{mutex_};
        return refused_;
    }
    int most_at_once(std::string const& address) {
        std::lock_guard const lock{mutex_};
        return most_[address];
    }

private:
    using Place = std::shared_ptr<ExpensiveWork::Place>;

    ExpensiveWork& expensive_;
    std::mutex mutex_;
    std::condition_variable changed_;
    int asked_ = 0;
    std::size_t heard_ = 0;
    bool is_over_ = false;
    std::map<int, Place> places_;
    std::map<int, std::string> addresses_;
    std::map<std::string, int> now_, most_;
    std::vector<int> begun_;
    std::vector<std::string> refused_;
};

int hashing_threads() { return std::thread::hardware_concurrency() == 1 ? 1 : 2; }

}  // namespace

TEST_CASE("a person has two expensive requests in flight, wherever they come from") {
    ExpensiveWork expensive{true};
    Held held{expensive};
    CHECK(held.begin(Cost::search, {"sara", "here"}) == "");
    CHECK(held.begin(Cost::upload, {"sara", "there"}) == "");
    CHECK(held.begin(Cost::upload, {"sara", "elsewhere"}) == "rate_limited");
    CHECK(held.begin(Cost::upload, {"omar", "here"}) == "");
    held.end_oldest();
    CHECK(held.begin(Cost::search, {"sara", "here"}) == "");
    CHECK(expensive.over_share() == 1);
}

TEST_CASE("an address has two expensive requests in work; a class behind it waits in a line, in order") {
    ExpensiveWork expensive{true};
    Held held{expensive};
    constexpr int pupils = 42;
    for (int i = 0; i < pupils; ++i) CHECK(held.begin(Cost::hashing, {"", "school"}) == "");
    CHECK(held.begin(Cost::hashing, {"", "school"}) == "rate_limited");
    CHECK(held.begin(Cost::hashing, {"teacher", "school"}) == "rate_limited");
    CHECK(expensive.figures()[0].waiting >= pupils - 2);
    // Others don't wait behind the class, and a kind of which nothing waits there has its line.
    CHECK(held.begin(Cost::search, {"", "home"}) == "");
    CHECK(held.begin(Cost::search, {"teacher", "school"}) == "");
    CHECK(held.wait_for(3) == std::vector<int>{1, 2, pupils + 3});
    CHECK(held.most_at_once("school") == 2);
    // Each that ends lets the one that waits longest begin.
    for (int i = 1; i <= pupils; ++i) held.end(i);
    CHECK(held.wait_for(pupils + 2).back() == pupils + 4);
    CHECK(held.most_at_once("school") == 2);
}

TEST_CASE("what waits in the line of an address hears so where too much waits when its turn comes") {
    ExpensiveWork expensive{true};
    Held held{expensive};
    CHECK(held.begin(Cost::search, {"", "school"}) == "");
    CHECK(held.begin(Cost::search, {"", "school"}) == "");
    CHECK(held.begin(Cost::picture, {"sara", "school"}) == "");
    CHECK(held.begin(Cost::search, {"", "school"}) == "");
    Busy const busy{expensive, Cost::picture, 1};
    while (expensive.submit(Cost::picture, {}, nothing)) continue;
    held.wait_for(2);
    held.end(1);
    held.wait_for(4);
    CHECK(held.refused() == std::vector<std::string>{"overloaded"});
    CHECK(held.begun().back() == 4);
    // Nothing is left of its share.
    CHECK(held.begin(Cost::search, {"sara", "home"}) == "");
    CHECK(held.begin(Cost::search, {"sara", "home"}) == "");
}

TEST_CASE("a person and an address of the same name are two callers; who has no name has no share") {
    ExpensiveWork expensive{true};
    Held held{expensive};
    CHECK(held.begin(Cost::search, {"same", ""}) == "");
    CHECK(held.begin(Cost::search, {"same", ""}) == "");
    CHECK(held.begin(Cost::search, {"same", ""}) == "rate_limited");
    CHECK(held.begin(Cost::search, {"", "same"}) == "");
    for (int i = 0; i < 10; ++i) CHECK(held.begin(Cost::search, {"", ""}) == "");
}

TEST_CASE("each kind of work has a short queue of its own; without shares a long one") {
    ExpensiveWork expensive{true};
    Busy const busy{expensive, Cost::picture, 1};
    for (int i = 0; i < 8; ++i) CHECK(expensive.submit(Cost::picture, {}, nothing));
    auto const refused = expensive.submit(Cost::picture, {}, nothing);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == base::Code::overloaded);
    CHECK(refused.error().retry_after > std::chrono::milliseconds{0});
    CHECK(expensive.submit(Cost::search, {}, nothing));
    auto const pictures = expensive.figures()[1];
    CHECK(pictures.kind == "picture");
    CHECK(pictures.waiting == 8);
    CHECK(pictures.refused == 1);

    ExpensiveWork unlimited{false};
    Busy const also_busy{unlimited, Cost::picture, 1};
    for (int i = 0; i < 100; ++i) CHECK(unlimited.submit(Cost::picture, {}, nothing));
    for (int i = 0; i < 100; ++i) CHECK(unlimited.submit(Cost::picture, {"sara", "here"}, nothing));
}

TEST_CASE("no worker waits for expensive work: pages are answered while all of it stands still") {
    House house;
    auto const sara = house.bearer("sara");
    auto const json = Headers{{"Content-Type", "application/json"}};
    auto const credentials = nlohmann::json{{"username", "sara"}, {"password", House::password}}.dump();
    std::vector<std::future<std::string>> waiting;
    {
        Busy const hashing{house.expensive, Cost::hashing, hashing_threads()};
        Busy const searching{house.expensive, Cost::search, 1};
        // More than there are workers.
        for (int i = 0; i < 10; ++i) waiting.push_back(house.begin("POST", "/api/v1/login", json, credentials));
        for (int i = 0; i < 2; ++i) waiting.push_back(house.begin("GET", "/api/v1/search?q=hello", sara));
        CHECK(house.ask("GET", "/login").status == 200);
        CHECK(house.ask("GET", "/api/v1/me", sara).status == 200);
        for (auto const& each : waiting) CHECK(each.wait_for(std::chrono::seconds{0}) == std::future_status::timeout);

        auto const third = house.ask("GET", "/api/v1/search?q=hello", sara);
        CHECK(third.status == 429);
        CHECK(third.error() == "rate_limited");
        CHECK(third.header("Retry-After") == "1");
    }
    for (auto& each : waiting) CHECK(Heard::parse(each.get()).status == 200);
    CHECK(house.ask("GET", "/api/v1/search?q=hello", sara).status == 200);
}

TEST_CASE("a class that signs in at once behind one address gets in, all of it") {
    House house;
    constexpr int pupils = 40;
    for (int i = 0; i < pupils; ++i) house.bearer("pupil" + std::to_string(i));
    std::vector<std::future<std::string>> waiting;
    {
        Busy const hashing{house.expensive, Cost::hashing, hashing_threads()};
        for (int i = 0; i < pupils; ++i)
            waiting.push_back(house.begin(
                "POST", "/api/v1/login", {{"Content-Type", "application/json"}},
                nlohmann::json{{"username", "pupil" + std::to_string(i)}, {"password", House::password}}.dump()));
    }
    for (auto& each : waiting) CHECK(Heard::parse(each.get()).status == 200);
}

TEST_CASE("where too much waits, a form is answered as a page and a program as JSON, with Retry-After") {
    House house;
    Busy const hashing{house.expensive, Cost::hashing, hashing_threads()};
    while (house.expensive.submit(Cost::hashing, {}, nothing)) continue;
    auto const program = house.send("POST", "/api/v1/login", {{"username", "sara"}, {"password", "x"}});
    CHECK(program.status == 503);
    CHECK(program.error() == "overloaded");
    CHECK(program.header("Retry-After") == "2");
    auto const page = house.ask("GET", "/login");
    auto const visitor = page.cookie("soyuz_visitor");
    auto const form = house.send_form("/login", "csrf_token=" + csrf_token_in(page) + "&username=sara&password=x",
                                      {{"Cookie", visitor.substr(0, visitor.find(';'))}});
    CHECK(form.status == 503);
    CHECK(form.header("Content-Type").starts_with("text/html"));
    CHECK(form.header("Retry-After") == "2");
}

TEST_CASE("a picture is changed five times in ten minutes") {
    House house;
    auto const sara = house.bearer("sara");
    auto const change = [&] {
        return house
            .ask("PUT", "/api/v1/me/avatar", sara + Headers{{"Content-Type", "multipart/form-data; boundary=b"}},
                 "--b\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"a\"\r\n\r\n" + png(2, 2, 2) +
                     "\r\n--b--\r\n")
            .status;
    };
    for (int i = 0; i < 5; ++i) CHECK(change() == 200);
    CHECK(change() == 429);
    house.clock.advance(std::chrono::minutes{10});
    CHECK(change() == 200);
}
