#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "base/ids.hpp"
#include "net/test_server.hpp"

using namespace soyuz::net;
using namespace soyuz::net::test;
using namespace std::chrono_literals;

TEST_CASE("requests on one connection are answered one after the other") {
    HttpServer server;
    Client client(server.listener.port());
    for (int round = 0; round < 3; ++round) {
        REQUIRE(client.send(get("/a")));
        CHECK(client.response().body == "GET /a ");
    }
    REQUIRE(client.send("POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
    CHECK(client.response().body == "POST /b abc");
    CHECK(server.listener.figures().requests == 4);
    CHECK(server.listener.figures().open_connections == 1);
}

TEST_CASE("answers of pipelined requests leave in the order of the requests") {
    HttpServer server;
    Client client(server.listener.port());
    client.send(get("/hold1") + get("/hold2") + get("/quick") + get("/hold3"));
    REQUIRE(wait_until([&] { return server.held_count == 3; }));
    server.release("/hold3");
    server.release("/hold2");
    server.release("/hold1");
    for (auto const* body : {"/hold1", "/hold2", "GET /quick ", "/hold3"}) CHECK(client.response().body == body);
}

TEST_CASE("no more than the allowed number of requests is under way on a connection") {
    HttpServer server({.pipelined_requests = 4});
    Client client(server.listener.port());
    std::string requests;
    for (int index = 0; index < 40; ++index) requests += get("/hold" + std::to_string(index));
    client.send(requests);
    for (int index = 0; index < 40; ++index) {
        auto const begun = std::min(index + 4, 40);
        REQUIRE(wait_until([&] { return server.held_count == begun; }));
        server.release("/hold" + std::to_string(index));
        CHECK(client.response().body == "/hold" + std::to_string(index));
        CHECK(server.held_count <= begun + 1);
    }
}

TEST_CASE("a client that has closed its half still gets its answers") {
    HttpServer server;
    Client client(server.listener.port());
    client.send(get("/hold") + get("/quick") + "GET /unfinished HTTP/1.1\r\n");
    client.shut_down_sending();
    REQUIRE(wait_until([&] { return server.held_count == 1; }));
    server.release("/hold");
    CHECK(client.response().body == "/hold");
    CHECK(client.response().body == "GET /quick ");
    CHECK(client.receive_all() == "");
}

TEST_CASE("Connection: close and HTTP/1.0 end the connection after the answer") {
    HttpServer server;
    for (auto const& request : {get("/x", "Connection: close\r\n"), std::string("GET /x HTTP/1.0\r\n\r\n")}) {
        Client client(server.listener.port());
        client.send(request + get("/ignored"));
        CHECK(client.response().body == "GET /x ");
        CHECK(client.receive_all() == "");
    }
    Client kept(server.listener.port());
    kept.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(kept.response().body == "GET /x ");
    kept.send("GET /y HTTP/1.0\r\n\r\n");
    CHECK(kept.response().body == "GET /y ");
    CHECK(kept.receive_all() == "");
}

TEST_CASE("a body over the limit is refused before it is read, and the client can read why") {
    Limits limits;
    limits.body_limit = [](HttpRequest const& head) { return head.path() == "/upload" ? 100'000U : 10U; };
    HttpServer server(std::move(limits));
    {
        Client client(server.listener.port());
        client.send("POST /small HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n");
        CHECK(client.response().status == 413);
        CHECK(client.receive_all() == "");
    }
    {
        // The whole body is under way already: without lingering the answer would be lost with a reset.
        Client client(server.listener.port());
        client.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n" + std::string(4'000'000, 'x'));
        CHECK(client.response().status == 413);
    }
    Client client(server.listener.port());
    client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x'));
    CHECK(client.response().body.size() == std::string("POST /upload ").size() + 100'000);
}

TEST_CASE("100 Continue comes before the body, behind the answers that are due") {
    HttpServer server;
    Client client(server.listener.port());
    client.send(get("/hold") + "POST /b HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    REQUIRE(wait_until([&] { return server.held_count == 1; }));
    server.release("/hold");
    CHECK(client.response().body == "/hold");
    CHECK(client.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");
    CHECK(client.response().body == "POST /b abc");
}

TEST_CASE("a malformed request is answered behind those before it, and the connection closed") {
    HttpServer server;
    Client client(server.listener.port());
    client.send(get("/a") + "GET / HTTP/1.1\r\nHost : a\r\n\r\n" + get("/never"));
    CHECK(client.response().body == "GET /a ");
    auto const refusal = client.response();
    CHECK(refusal.status == 400);
    CHECK(refusal.head.find("Connection: close\r\n") != std::string::npos);
    CHECK(client.receive_all() == "");
}

TEST_CASE("a handler that throws or forgets to answer costs its request a 500") {
    HttpServer server;
    for (auto const* path : {"/throw", "/forget"}) {
        Client client(server.listener.port());
        client.send(get(path));
        CHECK(client.response().status == 500);
    }
    Client client(server.listener.port());
    client.send(get("/a"));
    CHECK(client.response().status == 200);
}

TEST_CASE("behind a large body the next request waits for the answer") {
    HttpServer server;
    Client client(server.listener.port());
    std::string const body(200'000, 'b');
    client.send("POST /hold1 HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + body + get("/hold2"));
    REQUIRE(wait_until([&] { return server.held_count == 1; }));
    server.release("/hold1");
    CHECK(client.response().body == "/hold1");
    REQUIRE(wait_until([&] { return server.held_count == 2; }));
    server.release("/hold2");
    CHECK(client.response().body == "/hold2");
}

TEST_CASE("addresses are told as numbers, IPv4 also where it comes in through an IPv6 socket") {
    Loops loops(1);
    Handlers handlers;
    handlers.request = [](HttpRequest const& request, Respond const& respond) { respond(text(request.peer_address)); };
    for (auto const* host : {"127.0.0.1", "localhost", "0.0.0.0", "::"}) {
        Listener listener(loops, {}, handlers);
        try {
            listener.start(host, 0);
        } catch (std::system_error const& error) {
            // A machine without IPv6 has no such address to listen on.
            REQUIRE(std::string(host) == "::");
            continue;
        }
        Client client(listener.port());
        if (!client.is_connected()) continue;  // "localhost" may mean ::1 only
        client.send(get("/"));
        CHECK(client.response().body == "127.0.0.1");
    }
}

TEST_CASE("a large answer reaches a client that reads slowly") {
    HttpServer server;
    Client client(server.listener.port(), 16384);
    client.send(get("/large") + get("/a"));
    auto const large = client.response();
    CHECK(large.body == std::string(std::size_t{8} << 20U, 'x'));
    CHECK(client.response().body == "GET /a ");
}

TEST_CASE("a large answer is asked for block by block as the client takes it") {
    HttpServer server;
    Client client(server.listener.port(), 4096);
    client.send(get("/blocks") + get("/behind"));
    REQUIRE(wait_until([&] { return server.blocks >= 1; }));
    // What the kernel and one block hold, and no more, is read for a client that doesn't take it.
    std::this_thread::sleep_for(100ms);
    CHECK(server.blocks < 8);
    auto const answer = client.response();
    CHECK(answer.body.size() == std::size_t{8} << 20U);
    CHECK(answer.body.front() == 'a');
    CHECK(answer.body.back() == 'h');
    CHECK(client.response().body == "GET /behind ");
}

TEST_CASE("an answer that breaks off ends the connection") {
    HttpServer server;
    Client client(server.listener.port());
    client.send(get("/broken"));
    auto const all = client.receive_all();
    REQUIRE(all);
    CHECK(all->ends_with("b"));
}

TEST_CASE("somebody who doesn't read large answers gets no more of them made") {
    HttpServer server;
    Client client(server.listener.port(), 4096);
    client.send(get("/large"));
    REQUIRE(wait_until([&] { return server.listener.figures().bytes_out > 0; }));
    std::string requests;
    for (int index = 0; index < 15; ++index) requests += get("/large");
    client.send(requests);
    std::this_thread::sleep_for(100ms);
    CHECK(server.listener.figures().requests == 1);
    for (int index = 0; index < 16; ++index) CHECK(client.response().body.size() == std::size_t{8} << 20U);
}

TEST_CASE("large bodies share a budget, by address and in all, and give it back") {
    auto const part = std::string(100'000, 'x');
    auto const begin = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + part;
    for (auto const& [total, each] : {std::pair{1'000'000U, 250'000U}, {250'000U, 1'000'000U}}) {
        HttpServer server({.large_bodies_bytes = total, .large_bodies_bytes_per_address = each});
        std::vector<Client> held;
        for (int index = 0; index < 2; ++index) {
            held.emplace_back(server.listener.port());
            held.back().send(begin);
            REQUIRE(wait_until([&] { return server.listener.figures().bytes_in >= (index + 1) * begin.size(); }));
        }
        Client refused(server.listener.port());
        refused.send(begin);
        CHECK(refused.response().status == 503);
        // A small one is none of its business.
        Client small(server.listener.port());
        small.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        CHECK(small.response().body == "POST / abc");
        held.pop_back();
        REQUIRE(wait_until([&] { return server.listener.figures().open_connections <= 2; }));
        held.front().send(part);
        CHECK(held.front().response().status == 200);
        Client again(server.listener.port());
        again.send(begin + part);
        CHECK(again.response().status == 200);
    }
}

TEST_CASE("who sends a body may be refused with a sentence of its own before it is read") {
    Limits limits;
    limits.body_limit = [](HttpRequest const&) { return BodyLimit{10, 401, "Sign in first."}; };
    HttpServer server(std::move(limits));
    Client client(server.listener.port());
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n");
    auto const refused = client.response();
    CHECK(refused.status == 401);
    CHECK(refused.body == R"({"error":"not_signed_in","message":"Sign in first."})");
    CHECK(client.receive_all() == "");
}

TEST_CASE("a large body is kept in a file without a name, a small one in memory") {
    auto const folder = std::filesystem::temp_directory_path() / ("soyuz-spool-" + soyuz::base::random_id());
    std::filesystem::create_directories(folder);
    Limits limits;
    limits.spool_folder = folder;
    limits.spool_from_bytes = 100'000;
    HttpServer server(std::move(limits));
    Client client(server.listener.port());
    int spooled = 0;
    for (std::size_t const size : {3U, 65'537U, 100'000U, 100'001U, 1'000'000U}) {
        INFO(size);
        std::string body;
        for (std::size_t at = 0; body.size() < size; at += 7) body += std::to_string(at) + ' ';
        body.resize(size);
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + body);
        CHECK(client.response().body == "POST / " + body);
        std::string chunked;
        for (std::size_t at = 0; at < size; at += 0x1000) {
            auto const chunk = body.substr(at, 0x1000);
            chunked += (chunk.size() == 0x1000 ? "1000" : [&] {
                char text[9];
                std::snprintf(text, sizeof text, "%zx", chunk.size());
                return std::string(text);
            }()) + "\r\n" + chunk + "\r\n";
        }
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked + "0\r\n\r\n");
        CHECK(client.response().body == "POST / " + body);
        spooled += size > 100'000 ? 2 : 0;
        CHECK(server.spooled == spooled);
        // What comes behind it waits until all of it is written.
        std::string const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
        client.send(head + body + "GET /behind HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(client.response().body == "POST / " + body);
        CHECK(client.response().body.starts_with("GET /behind"));
        spooled += size > 100'000 ? 1 : 0;
        CHECK(server.spooled == spooled);
    }
    CHECK(std::filesystem::is_empty(folder));
    std::filesystem::remove_all(folder);
    // Where there is no file to be had, the body is refused, not kept.
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + std::string(200'000, 'x'));
    CHECK(client.response().status == 503);
}

TEST_CASE("a large body must keep coming") {
    HttpServer server({.body_grace = 200ms, .body_bytes_per_second = 1, .large_body_bytes_per_second = 10'000'000});
    Client client(server.listener.port());
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + std::string(100'000, 'x'));
    CHECK(client.response().status == 408);
}

TEST_CASE("connections are dealt out evenly over the loops") {
    Loops loops(3);
    std::vector<std::atomic<int>> counts(3);
    Handlers handlers;
    handlers.request = [&](HttpRequest, Respond respond) {
        for (std::size_t index = 0; index < 3; ++index) counts[index] += loops.at(index).is_current_thread() ? 1 : 0;
        respond(text("x"));
    };
    Listener listener(loops, {}, std::move(handlers));
    listener.start("127.0.0.1", 0);
    std::vector<Client> clients;
    for (int index = 0; index < 9; ++index) {
        clients.emplace_back(listener.port());
        clients.back().send(get("/"));
        CHECK(clients.back().response().status == 200);
    }
    for (auto const& count : counts) CHECK(count == 3);
}

TEST_CASE("draining answers what is under way and closes what is idle") {
    HttpServer server;
    Client idle(server.listener.port()), busy(server.listener.port());
    idle.send(get("/a"));
    CHECK(idle.response().status == 200);
    busy.send(get("/hold"));
    REQUIRE(wait_until([&] { return server.held_count == 1; }));
    std::thread drain([&] { server.listener.drain(10s); });
    CHECK(idle.receive_all() == "");
    CHECK(wait_until([&] { return server.listener.figures().open_connections == 1; }));
    CHECK_FALSE(Client(server.listener.port()).is_connected());
    server.release("/hold");
    CHECK(busy.response().body == "/hold");
    CHECK(busy.receive_all() == "");
    drain.join();
    CHECK(server.listener.figures().open_connections == 0);
}

TEST_CASE("an answer may come after the listener and its loops are gone") {
    Respond late;
    {
        HttpServer server;
        Client client(server.listener.port());
        client.send(get("/hold"));
        REQUIRE(wait_until([&] { return server.held_count == 1; }));
        std::lock_guard const lock(server.mutex);
        late = server.held.front().second;
    }
    late(text("too late"));
}

TEST_CASE("a port in use and a bad certificate are told by exceptions") {
    HttpServer server;
    Listener second(server.loops, {}, server.handlers());
    CHECK_THROWS_AS(second.start("127.0.0.1", server.listener.port()), std::system_error);
    Tls const missing{"/nonexistent/cert.pem", "/nonexistent/key.pem"};
    Listener third(server.loops, {}, server.handlers());
    CHECK_THROWS_AS(third.start("127.0.0.1", 0, &missing), std::runtime_error);
}
