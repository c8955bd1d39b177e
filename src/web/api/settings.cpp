#include "chat/settings.hpp"

#include <nlohmann/json.hpp>

#include "web/http/json_fields.hpp"
#include "web/reach.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

void add_settings_routes(Router& router) {
    router
        .get("/api/v1/settings", Rights::admin,
             [](SiteContext& site, Call& call) { call.answer(chat::Settings::to_json(*site.settings.get())); })
        .about("What the owner can change while the server runs")
        .answers("Settings");
    router
        .patch("/api/v1/settings", Rights::admin,
               [](SiteContext& site, Call& call) {
                   auto const patch = call.json();
                   or_refuse(site.settings.change(patch));
                   audit(site, call, "settings_changed", {{"patch", patch.dump().substr(0, 2000)}});
                   call.answer(chat::Settings::to_json(*site.settings.get()));
               })
        .about("Changes the named settings; all of them or none")
        .body("Settings")
        .answers("Settings");
    router
        .get("/api/v1/reach", Rights::signed_in,
             [](SiteContext& site, Call& call) { call.answer(reach_json(site, call)); })
        .about("Where others can open this server, and how the caller could open it further")
        .answers("Reach");
    router
        .post("/api/v1/reach", Rights::owner,
              [](SiteContext& site, Call& call) {
                  std::string way;
                  read_body(call, [&](JsonFields& fields) { way = fields.text("way", 20); });
                  share(site, call, way);
                  call.answer(reach_json(site, call));
              })
        .about("Opens the server in its networks or through a tunnel, until it stops")
        .body("NewReach")
        .answers("Reach");
}

}  // namespace soyuz::web
