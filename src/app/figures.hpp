#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace soyuz::base {
class Workers;
}
namespace soyuz::net {
class Listener;
}
namespace soyuz::realtime {
class Hub;
}
namespace soyuz::store {
class Store;
}

namespace soyuz::app {

/// Where the figures of /metrics and /healthz come from. All of it is thread-safe.
struct Figures {
    store::Store const& store;
    net::Listener const& listener;
    realtime::Hub const& hub;
    base::Workers const& workers;
};

void add_health(nlohmann::json& json, Figures const& figures);
/// Prometheus text (exposition format 0.0.4).
void add_metrics(std::string& text, Figures const& figures);
void add_metrics(nlohmann::json& json, Figures const& figures);

}  // namespace soyuz::app
