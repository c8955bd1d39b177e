#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace soyuz::web {

class Call;
struct SiteContext;

/// Who can open a link to this server.
enum class Audience { everybody, network, this_computer };
std::string_view name(Audience audience);
/// As the host in `url` tells: a public address or name, one of local networks, or loopback.
Audience audience_of(std::string_view url);

/// The address that links for other people start with, without a slash at its end.
struct Meeting {
    std::string url;
    Audience audience = Audience::this_computer;
};
/// The widest known one: the public URL, the tunnel, the name that the caller used, or, where that is loopback, an
/// address of this machine that other devices reach.
Meeting meeting_point(SiteContext const& site, Call const& call);

/// `url` and `audience` of the meeting point, and `ways`: how the caller could widen it ("network", "tunnel").
nlohmann::json reach_json(SiteContext const& site, Call const& call);
/// Opens the server to others: "network" or "tunnel". Refuses what can't be done; writes it to the audit log.
void share(SiteContext& site, Call const& call, std::string_view way);

}  // namespace soyuz::web
