#include "app/public_address.hpp"

#include <utility>

#include "app/console.hpp"
#include "app/failure.hpp"
#include "base/log.hpp"

namespace soyuz::app {

base::Result<void> PublicAddress::share(std::uint16_t port) {
    std::lock_guard const lock{sharing_};
    if (closed_ || (tunnel_ && !ended_)) return {};
    tunnel_.reset();
    ended_ = false;
    auto const announced = [this](std::string const& url) {
        set_url(url);
        console::say("shared at " + url);
        console::show_qr_code(url);
    };
    auto const ended = [this] {
        ended_ = true;
        set_url("");
        base::log::warn("cloudflared ended: the public address is gone");
    };
    try {
        tunnel_ = std::make_unique<Tunnel>(port, announced, ended);
    } catch (Failure const& failure) {
        // People in the same network can still use the local address.
        console::say(failure.what());
        return base::Error{base::Code::conflict, "The tunnel's program (cloudflared) can't be started here."};
    }
    return {};
}

void PublicAddress::close() {
    std::lock_guard const lock{sharing_};
    closed_ = true;
    tunnel_.reset();
}

std::string PublicAddress::url() const {
    std::lock_guard const lock{mutex_};
    return url_;
}

void PublicAddress::set_url(std::string url) {
    std::lock_guard const lock{mutex_};
    url_ = std::move(url);
}

}  // namespace soyuz::app
