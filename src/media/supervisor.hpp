#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.hpp"

namespace soyuz::media {

/// A stream that is fetched.
struct Source {
    std::string id, url;
    bool is_wanted = false;    ///< to be looked at; else only whether it is online
    std::string version = {};  ///< another one: somebody changed it, and it begins anew
};

/// What a worker heard.
struct HeardWords {
    struct Word {
        std::string text;
        double confidence = 0;
    };
    std::string text;
    double seconds = 0;
    std::vector<Word> words;
};

/// Who wants to know. Calls come from the threads of streams, and may block.
class Host {
public:
    virtual ~Host() = default;
    virtual std::vector<Source> sources() = 0;
    virtual std::vector<std::string> allowed_hosts() = 0;
    virtual void online(std::string const& id, bool is_online) = 0;
    virtual void failed(std::string const& id, std::string const& reason) = 0;
    virtual void picture(std::string const& id, std::string_view jpeg) = 0;
    virtual void heard(std::string const& id, HeardWords const& words) = 0;
};

/// Fetches streams and has workers look at them: a thread and, where a stream is wanted, a process for each. A worker
/// that ends or doesn't go on is started again with longer and longer waits; after five times the stream has failed.
/// Thread-safe.
class Supervisor {
public:
    struct Options {
        std::filesystem::path program;           ///< soyuz-media; where it isn't, streams are only asked whether they
                                                 ///< are online
        std::chrono::milliseconds look{60'000};  ///< between looks at a stream that is offline
        std::chrono::milliseconds wait{2'000};   ///< before the first new start; twice as long each time
        std::chrono::milliseconds patience{10'000};  ///< with a worker that says nothing
        std::size_t most = 64;                       ///< streams at a time
    };
    Supervisor(Options options, Host& host);
    ~Supervisor();

    /// Takes what the host wants now: new streams begin, others end. Called now and then; doesn't wait for ends.
    void tick();
    void stop();
    bool is_installed() const;
    std::size_t working() const { return working_; }  ///< processes

    static constexpr unsigned most_failures = 5;

private:
    struct Watched {
        Source source;
        std::atomic<bool> stopping{false}, has_ended{false};
        std::thread thread;
    };
    void run(Watched& watched);
    base::Result<void> look_once(Watched& watched);
    base::Result<void> watch(Watched& watched);
    /// False where it is to end.
    bool pause(Watched& watched, std::chrono::milliseconds span);

    Options const options_;
    Host& host_;
    std::atomic<std::size_t> working_{0};
    std::mutex mutex_;  ///< guards `watched_`
    std::map<std::string, std::unique_ptr<Watched>> watched_;
};

}  // namespace soyuz::media
