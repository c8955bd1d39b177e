#include <chrono>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.hpp"
#include "net/test_server.hpp"

using namespace soyuz::net;
using namespace soyuz::net::test;
using namespace std::chrono_literals;

TEST_CASE("slow and idle clients are sent away") {
    HttpServer server(
        {.header_timeout = 400ms, .body_grace = 100ms, .body_bytes_per_second = 1'000'000, .keep_alive = 400ms});
    SECTION("headers that don't end") {
        Client client(server.listener.port());
        client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
        CHECK(client.response().status == 408);
        CHECK(client.receive_all() == "");
    }
    SECTION("headers that don't end behind a request that is still being answered") {
        Client client(server.listener.port());
        client.send(get("/hold") + "GET / HT");
        REQUIRE(wait_until([&] { return server.held_count == 1; }));
        CHECK(Client(server.listener.port()).receive_all() == "");  // the same limit, begun later
        server.release("/hold");
        CHECK(client.response().body == "/hold");
        CHECK(client.response().status == 408);
    }
    SECTION("a body that trickles") {
        Client client(server.listener.port());
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx");
        CHECK(client.response().status == 408);
    }
    SECTION("a connection that never spoke") {
        Client client(server.listener.port());
        CHECK(client.receive_all() == "");
    }
    SECTION("a connection that is idle after a request") {
        Client client(server.listener.port());
        client.send(get("/a"));
        CHECK(client.response().status == 200);
        CHECK(client.receive_all() == "");
    }
    SECTION("a client that doesn't read its answer") {
        Client client(server.listener.port(), 4096);
        client.send(get("/large"));
        CHECK(wait_until([&] { return server.listener.figures().requests == 1; }));
        CHECK(wait_until([&] { return server.listener.figures().open_connections == 0; }));
    }
}

TEST_CASE("a request that waits for its answer is not idle") {
    HttpServer server({.header_timeout = 400ms, .keep_alive = 400ms});
    Client client(server.listener.port());
    client.send(get("/hold"));
    REQUIRE(wait_until([&] { return server.held_count == 1; }));
    CHECK(Client(server.listener.port()).receive_all() == "");  // which was idle for longer than allowed
    server.release("/hold");
    CHECK(client.response().body == "/hold");
}

TEST_CASE("the limits on connections hold, in all and per address") {
    SECTION("in all") {
        HttpServer server({.connections = 2});
        Client first(server.listener.port()), second(server.listener.port());
        first.send(get("/a"));
        second.send(get("/a"));
        CHECK(first.response().status == 200);
        CHECK(second.response().status == 200);
        Client third(server.listener.port());
        CHECK_FALSE(third.receive_all().value_or("").size() > 0);
        CHECK(wait_until([&] { return server.listener.figures().refused == 1; }));
    }
    SECTION("per address") {
        HttpServer server({.connections_per_address = 2});
        {
            Client first(server.listener.port()), second(server.listener.port()), third(server.listener.port());
            second.send(get("/a"));
            CHECK(second.response().status == 200);
            CHECK(third.receive_all().value_or("").empty());
        }
        REQUIRE(wait_until([&] { return server.listener.figures().open_connections == 0; }));
        Client again(server.listener.port());
        again.send(get("/a"));
        CHECK(again.response().status == 200);
    }
    SECTION("not for exempt addresses") {
        Limits limits{.connections_per_address = 1};
        limits.is_exempt = [](std::string const& address) { return address == "127.0.0.1"; };
        HttpServer server(std::move(limits));
        Client first(server.listener.port()), second(server.listener.port());
        second.send(get("/a"));
        CHECK(second.response().status == 200);
    }
}

TEST_CASE("without free file descriptors new connections are shed, and later ones served") {
    // In a child, because the limit is the whole process's. It reports by its exit code.
    auto const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::alarm(20);
        int code = 0;
        {
            HttpServer server;
            auto const port = server.listener.port();
            Client first(port);
            first.send(get("/a"));
            if (first.response().status != 200) code = 2;
            // UBSan needs a descriptor to look at a type for the first time.
            soyuz::base::log::debug("The limit falls.");
            // The clients have their descriptors before the limit falls, so that only the server lacks them.
            std::vector<Client> clients(8);
            rlimit limit{};
            ::getrlimit(RLIMIT_NOFILE, &limit);
            auto const old = limit.rlim_cur;
            int const lowest_free = ::dup(0);
            ::close(lowest_free);
            limit.rlim_cur = static_cast<rlim_t>(lowest_free);
            ::setrlimit(RLIMIT_NOFILE, &limit);
            for (auto& client : clients) {
                if (!client.connect(port) || client.receive_all() != "") code = 3;
            }
            if (!wait_until([&] { return server.listener.figures().refused == 8; })) code = 4;
            first.send(get("/a"));
            if (first.response().status != 200) code = 5;
            limit.rlim_cur = old;
            ::setrlimit(RLIMIT_NOFILE, &limit);
            Client later(port);
            later.send(get("/a"));
            if (later.response().status != 200) code = 6;
        }
        ::_exit(code);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a listener takes connections on further addresses, and gives all up together") {
    HttpServer server;
    auto const port = server.listener.port();
    auto const answers = [&](std::uint32_t last) {
        Client client;
        if (!client.connect(port, last)) return false;
        client.send(get("/a"));
        return client.response().status == 200;
    };
    CHECK_FALSE(answers(2));
    server.listener.also_on("127.0.0.2");
    CHECK(answers(1));
    CHECK(answers(2));
    // What is taken already, and what isn't ours, is refused without harm.
    CHECK_THROWS_AS(server.listener.also_on("127.0.0.2"), std::system_error);
    CHECK_THROWS_AS(server.listener.also_on("203.0.113.1"), std::system_error);
    CHECK(answers(2));
    server.listener.stop_accepting();
    server.listener.also_on("127.0.0.3");
    for (std::uint32_t const last : {1U, 2U, 3U}) CHECK_FALSE(answers(last));
}
