#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace soyuz::net {
class Listener;
}
namespace soyuz::realtime {
class Hub;
}

namespace soyuz::app {

/// What /metrics and /healthz tell beside the figures of store and workers. All of it is thread-safe.
struct Figures {
    net::Listener const& listener;
    realtime::Hub const& hub;
};

void add_health(nlohmann::json& json, Figures const& figures);
/// Prometheus text (exposition format 0.0.4).
void add_metrics(std::string& text, Figures const& figures);
void add_metrics(nlohmann::json& json, Figures const& figures);

}  // namespace soyuz::app
