#include "app/server.hpp"

#include <iostream>
#include <utility>

#include "app/console.hpp"
#include "app/demo.hpp"
#include "base/log.hpp"

namespace soyuz::app {

Server::Server(Config config)
    : config_(std::move(config)),
      services_(config_),
      maintenance_(config_, services_),
      endpoints_(config_, services_, public_address_) {
    try {
        start();
    } catch (...) {
        // Threads run already, and only what has been made whole is destroyed through its destructor.
        stop();
        throw;
    }
}

void Server::start() {
    for (auto const& hint : hints_on(process_environment())) base::log::warn(hint);
    if (has_weak_jwt_secret(config_))
        base::log::warn(
            "--jwt-secret (JWT_SECRET_KEY) is shorter than 32 bytes: tokens signed with it can be guessed; leave it out "
            "to have a strong key made");
    services_.connect();
    services_.apply_config();
    maintenance_.start(endpoints_.site());
    endpoints_.start();
    if (config_.demo) fill_demo(services_);
}

void Server::stop() {
    if (std::exchange(stopped_, true)) return;
    public_address_.close();
    endpoints_.drain();
    services_.stop();
}

std::string Server::address() const {
    return endpoints_.scheme() + console::url_host(config_.host) + ":" + std::to_string(endpoints_.port());
}

void Server::announce() {
    console::say("listening on " + address());
    auto const token = endpoints_.setup_token();
    auto const before = links();
    for (auto const& link : before) {
        if (!token.empty())
            console::say("set up at " + link + "/setup?token=" + token);
        else if (endpoints_.listens_on_all())
            console::say("reachable at " + link);
    }
    std::cout << console::box(advice(!token.empty())) << std::flush;
    if (!token.empty()) console::show_qr_code(before.front() + "/setup?token=" + token);
    // It says itself what goes wrong.
    if (config_.tunnel) static_cast<void>(public_address_.share(endpoints_.port()));
}

std::vector<std::string> Server::advice(bool is_new) const {
    std::vector<std::string> lines;
    if (is_new) lines.emplace_back("Open the set-up link in a browser: whoever does first owns this place.");
    auto const& config = config_;
    if (!config.public_url.empty() || config.tunnel) {
        lines.emplace_back("Others join through invites, which the chat page makes.");
    } else if (console::is_loopback(config.host)) {
        lines.emplace_back("Only this computer can open these links so far. To let others in, open the invite");
        lines.emplace_back("on the chat page and share it: in your network (one click, no restart), or through");
        lines.emplace_back("a tunnel. Or start with --host 0.0.0.0 (network) or --tunnel (everywhere).");
    } else {
        lines.emplace_back("Whoever is in the same network can open these links. For everybody else: --tunnel.");
    }
    lines.emplace_back("Ctrl+C stops the server; nothing is lost.");
    return lines;
}

std::vector<std::string> Server::links() const {
    std::vector<std::string> links;
    if (!config_.public_url.empty()) links.push_back(config_.public_url);
    for (auto& url : endpoints_.network_urls()) links.push_back(std::move(url));
    auto const port = ":" + std::to_string(endpoints_.port());
    links.push_back(endpoints_.listens_on_all() ? endpoints_.scheme() + "localhost" + port : address());
    for (auto& link : links)
        if (link.back() == '/') link.pop_back();
    return links;
}

}  // namespace soyuz::app
