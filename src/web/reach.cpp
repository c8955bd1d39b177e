#include "web/reach.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "web/http/call.hpp"
#include "web/http/client_address.hpp"
#include "web/http/host_names.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using base::Error;
using Json = nlohmann::json;

namespace {

bool is_local_address(std::string_view host) {
    // RFC 1918, 3927, 6598 and 5737; RFC 4193 and 4291 for IPv6.
    static TrustedProxies const networks{{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
                                          "100.64.0.0/10", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",
                                          "fc00::/7", "fe80::/10"}};
    return networks.trusts(host);
}

bool is_local_name(std::string_view host) {
    constexpr std::array<std::string_view, 6> endings{".local", ".lan", ".internal", ".home", ".home.arpa", ".test"};
    return host.find('.') == host.npos ||
           std::any_of(endings.begin(), endings.end(), [&](std::string_view each) { return host.ends_with(each); });
}

Reach reach_of(SiteContext const& site) { return site.hooks.reach ? site.hooks.reach() : Reach{}; }

/// Whom a page at this machine's own loopback address shows the way to: a port that something forwards tells nothing
/// of the networks beyond.
bool is_at_this_machine(Call const& call) {
    return is_loopback(call.request().peer_address) && !came_through_proxy(call.request());
}

}  // namespace

std::string_view name(Audience audience) {
    switch (audience) {
        case Audience::everybody: return "everybody";
        case Audience::network: return "network";
        case Audience::this_computer: break;
    }
    return "this_computer";
}

Audience audience_of(std::string_view url) {
    auto const host = host_in(url);
    if (host.empty() || is_this_computer(host)) return Audience::this_computer;
    if (parse_address(host) ? is_local_address(host) : is_local_name(host)) return Audience::network;
    return Audience::everybody;
}

Meeting meeting_point(SiteContext const& site, Call const& call) {
    auto const known = site.base_url(call.client());
    Meeting const here{known, audience_of(known)};
    if (!site.options.public_url.empty()) return here;
    auto const reach = reach_of(site);
    if (!reach.tunnel_url.empty()) return {reach.tunnel_url, Audience::everybody};
    bool const is_wider = here.audience == Audience::this_computer && is_at_this_machine(call);
    if (!is_wider || reach.network_urls.empty()) return here;
    return {reach.network_urls.front(), audience_of(reach.network_urls.front())};
}

Json reach_json(SiteContext const& site, Call const& call) {
    auto const meeting = meeting_point(site, call);
    auto ways = Json::array();
    bool const may = call.identity() != nullptr && call.user().role == chat::Role::owner;
    if (may && meeting.audience != Audience::everybody) {
        auto const reach = reach_of(site);
        bool const in_network = meeting.audience == Audience::this_computer && reach.can_open_network;
        if (in_network && is_at_this_machine(call)) ways.push_back("network");
        if (reach.can_open_tunnel) ways.push_back("tunnel");
    }
    return {{"url", meeting.url}, {"audience", name(meeting.audience)}, {"ways", std::move(ways)}};
}

void share(SiteContext& site, Call const& call, std::string_view way) {
    auto const& open = way == "network" ? site.hooks.open_network : site.hooks.open_tunnel;
    if (!open || (way != "network" && way != "tunnel"))
        throw Refused{base::invalid_field("way", "This must be network or tunnel.")};
    or_refuse(open());
    audit(site, call, "shared", {{"way", std::string{way}}});
}

}  // namespace soyuz::web
