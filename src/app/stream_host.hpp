#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "media/supervisor.hpp"

namespace soyuz::watch {
class Watch;
}

namespace soyuz::app {

/// Has the streams that lie elsewhere fetched, and what workers make of them looked at. Thread-safe.
class StreamHost final : public media::Host {
public:
    /// It is kept.
    explicit StreamHost(watch::Watch& watch) : watch_(watch) {}

    std::vector<media::Source> sources() override;
    std::vector<std::string> allowed_hosts() override;
    void online(std::string const& id, bool is_online) override;
    void failed(std::string const& id, std::string const& reason) override;
    void picture(std::string const& id, std::string_view jpeg) override;
    void heard(std::string const& id, media::HeardWords const& words) override;

private:
    watch::Watch& watch_;
};

/// soyuz-media beside the program that runs.
media::Supervisor::Options media_options();

}  // namespace soyuz::app
