#include <nlohmann/json.hpp>

#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using Json = nlohmann::json;

namespace {

Json session_json(chat::Session const& session, chat::SessionId const& current) {
    return {{"id", session.id.value},
            {"kind", session.kind == chat::Session::Kind::browser ? "browser" : "token"},
            {"agent", session.agent},
            {"created_at", base::to_rfc3339(session.created_at)},
            {"last_seen", base::to_rfc3339(session.last_seen)},
            {"expires_at", base::to_rfc3339(session.expires_at)},
            {"current", session.id == current}};
}

}  // namespace

void add_session_routes(Router& router) {
    router
        .post("/api/v1/logout", Rights::signed_in,
              [](SiteContext& site, Call& call) {
                  sign_out(site, call);
                  call.answer(no_content());
              })
        .banned_too()
        .about("Ends the session or token that the request came with")
        .answers("", 204);
    router
        .get("/api/v1/csrf", Rights::anyone,
             [](SiteContext&, Call& call) {
                 call.answer(Json{{"csrf_token", call.csrf_token()}});
             })
        .banned_too()
        .about("The token that state-changing requests with the session cookie carry in X-CSRF-Token")
        .answers("CsrfToken");
    router
        .post("/api/v1/ws-ticket", Rights::signed_in,
              [](SiteContext& site, Call& call) {
                  call.answer(
                      Json{{"ticket", site.sessions.new_ticket(call.identity()->session.id)}, {"expires_in", 30}}, 201);
              })
        .about("A ticket for one WebSocket handshake within 30 s: /ws?ticket=…")
        .answers("Ticket", 201);

    router
        .get("/api/v1/sessions", Rights::signed_in,
             [](SiteContext& site, Call& call) {
                 auto sessions = Json::array();
                 for (auto const& session : site.sessions.of(call.user().id))
                     sessions.push_back(session_json(session, call.identity()->session.id));
                 call.answer(Json{{"sessions", std::move(sessions)}});
             })
        .about("Where the caller is signed in")
        .answers("Sessions");
    router
        .remove("/api/v1/sessions/{id}", Rights::signed_in,
                [](SiteContext& site, Call& call) {
                    for (auto const& session : site.sessions.of(call.user().id)) {
                        if (session.id.value != call.parameter("id")) continue;
                        or_refuse(site.sessions.end(session.id, chat::SessionEnd::signed_out));
                        return call.answer(no_content());
                    }
                    throw Refused{{base::Code::not_found, "There is no such session."}};
                })
        .about("Ends one of the caller's sessions")
        .answers("", 204);
    router
        .remove("/api/v1/sessions", Rights::signed_in,
                [](SiteContext& site, Call& call) {
                    or_refuse(site.sessions.end_all(call.user().id, chat::SessionEnd::signed_out,
                                                    call.identity()->session.id));
                    call.answer(no_content());
                })
        .about("Ends all of the caller's sessions but this one")
        .answers("", 204);
}

}  // namespace soyuz::web
