#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "watch/detections.hpp"
#include "watch/stream.hpp"
#include "watch/streams.hpp"

namespace soyuz::web {

class Call;
class JsonFields;
class Router;
struct SiteContext;

/// A stream that the caller may see. Refuses: not_found.
watch::StreamPtr watched_stream(SiteContext const& site, Call const& call, std::string_view id);
/// The same for who may say what happens there: programs with the service key, agents of the stream, staff. Refuses:
/// not_signed_in, not_found.
watch::StreamPtr pushed_stream(SiteContext const& site, Call const& call, std::string_view id);
/// What is asked for of streams, with its assignments.
nlohmann::json watched_stream_of(SiteContext const& site, watch::Stream const& stream);

/// How streams are watched and people are told, and whether soyuz-media is there.
nlohmann::json watch_settings_of(SiteContext const& site);

/// A stream's members as either family writes them; `url_field` is what an address is called.
watch::Streams::Draft read_stream(JsonFields& fields, std::string_view url_field);

/// An account by its id or name. Refuses: not_found, invalid_value.
base::UserId account_named(SiteContext const& site, std::string const& field, std::string const& text);

/// A picture that is kept of a stream. Refuses: not_found.
void answer_picture(SiteContext const& site, Call& call, std::string_view stream, std::string_view name);

/// Waits until what was found is durable. Refuses: read_only.
void wait_for(watch::Detections::Reported& reported);

/// Parts of the routes of watched streams.
void add_watch_push_routes(Router& router);
void add_watch_list_routes(Router& router);
void add_watch_detection_routes(Router& router);

}  // namespace soyuz::web
