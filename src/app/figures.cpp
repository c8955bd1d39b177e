#include "app/figures.hpp"

#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

#include "net/listener.hpp"
#include "realtime/hub.hpp"

namespace soyuz::app {

namespace {

void add(std::string& text, std::string_view name, std::string_view kind, std::string_view help, std::uint64_t value) {
    for (auto const& [word, what] : {std::pair{"HELP", help}, std::pair{"TYPE", kind}}) {
        text += "# ";
        text += word;
        text += " soyuz_";
        text += name;
        text += ' ';
        text += what;
        text += '\n';
    }
    text += "soyuz_";
    text += name;
    text += ' ';
    text += std::to_string(value);
    text += '\n';
}

}  // namespace

void add_health(nlohmann::json& json, Figures const& figures) {
    json["online"] = figures.hub.online_count();
    json["connections"] = figures.listener.figures().open_connections;
}

void add_metrics(std::string& text, Figures const& figures) {
    auto const wire = figures.listener.figures();
    auto const hub = figures.hub.figures();
    add(text, "connections_open", "gauge", "Open connections.", wire.open_connections);
    add(text, "websockets_open", "gauge", "Open WebSockets.", wire.open_websockets);
    add(text, "connections_accepted_total", "counter", "Connections accepted.", wire.accepted);
    add(text, "connections_refused_total", "counter", "Connections refused by a limit.", wire.refused);
    add(text, "http_requests_total", "counter", "HTTP requests read.", wire.requests);
    add(text, "bytes_received_total", "counter", "Bytes read from sockets.", wire.bytes_in);
    add(text, "bytes_sent_total", "counter", "Bytes written to sockets.", wire.bytes_out);
    add(text, "outbox_bytes", "gauge", "Bytes that wait for slow readers.", wire.outbox_bytes);
    add(text, "slow_readers_dropped_total", "counter", "Connections closed because they fell behind.",
        wire.dropped_slow);
    add(text, "deliveries_total", "counter", "Events put into outboxes.", hub.deliveries);
    add(text, "events_dropped_total", "counter", "Typing and presence events left out for slow readers.",
        hub.dropped_events);
}

void add_metrics(nlohmann::json& json, Figures const& figures) {
    auto const wire = figures.listener.figures();
    json["connections"] = wire.open_connections;
    json["websockets"] = wire.open_websockets;
    json["deliveries"] = figures.hub.figures().deliveries;
}

}  // namespace soyuz::app
