#include "media/supervisor.hpp"

#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/folder.hpp"

using namespace soyuz;
using namespace std::chrono_literals;
using media::Supervisor;

#ifdef SOYUZ_MEDIA_PROGRAM

namespace {

/// Remembers what it hears, and lets a test wait for it.
class Hearer final : public media::Host {
public:
    std::vector<media::Source> sources() override {
        std::lock_guard const lock{mutex_};
        return wanted_;
    }
    std::vector<std::string> allowed_hosts() override { return allowed; }
    void online(std::string const&, bool is_online) override {
        note([&] { is_online_ = is_online; });
    }
    void failed(std::string const&, std::string const& reason) override {
        note([&] { reason_ = reason; });
    }
    void picture(std::string const&, std::string_view jpeg) override {
        note([&] { pictures_.emplace_back(jpeg); });
    }
    void heard(std::string const&, media::HeardWords const& words) override {
        note([&] { said_ += words.text + ' '; });
    }

    void want(std::vector<media::Source> sources) {
        note([&] { wanted_ = std::move(sources); });
    }
    /// Waits until it is so; false after half a minute.
    bool until(auto const& is_so) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, 60s, [&] { return is_so(*this); });
    }

    std::vector<std::string> allowed{"127.0.0.1"};
    std::vector<std::string> pictures_;
    std::string said_, reason_;
    std::optional<bool> is_online_;

private:
    void note(auto const& change) {
        {
            std::lock_guard const lock{mutex_};
            change();
        }
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<media::Source> wanted_;
};

/// Serves a folder by HTTP with what Debian has.
class Shop {
public:
    explicit Shop(std::filesystem::path const& folder) {
        int const probe = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        REQUIRE(::bind(probe, reinterpret_cast<sockaddr*>(&address), length) == 0);
        REQUIRE(::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &length) == 0);
        port = ntohs(address.sin_port);
        ::close(probe);
        auto const command = "exec python3 -m http.server " + std::to_string(port) + " --bind 127.0.0.1 --directory " +
                             folder.string() + " >/dev/null 2>&1";
        process_ = ::fork();
        if (process_ == 0) {
            ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
            ::_exit(1);
        }
        for (int tries = 0; tries < 200; ++tries) {
            int const trial = ::socket(AF_INET, SOCK_STREAM, 0);
            bool const is_up = ::connect(trial, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
            ::close(trial);
            if (is_up) return;
            ::usleep(50'000);
        }
        FAIL("no http server");
    }
    ~Shop() { ::kill(process_, SIGTERM); }
    std::string url(std::string const& name) const { return "http://127.0.0.1:" + std::to_string(port) + '/' + name; }
    int port = 0;

private:
    pid_t process_ = 0;
};

void run(std::string const& command) {
    INFO(command);
    REQUIRE(std::system((command + " >/dev/null 2>&1").c_str()) == 0);
}

Supervisor::Options quick() {
    Supervisor::Options options;
    options.program = SOYUZ_MEDIA_PROGRAM;
    options.look = 200ms;
    options.wait = 10ms;
    options.patience = 30s;
    return options;
}

/// Processes that this one started and that still are.
std::size_t children() {
    std::size_t count = 0;
    for (auto const& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream list{task.path() / "children"};
        for (std::string each; list >> each;) {
            std::ifstream name{"/proc/" + each + "/comm"};
            std::string what;
            std::getline(name, what);
            count += what == "soyuz-media" ? 1 : 0;
        }
    }
    return count;
}

}  // namespace

TEST_CASE("each kind of file and a playlist give pictures, and no process is left") {
    tests::Folder const folder;
    auto const at = [&](std::string const& name) { return (folder.path / name).string(); };
    auto const source =
        "ffmpeg -y -f lavfi -i testsrc2=s=640x360:r=15:d=6 -f lavfi -i "
        "flite=text='he has a knife in the kitchen':voice=slt -shortest ";
    run(source + std::string{"-c:v mpeg2video -g 15 -c:a mp2 "} + at("a.ts"));
    run("ffmpeg -y -i " + at("a.ts") + " -c:v mpeg4 -g 15 -c:a aac " + at("a.mp4"));
    run("ffmpeg -y -i " + at("a.ts") + " -c:v libvpx -g 15 -deadline realtime -c:a libopus " + at("a.webm"));
    run("ffmpeg -y -i " + at("a.ts") + " -c copy -f hls -hls_time 2 -hls_list_size 0 " + at("a.m3u8"));
    std::ofstream{folder.path / "master.m3u8"} << "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\na.m3u8\n";
    Shop const shop{folder.path};
    for (auto const* name : {"a.ts", "a.webm", "a.m3u8", "master.m3u8"}) {
        INFO(name);
        Hearer hearer;
        Supervisor supervisor{quick(), hearer};
        hearer.want({{"one", shop.url(name), true}});
        supervisor.tick();
        CHECK(hearer.until([](Hearer const& it) { return !it.pictures_.empty(); }));
        CHECK(hearer.pictures_.front().starts_with("\xFF\xD8\xFF"));
        supervisor.stop();
        CHECK(children() == 0);
    }
}

TEST_CASE("what is no stream, is damaged or names what it must not ends as failed, and no process is left") {
    tests::Folder const folder;
    auto const write = [&](std::string const& name, std::string const& content) {
        std::ofstream{folder.path / name, std::ios::binary} << content;
    };
    std::string rubbish;
    for (unsigned i = 0; i < 200'000; ++i) rubbish += static_cast<char>(i * 2654435761U >> 13U);
    write("rubbish.ts", rubbish);
    write("text.ts", "this is no stream");
    write("empty.ts", "");
    write("passwd.m3u8", "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n");
    write("private.m3u8", "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.2:1/a.ts\n#EXT-X-ENDLIST\n");
    Shop const shop{folder.path};
    for (auto const* name : {"rubbish.ts", "text.ts", "passwd.m3u8", "private.m3u8"}) {
        INFO(name);
        Hearer hearer;
        Supervisor supervisor{quick(), hearer};
        hearer.want({{"one", shop.url(name), true}});
        supervisor.tick();
        CHECK(hearer.until([](Hearer const& it) { return !it.reason_.empty(); }));
        CHECK(hearer.pictures_.empty());
        supervisor.stop();
        CHECK(children() == 0);
    }
}

TEST_CASE("a private address is fetched only where the operator allows its host") {
    tests::Folder const folder;
    Shop const shop{folder.path};
    Hearer hearer;
    hearer.allowed.clear();
    Supervisor supervisor{quick(), hearer};
    hearer.want({{"one", shop.url("a.ts"), true}});
    supervisor.tick();
    CHECK(hearer.until([](Hearer const& it) { return it.reason_.find("private network") != std::string::npos; }));
}

TEST_CASE("a stream that isn't there is offline, and a removed one is looked at no longer") {
    tests::Folder const folder;
    Shop const shop{folder.path};
    Hearer hearer;
    Supervisor supervisor{quick(), hearer};
    hearer.want({{"one", shop.url("nothing.ts"), true}});
    supervisor.tick();
    CHECK(hearer.until([](Hearer const& it) { return it.is_online_ == false; }));
    hearer.want({});
    supervisor.tick();
    supervisor.stop();
    CHECK(supervisor.working() == 0);
}

#else

TEST_CASE("without soyuz-media nothing is looked at") {
    class Nobody final : public media::Host {
    public:
        std::vector<media::Source> sources() override { return {}; }
        std::vector<std::string> allowed_hosts() override { return {}; }
        void online(std::string const&, bool) override {}
        void failed(std::string const&, std::string const&) override {}
        void picture(std::string const&, std::string_view) override {}
        void heard(std::string const&, media::HeardWords const&) override {}
    } nobody;
    Supervisor supervisor{{}, nobody};
    supervisor.tick();
    CHECK_FALSE(supervisor.is_installed());
}

#endif
