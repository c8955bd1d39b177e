#include "chat/settings.hpp"

#include <nlohmann/json.hpp>

#include "web/app.hpp"
#include "web/sign_in.hpp"

namespace soyuz::web {

void add_settings_routes(Router& router, App& app) {
    router
        .get("/api/v1/settings", Rights::admin,
             [&app](Call& call) { call.answer(chat::Settings::to_json(*app.settings.get())); })
        .about("What the owner can change while the server runs")
        .answers("Settings");
    router
        .patch("/api/v1/settings", Rights::admin,
               [&app](Call& call) {
                   auto const patch = call.json();
                   or_refuse(app.settings.change(patch));
                   audit(call, "settings_changed", {{"patch", patch.dump().substr(0, 2000)}});
                   call.answer(chat::Settings::to_json(*app.settings.get()));
               })
        .about("Changes the named settings; all of them or none")
        .body("Settings")
        .answers("Settings");
}

}  // namespace soyuz::web
