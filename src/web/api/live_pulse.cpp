#include <nlohmann/json.hpp>

#include "contract/pulse_shapes.hpp"
#include "live/pulse/pulses.hpp"
#include "live/stages.hpp"
#include "web/api/live.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

/// What moderators see of a live room as it passes.
namespace soyuz::web {

using Json = nlohmann::json;

namespace {

constexpr std::size_t most_givers = 10;

void show_pulse(SiteContext& site, Call& call) {
    auto const room = live_room(site, call, call.parameter("name"));
    // Made here where nobody has been yet: what follows is told of stages that there are.
    site.stages.of(*room);
    auto const& pulses = site.stages.pulses();
    call.answer(contract::pulse_json(pulses.view(room->id), room->name, pulses.threshold(),
                                     site.stages.gifts().top(room->id, most_givers), site.accounts));
}

void show_threshold(SiteContext& site, Call& call) {
    call.answer(Json{{"threshold", site.stages.pulses().threshold()}});
}

}  // namespace

void set_toxic_threshold(SiteContext& site, Call& call) {
    auto const json = call.json();
    auto const found = json.find("threshold");
    if (found == json.end() || !found->is_number() || *found < 0 || *found > 1)
        throw Refused{base::invalid_field("threshold", "must be a number from 0 to 1")};
    site.stages.pulses().set_threshold(found->get<double>());
    audit(site, call, "threshold_changed", {{"threshold", found->dump()}});
}

void add_live_pulse_routes(Router& router) {
    router.get("/api/v1/live/{name}/pulse", Rights::moderator, show_pulse)
        .about("What passed in a live room: by the minute, the newest messages and gifts, categories, top givers")
        .answers("Pulse");
    router.get("/api/v1/moderation/threshold", Rights::moderator, show_threshold)
        .about("The score from which a message in a live room counts as toxic")
        .answers("ToxicThreshold");
    router
        .patch("/api/v1/moderation/threshold", Rights::moderator,
               [](SiteContext& site, Call& call) {
                   set_toxic_threshold(site, call);
                   show_threshold(site, call);
               })
        .counts_as_change()
        .about(
            "Changes what counts as toxic in live rooms until the next start; what is flagged or blocked is each room's rules")
        .body("ToxicThreshold")
        .answers("ToxicThreshold");
}

}  // namespace soyuz::web
