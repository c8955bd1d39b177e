#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/room.hpp"
#include "web/http/limits.hpp"

namespace soyuz::base {
class Exposition;
class Workers;
}  // namespace soyuz::base
namespace soyuz::store {
class Store;
}
namespace soyuz::live {
class Stages;
}
namespace soyuz::watch {
class Watch;
}
namespace soyuz::moderation {
class Cases;
class RuleBook;
class Sanctions;
class Standing;
class Statistics;
}  // namespace soyuz::moderation
namespace soyuz::chat {
class Accounts;
class ChangeBudget;
class Desk;
class Devices;
class Messages;
class Posts;
class Presence;
class Rooms;
class Screening;
class Settings;
}  // namespace soyuz::chat

namespace soyuz::web {

class ExpensiveWork;
class Router;

/// What the site works with; all of it outlives the site.
struct Services {
    store::Store& store;
    chat::Accounts& accounts;
    chat::Sessions& sessions;
    chat::Devices& devices;
    chat::Rooms& rooms;
    chat::Messages& messages;
    chat::Posts& posts;
    chat::ChangeBudget& changes;
    chat::Settings& settings;
    chat::Screening& screening;
    chat::Desk& desk;
    moderation::Cases& cases;
    moderation::Standing& standing;
    moderation::RuleBook& rule_book;
    moderation::Statistics& statistics;
    moderation::Sanctions& sanctions;
    live::Stages& stages;
    watch::Watch& watch;
    chat::Presence const& presence;
    base::Workers& workers;
    ExpensiveWork& expensive;
    base::Clock const& clock;
};

struct SiteOptions {
    std::string version;
    std::string public_url;               ///< "" where none was given: links follow the request's Host
    std::vector<std::string> host_names;  ///< under which this machine may be asked for, beside the local ones
    std::string uploads_folder;
    std::uint64_t upload_reserve = 0;                               ///< bytes of the disk that uploads leave free
    std::uint64_t upload_bytes_a_day = limits::upload_bytes_a_day;  ///< of one person
    std::string templates_folder;                                   ///< "" for the embedded ones
    std::string assets_folder;                                      ///< "" for the embedded ones
    std::vector<std::string> trusted_proxies;  ///< CIDR; only from these are forwarded addresses believed
    std::vector<std::string> cors_origins;
    bool access_log = false;                ///< a line for each request
    std::vector<std::string> metrics_from;  ///< CIDR; may read /metrics besides this machine and staff
    bool rate_limits = true;
    bool demo = false;  ///< every page says so
    std::chrono::minutes token_lifetime{30};
    std::string service_key;  ///< of programs that push events; "" for none
    /// Adds the routes of clients of other families.
    std::function<void(Router&)> more_routes = {};
};

/// How far this server is open, beside the address that a request came by.
struct Reach {
    std::vector<std::string> network_urls;  ///< for other devices of its networks, the likeliest first
    std::string tunnel_url;                 ///< "" while there is none
    bool can_open_network = false;          ///< it listens on this computer alone, and may do otherwise
    bool can_open_tunnel = false;
};

/// The clients of one live page, as routes of theirs see them (web/api/stream_api.cpp). Thread-safe.
class LivePage {
public:
    virtual ~LivePage() = default;
    /// The room that they are in, made on first use. Waits for the disk.
    virtual base::Result<chat::RoomPtr> room() = 0;
    /// Tells somebody that they are muted; how many of their sockets hear it.
    virtual std::size_t tell_muted(base::UserId const& user, base::Error const& error) = 0;
};

/// E-mail and Telegram, which tell people of notifications outside of the pages; each may be empty.
struct OutwardHooks {
    std::function<nlohmann::json()> settings;  ///< without secrets
    std::function<base::Result<void>(nlohmann::json const&)> change;
    /// Sends a trial on a channel ("mail", "telegram") to somebody; waits for the outcome.
    std::function<base::Result<void>(std::string const& channel, base::UserId const&)> test;
    /// What somebody sends the bot to link their account to a chat.
    std::function<std::string(base::UserId const&)> telegram_code;
    std::function<nlohmann::json(base::UserId const&)> own;  ///< how somebody is told
    std::function<base::Result<void>(base::UserId const&, nlohmann::json const&)> change_own;
};

/// What the site asks of those who run it; each may be empty.
struct SiteHooks {
    /// What /healthz and /metrics add from other modules. `in_full`: for those who run the server; else only what a
    /// page may show to anybody.
    std::function<void(nlohmann::json&)> health;
    std::function<void(base::Exposition&)> metrics_text;
    std::function<void(nlohmann::json&, bool in_full)> metrics_json;
    std::function<Reach()> reach;
    /// Listen in the local networks too; start a tunnel, whose address is known a little later.
    std::function<base::Result<void>()> open_network, open_tunnel;
    /// Hands an event that a program pushes on to the sockets of a namespace; only events of watched streams.
    std::function<void(std::string const& event, nlohmann::json const& data, std::string const& name_space)>
        forward_event;
    OutwardHooks outward = {};
    std::function<nlohmann::json()> media;  ///< whether soyuz-media is there, and what its processes do
    LivePage* live_page = nullptr;          ///< null: there are no such clients
};

}  // namespace soyuz::web
