#include "web/http/expensive_work.hpp"

#include <latch>

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
            REQUIRE(expensive.submit(cost, [begun, end = end_] {
                begun->count_down();
                end->wait();
            }));
        begun->wait();
    }
    ~Busy() { end_->count_down(); }

private:
    std::shared_ptr<std::latch> end_ = std::make_shared<std::latch>(1);
};

std::string code_of(auto const& result) { return result ? "" : std::string{base::code_name(result.error().code)}; }

int hashing_threads() { return std::thread::hardware_concurrency() == 1 ? 1 : 2; }

}  // namespace

TEST_CASE("a person has two expensive requests in flight, an address thirty-two") {
    ExpensiveWork expensive{true};
    std::vector<std::shared_ptr<ExpensiveWork::Place>> places;
    auto const admit = [&](std::string const& person, std::string const& address) {
        auto place = expensive.admit({person, address});
        if (place) places.push_back(*place);
        return code_of(place);
    };
    CHECK(admit("sara", "here") == "");
    CHECK(admit("sara", "there") == "");
    CHECK(admit("sara", "elsewhere") == "rate_limited");
    CHECK(admit("omar", "here") == "");
    places.erase(places.begin());
    CHECK(admit("sara", "here") == "");

    places.clear();
    for (int i = 0; i < 32; ++i) CHECK(admit(i % 2 == 0 ? "" : "pupil " + std::to_string(i), "school") == "");
    CHECK(admit("", "school") == "rate_limited");
    CHECK(admit("teacher", "school") == "rate_limited");
    CHECK(admit("", "home") == "");
    // A proxy that names no client has no share of its own.
    for (int i = 0; i < 40; ++i) CHECK(admit("", "") == "");
    CHECK(expensive.over_share() == 3);
}

TEST_CASE("a person and an address of the same name are two callers") {
    ExpensiveWork expensive{true};
    auto const one = expensive.admit({"same", ""});
    auto const two = expensive.admit({"same", ""});
    CHECK(code_of(expensive.admit({"same", ""})) == "rate_limited");
    CHECK(code_of(expensive.admit({"", "same"})) == "");
}

TEST_CASE("each kind of work has a short queue of its own; without shares a long one") {
    ExpensiveWork expensive{true};
    Busy const busy{expensive, Cost::picture, 1};
    for (int i = 0; i < 8; ++i) CHECK(expensive.submit(Cost::picture, [] {}));
    auto const refused = expensive.submit(Cost::picture, [] {});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == base::Code::overloaded);
    CHECK(refused.error().retry_after > std::chrono::milliseconds{0});
    CHECK(expensive.submit(Cost::search, [] {}));
    auto const pictures = expensive.figures()[1];
    CHECK(pictures.kind == "picture");
    CHECK(pictures.waiting == 8);
    CHECK(pictures.refused == 1);

    ExpensiveWork unlimited{false};
    Busy const also_busy{unlimited, Cost::picture, 1};
    for (int i = 0; i < 100; ++i) CHECK(unlimited.submit(Cost::picture, [] {}));
    std::vector<std::shared_ptr<ExpensiveWork::Place>> places;
    for (int i = 0; i < 100; ++i) places.push_back(*unlimited.admit({"sara", "here"}));
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

TEST_CASE("where too much waits, a form is answered as a page and a program as JSON, with Retry-After") {
    House house;
    Busy const hashing{house.expensive, Cost::hashing, hashing_threads()};
    while (house.expensive.submit(Cost::hashing, [] {})) continue;
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
