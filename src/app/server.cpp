#include "app/server.hpp"

#include <utility>

#include "app/console.hpp"
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
    if (has_weak_jwt_secret(config_))
        base::log::warn(
            "--jwt-secret (JWT_SECRET_KEY) is shorter than 32 bytes: tokens signed with it can be guessed; leave it out "
            "to have a strong key made");
    services_.connect();
    services_.apply_config();
    maintenance_.start(endpoints_.site());
    endpoints_.start();
}

void Server::stop() {
    if (std::exchange(stopped_, true)) return;
    public_address_.close();
    endpoints_.drain();
    services_.stop();
}

std::string Server::address() const {
    return (config_.tls_certificate.empty() ? "http://" : "https://") + console::url_host(config_.host) + ":" +
           std::to_string(endpoints_.port());
}

void Server::announce() {
    console::say("listening on " + address());
    auto const token = endpoints_.setup_token();
    for (auto const& link : links()) {
        if (!token.empty())
            console::say("set up at " + link + "/setup?token=" + token);
        else if (listens_on_all())
            console::say("reachable at " + link);
    }
    if (!token.empty()) console::show_qr_code(links().front() + "/setup?token=" + token);
    if (config_.tunnel) public_address_.share(endpoints_.port());
}

std::vector<std::string> Server::links() const {
    auto const scheme = address().substr(0, address().find("//") + 2);
    auto const port = ":" + std::to_string(endpoints_.port());
    std::vector<std::string> links;
    if (!config_.public_url.empty()) links.push_back(config_.public_url);
    if (listens_on_all())
        for (auto const& local : console::local_addresses()) links.push_back(scheme + console::url_host(local) + port);
    links.push_back(listens_on_all() ? scheme + "localhost" + port : address());
    for (auto& link : links)
        if (link.back() == '/') link.pop_back();
    return links;
}

}  // namespace soyuz::app
