#include "dialects/rest/routes.hpp"

namespace soyuz::dialects {

void add_rest_routes(web::Router& router) {
    add_messenger_account_routes(router);
    add_messenger_post_routes(router);
    add_messenger_chat_routes(router);
    add_channels_routes(router);
    add_monitor_stream_routes(router);
    add_monitor_detecting_routes(router);
    add_monitor_notification_routes(router);
    add_monitor_agent_routes(router);
    add_monitor_message_routes(router);
}

}  // namespace soyuz::dialects
