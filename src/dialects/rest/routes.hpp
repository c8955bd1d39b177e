#pragma once

namespace soyuz::web {
class Router;
}

/// The REST routes that clients of other families call: each reads its own form, calls the native function, and answers
/// its own shape. Rights, limits and moderation are those of the native call.
namespace soyuz::dialects {

void add_rest_routes(web::Router& router);

void add_messenger_account_routes(web::Router& router);
void add_messenger_post_routes(web::Router& router);
void add_messenger_chat_routes(web::Router& router);
void add_channels_routes(web::Router& router);
void add_monitor_stream_routes(web::Router& router);
void add_monitor_detecting_routes(web::Router& router);
void add_monitor_notification_routes(web::Router& router);
void add_monitor_agent_routes(web::Router& router);
void add_monitor_message_routes(web::Router& router);

}  // namespace soyuz::dialects
