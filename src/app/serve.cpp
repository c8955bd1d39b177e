#include "app/serve.hpp"

#include <csignal>
#include <utility>

#include <sys/resource.h>

#include "app/failure.hpp"
#include "app/server.hpp"
#include "app/systemd.hpp"
#include "base/log.hpp"

namespace soyuz::app {

namespace {

/// Each connection is a descriptor: takes what the system grants.
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int serve(Config config) {
    // Blocked before any thread starts, so that all inherit it and this thread alone takes signals.
    sigset_t signals;
    sigemptyset(&signals);
    for (int const number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    // Errors that a call returns are enough: a peer that has gone, a file that may not grow.
    for (int const number : {SIGPIPE, SIGXFSZ}) std::signal(number, SIG_IGN);
    raise_descriptor_limit();
    base::log::set_level(config.log_level);
    base::log::set_format(config.log_format);

    Server server(std::move(config));
    server.announce();
    tell_service_manager("READY=1");
    int number = 0;
    sigwait(&signals, &number);
    base::log::info("stopping");
    tell_service_manager("STOPPING=1");
    server.stop();
    return static_cast<int>(Exit::ok);
}

}  // namespace soyuz::app
