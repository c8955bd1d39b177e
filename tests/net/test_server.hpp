#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "net/listener.hpp"
#include "net/test_client.hpp"

namespace soyuz::net::test {

inline HttpResponse text(std::string_view body) { return simple_response(200, "text/plain", body); }

/// `count` blocks of `bytes` letters each: a, b, c …; then, where `breaks`, nothing more. Counts what was asked for.
class Letters final : public BodySource {
public:
    Letters(std::size_t bytes, int count, std::atomic<int>& asked, bool breaks = false)
        : bytes_(bytes), count_(count), asked_(asked), breaks_(breaks) {}
    void next(std::function<void(std::string)> done) override {
        auto const index = given_++;
        ++asked_;
        done(breaks_ && index == count_ - 1 ? std::string() : std::string(bytes_, static_cast<char>('a' + index % 26)));
    }
    HttpResponse response() {
        auto const length = bytes_ * static_cast<std::size_t>(count_);
        HttpResponse response;
        response.bytes = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
        response.rest = std::make_shared<Letters>(bytes_, count_, asked_, breaks_);
        response.rest_bytes = length;
        return response;
    }

private:
    std::size_t bytes_;
    int count_;
    int given_ = 0;
    std::atomic<int>& asked_;
    bool breaks_;
};

/// Answers every request with "METHOD target body"; paths that begin with /hold wait for `release`.
struct HttpServer {
    std::mutex mutex;
    std::deque<std::pair<std::string, Respond>> held;
    std::atomic<int> held_count{0};
    std::atomic<int> blocks{0};
    std::atomic<int> spooled{0};  ///< requests whose body was kept in a file
    Loops loops{2};
    Listener listener;

    explicit HttpServer(Limits limits = {}) : listener(loops, std::move(limits), handlers()) {
        listener.start("127.0.0.1", 0);
    }

    Handlers handlers() {
        Handlers result;
        result.request = [this](HttpRequest request, Respond respond) {
            if (request.path().starts_with("/hold")) {
                std::lock_guard const lock(mutex);
                held.emplace_back(request.target, std::move(respond));
                ++held_count;
                return;
            }
            if (request.path() == "/throw") throw std::runtime_error("thrown by the test");
            if (request.path() == "/forget") return;
            if (request.path() == "/blocks") return respond(Letters(std::size_t{1} << 20U, 8, blocks).response());
            if (request.path() == "/broken") return respond(Letters(1000, 3, blocks, true).response());
            if (request.path() == "/large") return respond(text(std::string(std::size_t{8} << 20U, 'x')));
            spooled += request.spooled ? 1 : 0;
            respond(text(request.method + " " + request.target + " " + std::string(request.content())));
        };
        return result;
    }

    void release(std::string const& target) {
        std::lock_guard const lock(mutex);
        for (auto& [name, respond] : held) {
            if (name == target && respond) std::exchange(respond, nullptr)(text(target));
        }
    }
};

inline std::string get(std::string const& target, std::string const& headers = {}) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

}  // namespace soyuz::net::test
